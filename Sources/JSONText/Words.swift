/// Eight bytes looked at together, as one word.
///
/// A mask of hits has bit 7 of a byte set where the byte is what was asked for. The borrow of a
/// subtraction runs towards higher bytes only, so the lowest hit of a mask is always a true one, and
/// a mask without a bit is proof that there is none; higher hits are only hints.
@usableFromInline
enum Words {
  /// One in every byte.
  @inlinable static var ones: UInt64 { 0x0101_0101_0101_0101 }
  /// Bit 7 of every byte.
  @inlinable static var highBits: UInt64 { 0x8080_8080_8080_8080 }

  /// Eight bytes, the first one lowest.
  @inlinable
  @inline(__always)
  static func load(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// Where a string stops or needs a closer look: quote, backslash and bytes below 0x20.
  @inlinable
  @inline(__always)
  static func stringStops(_ word: UInt64) -> UInt64 {
    let quotes = (word ^ (ones &* 0x22)) &- ones
    let backslashes = (word ^ (ones &* 0x5C)) &- ones
    let controls = word &- (ones &* 0x20)
    return (quotes | backslashes | controls) & ~word & highBits
  }

  /// Whether all bytes of four words are printable ASCII, neither quote nor backslash: plain text of
  /// a string. Exact, as a borrow or carry comes only from a byte that is none of these.
  @inlinable
  @inline(__always)
  static func arePlain(_ words: SIMD4<UInt64>) -> Bool {
    let ones = SIMD4(repeating: ones)
    let quotes = (words ^ SIMD4(repeating: 0x2222_2222_2222_2222)) &- ones
    let backslashes = (words ^ SIMD4(repeating: 0x5C5C_5C5C_5C5C_5C5C)) &- ones
    let controls = words &- SIMD4(repeating: 0x2020_2020_2020_2020)
    // With either, bytes from 0x80 on are found, too.
    let deletes = words &+ ones
    let hits = quotes | backslashes | controls | deletes
    let pair = hits.lowHalf | hits.highHalf
    return (pair.x | pair.y) & highBits == 0
  }

  /// Bytes below 0x20 and from 0x7F on.
  @inlinable
  @inline(__always)
  static func nonPrintables(_ word: UInt64) -> UInt64 {
    ((word &- (ones &* 0x20)) & ~word | word | (word &+ ones)) & highBits
  }

  /// The number of bytes before the lowest hit of a mask.
  @inlinable
  @inline(__always)
  static func index(ofFirst hits: UInt64) -> Int { hits.trailingZeroBitCount &>> 3 }

  /// The bits of all bytes before the lowest hit of a mask that is not empty.
  @inlinable
  @inline(__always)
  static func bits(before hits: UInt64) -> UInt64 {
    (1 &<< UInt64(hits.trailingZeroBitCount &- 7)) &- 1
  }
}

/// Reads lib0's integers, strings and byte arrays from memory; goes no further than its end.
struct ByteReader {
  let bytes: UnsafeRawBufferPointer
  var position: Int
  let end: Int

  init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0) {
    self.init(bytes, position..<bytes.count)
  }

  /// Reads a part; the part lies within the bytes.
  init(_ bytes: UnsafeRawBufferPointer, _ part: Range<Int>) {
    self.bytes = bytes
    position = part.lowerBound
    end = part.upperBound
  }

  var isAtEnd: Bool { position == end }

  /// The largest integer: `Number.MAX_SAFE_INTEGER`.
  static let maximum = 1 << 53 - 1

  mutating func byte() throws(YjsError) -> UInt8 {
    guard position < end else { throw YjsError(.truncated, at: end) }
    defer { position &+= 1 }
    return bytes[position]
  }

  /// Seven bits a byte, the lowest first. Leading zeros are taken, as Yjs takes them, in up to
  /// eight bytes.
  mutating func varUint() throws(YjsError) -> Int {
    let first = try byte()
    if first < 0x80 { return Int(first) }
    return try rest(of: Int(first & 0x7F), shift: 7, from: position - 1)
  }

  /// Six bits and a sign, then seven bits a byte. Zero has a sign.
  mutating func varInt() throws(YjsError) -> (magnitude: Int, isNegative: Bool) {
    let start = position
    let first = try byte()
    var magnitude = Int(first & 0x3F)
    if first >= 0x80 { magnitude = try rest(of: magnitude, shift: 6, from: start) }
    return (magnitude, first & 0x40 != 0)
  }

  private mutating func rest(
    of low: Int, shift: Int, from start: Int
  ) throws(YjsError) -> Int {
    var value = low
    var shift = shift
    while true {
      guard position - start < 8 else { throw YjsError(.integerOutOfRange, at: start) }
      let next = try byte()
      value |= Int(next & 0x7F) &<< shift
      if next < 0x80 { break }
      shift += 7
    }
    guard value <= Self.maximum else { throw YjsError(.integerOutOfRange, at: start) }
    return value
  }

  /// Where so many bytes are.
  mutating func range(ofCount count: Int) throws(YjsError) -> Range<Int> {
    guard count <= end - position else { throw YjsError(.truncated, at: end) }
    defer { position += count }
    return position..<position + count
  }

  /// Where the bytes are that follow their count.
  mutating func countedRange() throws(YjsError) -> Range<Int> {
    let count = try varUint()
    return try range(ofCount: count)
  }

  /// Where the UTF-8 of a string is.
  mutating func stringRange() throws(YjsError) -> Range<Int> {
    let range = try countedRange()
    try checkUTF8(range)
    return range
  }

  mutating func string() throws(YjsError) -> String {
    text(try stringRange())
  }

  /// The text at a range that has been checked.
  func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }

  mutating func array() throws(YjsError) -> [UInt8] {
    Array(bytes[try countedRange()])
  }

  /// Big-endian, as JavaScript's `DataView` writes it.
  mutating func uint32() throws(YjsError) -> UInt32 {
    let range = try range(ofCount: 4)
    return UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: range.lowerBound, as: UInt32.self))
  }

  /// Big-endian.
  mutating func uint64() throws(YjsError) -> UInt64 {
    let range = try range(ofCount: 8)
    return UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: range.lowerBound, as: UInt64.self))
  }
}

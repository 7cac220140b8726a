/// Validates UTF-8 (RFC 3629) as it arrives, in pieces cut anywhere.
///
/// It refuses at the first byte that cannot continue any valid text, even inside a sequence
/// that is not complete yet: RFC 6455, section 8.1, and what fail-fast tests ask for.
struct UTF8Validator {
  /// Continuation bytes that the sequence begun still lacks.
  private var missing: UInt8 = 0
  /// What the next continuation byte may be: narrower after E0, ED, F0 and F4.
  private var lowest: UInt8 = 0x80
  private var highest: UInt8 = 0xBF

  /// Whether the text so far ends with a whole scalar.
  var isComplete: Bool { missing == 0 }

  /// Takes the next bytes; false if they make the text invalid.
  mutating func accept(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let p = bytes.baseAddress else { return true }
    let end = bytes.count
    var i = 0
    while missing != 0, i < end {
      guard step(p.load(fromByteOffset: i, as: UInt8.self)) else { return false }
      i &+= 1
    }
    while true {
      i = Self.skipASCII(p, from: i, to: end)
      // Whole sequences at once, as long as none can be cut by the end.
      while i &+ 4 <= end {
        let first = p.load(fromByteOffset: i, as: UInt8.self)
        guard first >= 0x80 else { break }
        let size = Self.sequenceSize(first, p + i)
        guard size != 0 else { return false }
        i &+= size
      }
      if i &+ 4 > end { break }
    }
    while i < end {
      guard step(p.load(fromByteOffset: i, as: UInt8.self)) else { return false }
      i &+= 1
    }
    return true
  }

  /// The index of the first byte from `start` that is not ASCII, or the end.
  @inline(__always)
  private static func skipASCII(_ p: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
    let highBits: UInt64 = 0x8080_8080_8080_8080
    var i = start
    while i &+ 32 <= end {
      let a = p.loadUnaligned(fromByteOffset: i, as: UInt64.self)
      let b = p.loadUnaligned(fromByteOffset: i &+ 8, as: UInt64.self)
      let c = p.loadUnaligned(fromByteOffset: i &+ 16, as: UInt64.self)
      let d = p.loadUnaligned(fromByteOffset: i &+ 24, as: UInt64.self)
      if (a | b | c | d) & highBits != 0 { break }
      i &+= 32
    }
    while i &+ 8 <= end {
      let word = UInt64(littleEndian: p.loadUnaligned(fromByteOffset: i, as: UInt64.self))
      let high = word & highBits
      if high != 0 { return i &+ (high.trailingZeroBitCount &>> 3) }
      i &+= 8
    }
    while i < end, p.load(fromByteOffset: i, as: UInt8.self) < 0x80 { i &+= 1 }
    return i
  }

  /// The size of the sequence at `p`, of which four bytes can be read; 0 if it is invalid.
  @inline(__always)
  private static func sequenceSize(_ first: UInt8, _ p: UnsafeRawPointer) -> Int {
    let second = p.load(fromByteOffset: 1, as: UInt8.self)
    if first < 0xE0 {
      return first >= 0xC2 && second & 0xC0 == 0x80 ? 2 : 0
    }
    let third = p.load(fromByteOffset: 2, as: UInt8.self)
    if first < 0xF0 {
      let lowest: UInt8 = first == 0xE0 ? 0xA0 : 0x80
      let highest: UInt8 = first == 0xED ? 0x9F : 0xBF
      return second >= lowest && second <= highest && third & 0xC0 == 0x80 ? 3 : 0
    }
    let fourth = p.load(fromByteOffset: 3, as: UInt8.self)
    let lowest: UInt8 = first == 0xF0 ? 0x90 : 0x80
    let highest: UInt8 = first == 0xF4 ? 0x8F : 0xBF
    return first <= 0xF4 && second >= lowest && second <= highest
      && third & 0xC0 == 0x80 && fourth & 0xC0 == 0x80 ? 4 : 0
  }

  /// Takes one byte, remembering the sequence it is in; false if it cannot stand here.
  private mutating func step(_ byte: UInt8) -> Bool {
    if missing != 0 {
      guard byte >= lowest, byte <= highest else { return false }
      missing &-= 1
      lowest = 0x80
      highest = 0xBF
      return true
    }
    switch byte {
    case 0x00...0x7F: return true
    case 0xC2...0xDF: missing = 1
    case 0xE0...0xEF:
      missing = 2
      if byte == 0xE0 { lowest = 0xA0 }
      if byte == 0xED { highest = 0x9F }
    case 0xF0...0xF4:
      missing = 3
      if byte == 0xF0 { lowest = 0x90 }
      if byte == 0xF4 { highest = 0x8F }
    default: return false
    }
    return true
  }
}

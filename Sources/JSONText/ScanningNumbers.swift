extension JSONCursor {
  /// Moves over a number: `-`? digits (`.` digits)? (`e` sign? digits)? (RFC 8259 section 6).
  @inlinable
  mutating func scanNumber() throws(JSONError) {
    let isNegative = skip(UInt8(ascii: "-"))
    if skip(UInt8(ascii: "0")) {
      let behindZero = offset
      guard skipDigits() == 0 else { throw JSONError(.invalidNumber, at: behindZero) }
    } else if skipDigits() == 0 {
      throw isNegative ? missingDigit() : unexpected()
    }
    if skip(UInt8(ascii: ".")) {
      guard skipDigits() > 0 else { throw missingDigit() }
    }
    if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
      _ = skip(UInt8(ascii: "-")) || skip(UInt8(ascii: "+"))
      guard skipDigits() > 0 else { throw missingDigit() }
    }
  }

  /// Moves over the next byte if it is `byte`, and says whether it was.
  @inlinable
  @inline(__always)
  mutating func skip(_ byte: UInt8) -> Bool {
    guard offset < bytes.count, bytes[offset] == byte else { return false }
    offset &+= 1
    return true
  }

  /// Moves over digits and returns how many.
  @inlinable
  @inline(__always)
  mutating func skipDigits() -> Int {
    let start = offset
    while offset < bytes.count, bytes[offset] &- UInt8(ascii: "0") < 10 { offset &+= 1 }
    return offset &- start
  }

  @usableFromInline
  @inline(never)
  func missingDigit() -> JSONError {
    JSONError(offset < bytes.count ? .invalidNumber : .unexpectedEnd, at: offset)
  }
}

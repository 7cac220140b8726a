extension JSONCursor {
  /// Moves from the opening quote to behind the closing one.
  @inlinable
  mutating func scanString() throws(JSONError) -> JSONStringRange {
    offset &+= 1
    let start = offset
    var hasEscapes = false
    while true {
      skipPlainBytes()
      guard offset < bytes.count else { throw JSONError(.unexpectedEnd, at: offset) }
      switch bytes[offset] {
      case UInt8(ascii: "\""):
        offset &+= 1
        return JSONStringRange(hasEscapes: hasEscapes, start: start, end: offset &- 1)
      case UInt8(ascii: "\\"):
        hasEscapes = true
        try scanEscape()
      default: throw JSONError(.controlCharacterInString, at: offset)
      }
    }
  }

  /// Moves to the next quote, backslash or control character, or to the end of the text.
  @inlinable
  @inline(__always)
  mutating func skipPlainBytes() {
    while offset &+ 8 <= bytes.count {
      var word = Words.load(bytes, at: offset)
      let stops = Words.stringStops(word)
      if stops != 0 {
        word &= Words.bits(before: stops)
        note(word)
        offset &+= Words.index(ofFirst: stops)
        return
      }
      note(word)
      offset &+= 8
    }
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { return }
      note(UInt64(byte))
      offset &+= 1
    }
  }

  @inlinable
  @inline(__always)
  mutating func note(_ word: UInt64) {
    highBits |= word
    raisedBits |= word &+ Words.ones
  }

  /// Moves from a backslash to behind its escape.
  @usableFromInline
  mutating func scanEscape() throws(JSONError) {
    let backslash = offset
    guard offset &+ 1 < bytes.count else { throw JSONError(.unexpectedEnd, at: bytes.count) }
    switch bytes[offset &+ 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      offset &+= 2
    case UInt8(ascii: "u"):
      offset &+= 2
      for _ in 0..<4 {
        guard offset < bytes.count else { throw JSONError(.unexpectedEnd, at: offset) }
        guard hexValue(of: bytes[offset]) != nil else {
          throw JSONError(.invalidEscape, at: backslash)
        }
        offset &+= 1
      }
    default: throw JSONError(.invalidEscape, at: backslash)
    }
  }
}

/// The value of a hexadecimal digit.
func hexValue(of byte: UInt8) -> UInt32? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte &- UInt8(ascii: "0"))
  case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte &- UInt8(ascii: "a") &+ 10)
  case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte &- UInt8(ascii: "A") &+ 10)
  default: nil
  }
}

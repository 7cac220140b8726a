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
  ///
  /// Works on copies: to the compiler any store to the cursor could change the text.
  @inlinable
  @inline(__always)
  mutating func skipPlainBytes() {
    let text = bytes
    let end = text.count
    var position = offset
    while position &+ 32 <= end,
      Words.arePlain(text.loadUnaligned(fromByteOffset: position, as: SIMD4<UInt64>.self))
    {
      position &+= 32
    }
    var high = highBits
    var raised = raisedBits
    defer {
      offset = position
      highBits = high
      raisedBits = raised
    }
    while position &+ 8 <= end {
      var word = Words.load(text, at: position)
      let stops = Words.stringStops(word)
      if stops != 0 { word &= Words.bits(before: stops) }
      high |= word
      raised |= word &+ Words.ones
      if stops != 0 {
        position &+= Words.index(ofFirst: stops)
        return
      }
      position &+= 8
    }
    while position < end {
      let byte = text[position]
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { return }
      high |= UInt64(byte)
      raised |= UInt64(byte) &+ Words.ones
      position &+= 1
    }
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

extension JSONWriter {
  /// Writes a string.
  ///
  /// Escaped are quote, backslash and control characters, as they must be, and what a terminal or a
  /// line reader could take for a command or a line break: U+007F to U+009F, U+2028 and U+2029.
  public mutating func string(_ value: String) {
    var value = value
    value.withUTF8 { string(utf8: UnsafeRawBufferPointer($0)) }
  }

  /// Writes a string whose content is given as UTF-8. Escaped is the same as by ``string(_:)``.
  public mutating func string(utf8: UnsafeRawBufferPointer) {
    reserve(utf8.count &+ 3)
    separate()
    append(UInt8(ascii: "\""))
    var position = 0
    while true {
      let start = position
      position = utf8.endOfRun(from: position) { Words.stringStops($0) | Words.nonPrintables($0) }
      copy(utf8[start..<position])
      guard position < utf8.count else { break }
      if utf8[position] < 0x80 {
        escape(utf8[position])
        position &+= 1
      } else {
        writeNonASCII(in: utf8, at: &position)
      }
    }
    reserve(1)
    append(UInt8(ascii: "\""))
    needsComma = true
  }

  /// Writes a value that a peer has sent so that it stays on one line and no control character
  /// reaches a terminal; all else stays byte for byte as it came.
  ///
  /// Tabs and line breaks between tokens are left out. In strings, which may hold them raw, U+007F to
  /// U+009F, U+2028 and U+2029 are escaped.
  ///
  /// - Parameters:
  ///   - json: JSON that was validated, UTF-8 included.
  ///   - isPlain: That there is nothing to do, as ``JSONCursor/isPlain`` says after it has moved over
  ///     the value. The bytes are then copied without another look.
  @inlinable
  public mutating func passThrough(_ json: UnsafeRawBufferPointer, isPlain: Bool = false) {
    if isPlain { raw(json) } else { copyAsOneLine(json) }
  }

  /// Writes a value that a peer has sent so that it stays on one line and no control character
  /// reaches a terminal.
  public mutating func passThrough(_ json: RawJSON) {
    json.bytes.withUnsafeBytes { copyAsOneLine($0) }
  }

  /// In valid JSON a byte below 0x20 can only stand between tokens, and one from 0x7F on only in a
  /// string: so both are known without following the structure.
  @usableFromInline
  mutating func copyAsOneLine(_ json: UnsafeRawBufferPointer) {
    reserve(json.count &+ 1)
    separate()
    var position = 0
    while true {
      let start = position
      position = json.endOfRun(from: position) { Words.nonPrintables($0) }
      copy(json[start..<position])
      guard position < json.count else { break }
      if json[position] < 0x80 {
        if json[position] == 0x7F { escape(0x7F) }
        position &+= 1
      } else {
        writeNonASCII(in: json, at: &position)
      }
    }
    needsComma = true
  }

  /// Writes the non-ASCII characters from `position` on, those as escapes that need it.
  private mutating func writeNonASCII(in utf8: UnsafeRawBufferPointer, at position: inout Int) {
    var start = position
    while position < utf8.count, utf8[position] >= 0x80 {
      guard let (unit, count) = utf8.escapedCharacter(at: position) else {
        position &+= 1
        continue
      }
      copy(utf8[start..<position])
      escape(unit: unit)
      position &+= count
      start = position
    }
    copy(utf8[start..<position])
  }

  /// Writes the escape for an ASCII character, the short one where there is one.
  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): escape(letter: byte)
    case 0x08: escape(letter: UInt8(ascii: "b"))
    case 0x09: escape(letter: UInt8(ascii: "t"))
    case 0x0A: escape(letter: UInt8(ascii: "n"))
    case 0x0C: escape(letter: UInt8(ascii: "f"))
    case 0x0D: escape(letter: UInt8(ascii: "r"))
    default: escape(unit: UInt16(byte))
    }
  }

  private mutating func escape(letter: UInt8) {
    reserve(2)
    append(UInt8(ascii: "\\"))
    append(letter)
  }

  private mutating func escape(unit: UInt16) {
    reserve(6)
    append(UInt8(ascii: "\\"))
    append(UInt8(ascii: "u"))
    for shift: UInt16 in [12, 8, 4, 0] {
      let digit = UInt8(truncatingIfNeeded: unit &>> shift & 0xF)
      append(digit < 10 ? UInt8(ascii: "0") &+ digit : UInt8(ascii: "a") &- 10 &+ digit)
    }
  }

  private mutating func copy(_ run: Slice<UnsafeRawBufferPointer>) {
    reserve(run.count)
    append(UnsafeRawBufferPointer(rebasing: run))
  }
}

extension UnsafeRawBufferPointer {
  /// The offset of the first byte from `start` on that `stops` marks in the words it is given, or
  /// the end.
  fileprivate func endOfRun(from start: Int, stops: (UInt64) -> UInt64) -> Int {
    var position = start
    while position &+ 8 <= count {
      let hits = stops(Words.load(self, at: position))
      if hits != 0 { return position &+ Words.index(ofFirst: hits) }
      position &+= 8
    }
    var tail = Words.ones &* 0x20
    for (index, byte) in self[position...].enumerated() {
      tail ^= UInt64(byte ^ 0x20) &<< UInt64(8 &* index)
    }
    let hits = stops(tail)
    return hits == 0 ? count : position &+ Words.index(ofFirst: hits)
  }

  /// The C1 control, line separator or paragraph separator that begins at `position`, if one does,
  /// and its length in bytes.
  fileprivate func escapedCharacter(at position: Int) -> (unit: UInt16, count: Int)? {
    switch self[position] {
    case 0xC2 where position &+ 1 < count && self[position &+ 1] < 0xA0:
      return (UInt16(self[position &+ 1]), 2)
    case 0xE2 where position &+ 2 < count && self[position &+ 1] == 0x80:
      let last = self[position &+ 2]
      return last == 0xA8 || last == 0xA9 ? (0x2000 | UInt16(last & 0x3F), 3) : nil
    default: return nil
    }
  }
}

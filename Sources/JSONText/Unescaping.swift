/// Hands over the bytes that the content of a JSON string stands for, piece by piece: runs as they
/// are, and each escape as the UTF-8 of its character.
///
/// An escaped surrogate without its partner stands for U+FFFD, since no UTF-8 can say it. So does an
/// escape that is none, which a scanned string cannot contain.
///
/// - Parameters:
///   - content: What is between the quotes.
///   - take: Takes the next piece; false stops.
/// - Returns: Whether all pieces were taken.
@usableFromInline
func unescape(
  _ content: UnsafeRawBufferPointer, into take: (UnsafeRawBufferPointer) -> Bool
) -> Bool {
  var position = 0
  while position < content.count {
    let runStart = position
    while position < content.count, content[position] != UInt8(ascii: "\\") { position &+= 1 }
    if position > runStart {
      let run = UnsafeRawBufferPointer(rebasing: content[runStart..<position])
      guard take(run) else { return false }
    }
    guard position < content.count else { break }
    let scalar = escapedScalar(in: content, at: &position)
    var utf8: UInt32 = 0
    var count = 0
    for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
      utf8 |= UInt32(unit) &<< UInt32(8 &* count)
      count &+= 1
    }
    let goOn = withUnsafeBytes(of: utf8.littleEndian) {
      take(UnsafeRawBufferPointer(rebasing: $0[..<count]))
    }
    guard goOn else { return false }
  }
  return true
}

/// Reads the escape whose backslash is at `position`, and the second half of a surrogate pair with it.
private func escapedScalar(
  in content: UnsafeRawBufferPointer, at position: inout Int
) -> Unicode.Scalar {
  let replacement: Unicode.Scalar = "\u{FFFD}"
  position &+= 1
  guard position < content.count else { return replacement }
  let letter = content[position]
  position &+= 1
  switch letter {
  case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
  case UInt8(ascii: "b"): return "\u{8}"
  case UInt8(ascii: "f"): return "\u{C}"
  case UInt8(ascii: "n"): return "\n"
  case UInt8(ascii: "r"): return "\r"
  case UInt8(ascii: "t"): return "\t"
  case UInt8(ascii: "u"): break
  default: return replacement
  }
  guard let unit = codeUnit(in: content, at: position) else { return replacement }
  position &+= 4
  guard (0xD800..<0xDC00).contains(unit) else { return Unicode.Scalar(unit) ?? replacement }
  guard position &+ 6 <= content.count, content[position] == UInt8(ascii: "\\"),
    content[position &+ 1] == UInt8(ascii: "u"),
    let second = codeUnit(in: content, at: position &+ 2), (0xDC00..<0xE000).contains(second)
  else { return replacement }
  position &+= 6
  return Unicode.Scalar(0x10000 &+ ((unit &- 0xD800) &<< 10 | (second &- 0xDC00))) ?? replacement
}

/// The UTF-16 code unit that four hexadecimal digits stand for.
private func codeUnit(in content: UnsafeRawBufferPointer, at position: Int) -> UInt32? {
  guard position &+ 4 <= content.count else { return nil }
  var unit: UInt32 = 0
  for index in position..<(position &+ 4) {
    guard let value = hexValue(of: content[index]) else { return nil }
    unit = unit &<< 4 | value
  }
  return unit
}

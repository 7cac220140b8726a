extension JSONStringRange {
  /// Whether the string is `literal`, escapes resolved.
  ///
  /// Strings are compared as UTF-8, byte for byte (RFC 8259 section 8.3), without Unicode
  /// normalisation. A lone surrogate counts as U+FFFD.
  @inlinable
  public func equals(_ literal: StaticString, in text: UnsafeRawBufferPointer) -> Bool {
    let bytes = UnsafeRawBufferPointer(
      start: literal.utf8Start, count: literal.utf8CodeUnitCount)
    return equals(utf8: bytes, in: text)
  }

  /// Whether the string is `string`, compared as UTF-8, escapes resolved.
  public func equals(string: String, in text: UnsafeRawBufferPointer) -> Bool {
    var string = string
    return string.withUTF8 { equals(utf8: UnsafeRawBufferPointer($0), in: text) }
  }

  /// Whether the string is the UTF-8 in `other`, escapes resolved.
  @inlinable
  public func equals(
    utf8 other: UnsafeRawBufferPointer, in text: UnsafeRawBufferPointer
  ) -> Bool {
    if hasEscapes { return equalsUnescaped(other, in: text) }
    guard count == other.count else { return false }
    var position = 0
    while position &+ 8 <= other.count {
      guard Words.load(text, at: start &+ position) == Words.load(other, at: position) else {
        return false
      }
      position &+= 8
    }
    while position < other.count {
      guard text[start &+ position] == other[position] else { return false }
      position &+= 1
    }
    return true
  }

  @usableFromInline
  @inline(never)
  func equalsUnescaped(_ other: UnsafeRawBufferPointer, in text: UnsafeRawBufferPointer) -> Bool {
    var rest = other[...]
    let isPrefix = unescape(bytes(in: text)) { piece in
      guard rest.starts(with: piece) else { return false }
      rest = rest.dropFirst(piece.count)
      return true
    }
    return isPrefix && rest.isEmpty
  }

  /// The string, escapes resolved. A lone surrogate, and bytes that are not UTF-8, become U+FFFD.
  public func decoded(in text: UnsafeRawBufferPointer) -> String {
    guard hasEscapes else { return String(decoding: bytes(in: text), as: UTF8.self) }
    var utf8: [UInt8] = []
    utf8.reserveCapacity(count)
    appendDecoded(in: text, to: &utf8)
    return String(decoding: utf8, as: UTF8.self)
  }

  /// Appends the UTF-8 of the string to `utf8`, escapes resolved. A lone surrogate becomes U+FFFD.
  public func appendDecoded(in text: UnsafeRawBufferPointer, to utf8: inout [UInt8]) {
    guard hasEscapes else {
      utf8.append(contentsOf: bytes(in: text))
      return
    }
    _ = unescape(bytes(in: text)) { piece in
      utf8.append(contentsOf: piece)
      return true
    }
  }
}

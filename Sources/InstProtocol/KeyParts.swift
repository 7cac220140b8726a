import JSONText

/// The parts of a key or token: a mark and, between dots, texts in base64 (PROTOCOL section 6).
struct KeyParts {
  private let parts: [Substring]

  /// Splits a text that must have this mark and this many parts, the mark included.
  init(_ text: String, mark: String, count: Int) throws(KeyError) {
    parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.first?.elementsEqual(mark) == true else { throw .wrongPrefix(expected: mark) }
    guard parts.count == count else {
      throw .wrongPartCount(expected: count, found: parts.count)
    }
  }

  /// A part as it stands.
  subscript(index: Int) -> Substring { parts[index] }

  /// A part decoded.
  func decoded(_ index: Int, _ name: String) throws(KeyError) -> String {
    guard let text = Base64.decodeText(parts[index]) else { throw .undecodablePart(name: name) }
    return text
  }

  /// Joins a mark and texts, which are encoded, to a key.
  static func join(_ mark: String, _ texts: String...) -> String {
    ([mark] + texts.map { Base64.encode($0) }).joined(separator: ".")
  }
}

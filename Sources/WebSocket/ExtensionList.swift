/// One element of `Sec-WebSocket-Extensions` (RFC 6455, section 9.1).
struct ExtensionElement: Hashable {
  struct Parameter: Hashable {
    var name: String
    /// Without quotes; nil where the parameter is only named.
    var value: String?
  }

  var name: String
  var parameters: [Parameter] = []

  /// The elements of the header's values, joined; nil if they do not follow the grammar.
  static func parse(_ values: [String]) -> [ExtensionElement]? {
    var scanner = TokenScanner(values.joined(separator: ","))
    var elements: [ExtensionElement] = []
    while true {
      // Empty elements of a list mean nothing (RFC 9110, section 5.6.1).
      while scanner.take(UInt8(ascii: ",")) {}
      if scanner.isAtEnd { return elements }
      guard let name = scanner.token() else { return nil }
      var element = ExtensionElement(name: name)
      while scanner.take(UInt8(ascii: ";")) {
        guard let parameter = scanner.token() else { return nil }
        var value: String?
        if scanner.take(UInt8(ascii: "=")) {
          value = scanner.token() ?? scanner.quotedToken()
          if value == nil { return nil }
        }
        element.parameters.append(Parameter(name: parameter, value: value))
      }
      elements.append(element)
      guard scanner.isAtEnd || scanner.isAt(UInt8(ascii: ",")) else { return nil }
    }
  }
}

/// Reads the small pieces of a header's value, with optional blanks around each.
struct TokenScanner {
  private let bytes: [UInt8]
  private var index = 0

  init(_ text: String) {
    bytes = Array(text.utf8)
  }

  var isAtEnd: Bool {
    mutating get {
      skipBlanks()
      return index == bytes.count
    }
  }

  mutating func isAt(_ byte: UInt8) -> Bool {
    skipBlanks()
    return index < bytes.count && bytes[index] == byte
  }

  mutating func take(_ byte: UInt8) -> Bool {
    guard isAt(byte) else { return false }
    index += 1
    return true
  }

  /// A token of RFC 9110, section 5.6.2.
  mutating func token() -> String? {
    skipBlanks()
    let start = index
    while index < bytes.count, ASCII.isToken(bytes[index]) { index += 1 }
    return index > start ? String(decoding: bytes[start..<index], as: UTF8.self) : nil
  }

  /// A quoted string whose content is a token, as RFC 6455, section 9.1, wants it.
  mutating func quotedToken() -> String? {
    guard take(UInt8(ascii: "\"")) else { return nil }
    var content: [UInt8] = []
    while index < bytes.count {
      var byte = bytes[index]
      index += 1
      if byte == UInt8(ascii: "\"") {
        return content.isEmpty ? nil : String(decoding: content, as: UTF8.self)
      }
      if byte == UInt8(ascii: "\\") {
        guard index < bytes.count else { return nil }
        byte = bytes[index]
        index += 1
      }
      guard ASCII.isToken(byte) else { return nil }
      content.append(byte)
    }
    return nil
  }

  private mutating func skipBlanks() {
    while index < bytes.count, ASCII.isBlank(bytes[index]) { index += 1 }
  }
}

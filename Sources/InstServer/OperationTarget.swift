import InstProtocol
import WebSocket

extension OperationRequest {
  /// The request that an HTTP request makes, by its method, target (RFC 9112 section 3.2.1) and fields.
  init(method: String, target: String, fields: [HTTPField], body: String?) {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    self.init(method: method, path: String(parts.first ?? ""), body: body)
    if parts.count > 1 { query = Self.parameters(of: parts[1]) }
    for field in fields { headers[field.name.lowercased()] = field.value }
  }

  /// The parameters of a query, as forms write them. The last of a name counts.
  private static func parameters(of query: Substring) -> [String: String] {
    var parameters: [String: String] = [:]
    for pair in query.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = decoded(parts[0]) else { continue }
      parameters[name] = parts.count > 1 ? decoded(parts[1]) : ""
    }
    return parameters
  }

  /// A text without its percent-encoding (RFC 3986 section 2.1). Nil when it is no UTF-8.
  private static func decoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      let digits = rest.prefix(2)
      if byte == UInt8(ascii: "%"), digits.count == 2, let code = hexadecimal(digits) {
        bytes.append(code)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func hexadecimal(_ digits: Substring.UTF8View) -> UInt8? {
    guard digits.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }) else {
      return nil
    }
    return UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}

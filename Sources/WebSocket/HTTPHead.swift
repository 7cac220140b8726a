/// One header field (RFC 9110, section 5).
public struct HTTPField: Hashable, Sendable {
  /// The name; its case means nothing.
  public var name: String
  /// The value without the blanks around it.
  public var value: String

  /// A field by name and value.
  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }

  /// Whether it can be sent as it stands: the name a token, the value without control characters.
  var isValid: Bool {
    !name.isEmpty && name.utf8.allSatisfy(ASCII.isToken)
      && value.utf8.allSatisfy(ASCII.isFieldContent)
  }
}

/// A head that has fields, with look-up by name.
public protocol HTTPHead: Hashable, Sendable {
  /// The fields in the order in which they came.
  var fields: [HTTPField] { get }
}

extension HTTPHead {
  /// The values of all fields of that name, in order. The case of letters means nothing.
  public func values(_ name: String) -> [String] {
    fields.filter { ASCII.isSame($0.name, name) }.map(\.value)
  }

  /// The value of the first field of that name.
  public func value(_ name: String) -> String? {
    fields.first { ASCII.isSame($0.name, name) }?.value
  }

  /// The value of a field that may stand there only once; throws where it is repeated.
  func single(_ name: String) throws(HandshakeError) -> String? {
    let found = values(name)
    guard found.count <= 1 else { throw .repeatedField(name) }
    return found.first
  }

  /// Whether a field that is a list of tokens has this one.
  public func lists(_ token: String, in name: String) -> Bool {
    values(name).contains { value in
      value.split(separator: ",").contains { part in
        let bytes = ASCII.trimmed(Array(part.utf8)[...])
        return ASCII.isSame(String(decoding: bytes, as: UTF8.self), token)
      }
    }
  }
}

/// The head of a request: its line and fields.
public struct HTTPRequestHead: HTTPHead {
  /// The method, such as `GET`.
  public var method: String
  /// The target as it stands: path and query, an authority, or a URL.
  public var target: String
  /// The minor version of HTTP/1: 0 or 1.
  public var minorVersion: Int
  /// The fields in order.
  public var fields: [HTTPField]

  /// A request's head.
  public init(method: String, target: String, minorVersion: Int = 1, fields: [HTTPField] = []) {
    self.method = method
    self.target = target
    self.minorVersion = minorVersion
    self.fields = fields
  }

  /// The head as it is sent; throws ``HandshakeError/invalidRequest(_:)`` where a part has
  /// characters that would change the request, such as a line break.
  public func encoded() throws(HandshakeError) -> [UInt8] {
    guard !method.isEmpty, method.utf8.allSatisfy(ASCII.isToken) else {
      throw .invalidRequest("the method is not a token")
    }
    guard !target.isEmpty, target.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
      throw .invalidRequest("the target has characters that must be percent-encoded")
    }
    var text = "\(method) \(target) HTTP/1.\(minorVersion == 0 ? 0 : 1)\r\n"
    for field in fields {
      guard field.isValid else {
        throw .invalidRequest("the header \(field.name.debugDescription) has invalid characters")
      }
      text += "\(field.name): \(field.value)\r\n"
    }
    return Array((text + "\r\n").utf8)
  }
}

/// The head of a response: its status line and fields.
public struct HTTPResponseHead: HTTPHead {
  /// The minor version of HTTP/1: 0 or 1.
  public var minorVersion: Int
  /// The status code, 100 to 999.
  public var status: Int
  /// The text after the code; may be empty.
  public var reason: String
  /// The fields in order.
  public var fields: [HTTPField]

  /// A response's head.
  public init(minorVersion: Int = 1, status: Int, reason: String, fields: [HTTPField] = []) {
    self.minorVersion = minorVersion
    self.status = status
    self.reason = reason
    self.fields = fields
  }

  /// The head as it is sent; fields and characters that cannot be sent are left out.
  public func encoded() -> [UInt8] {
    let reason = String(
      decoding: reason.utf8.filter { ASCII.isFieldContent($0) }, as: UTF8.self)
    var text = "HTTP/1.\(minorVersion == 0 ? 0 : 1) \(status) \(reason)\r\n"
    for field in fields where field.isValid {
      text += "\(field.name): \(field.value)\r\n"
    }
    return Array((text + "\r\n").utf8)
  }
}

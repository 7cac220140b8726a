import InstProtocol
import JSONText
import WebSocket

/// One request to the HTTP API, as a value.
struct InstAPIRequest: Sendable {
  var method: String
  /// What follows `/api/v2/`.
  var path: String
  var query: [(name: String, value: String)] = []
  var body: JSONValue?
  var sessionKey: SessionKey?

  /// The whole URL. What a query holds may be secret.
  func url(at origin: String) -> String {
    let pairs = query.map { "\($0.name)=\(percentEncoded($0.value))" }
    return "\(origin)/api/v2/\(path)" + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&"))
  }

  /// The fields of the request's head that say more than how the body travels.
  func fields(at origin: String) -> [HTTPField] {
    var fields = [
      HTTPField(name: "Origin", value: origin),
      HTTPField(name: "Accept", value: "application/json"),
    ]
    if let sessionKey {
      fields.append(HTTPField(name: "Authorization", value: "Bearer \(sessionKey.formatted)"))
    }
    if body != nil {
      fields.append(HTTPField(name: "Content-Type", value: "application/json"))
    }
    return fields
  }
}

/// What the HTTP API answers.
enum InstAPIAnswer {
  /// How much of an answer that is none an error keeps, in bytes.
  static let keptBody = 1024

  /// The result of a server that agrees: an object with `success: true`.
  static func parse(status: Int, body: [UInt8]) throws(InstAPIError) -> JSONValue {
    let value = try? JSONValue(parsing: body)
    if let value, value["success"] == false, let code = value["errorCode"]?.stringValue {
      throw .refused(ErrorInfo(code, value), status: status)
    }
    guard let value, 200..<300 ~= status, value["success"] == true else {
      throw .unexpectedAnswer(
        status: status, body: String(decoding: body.prefix(keptBody), as: UTF8.self))
    }
    return value
  }
}

extension ErrorInfo {
  fileprivate init(_ code: String, _ value: JSONValue) {
    self.init(
      errorCode: ErrorCode(rawValue: code),
      errorMessage: value["errorMessage"]?.stringValue ?? code,
      reason: value["reason"].map { RawJSON($0) }, issues: value["issues"].map { RawJSON($0) })
    let known = ["success", "errorCode", "errorMessage", "reason", "issues"]
    for member in value.objectValue ?? [] where !known.contains(member.name) {
      unknownFields.append(UnknownField(name: member.name, value: RawJSON(member.value)))
    }
  }
}

extension JSONValue {
  /// A text that an answer must have.
  func text(_ name: String) throws(InstAPIError) -> String {
    guard let text = self[name]?.stringValue, !text.isEmpty else {
      throw .brokenAnswer(reason: "it has no \(name)")
    }
    return text
  }
}

/// A text as part of a query (RFC 3986 section 3.4): all but unreserved characters encoded.
func percentEncoded(_ text: String) -> String {
  var encoded = ""
  let digits = Array("0123456789ABCDEF")
  for byte in text.utf8 {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"), UInt8(ascii: "~"):
      encoded.unicodeScalars.append(Unicode.Scalar(byte))
    default:
      encoded.append("%")
      encoded.append(digits[Int(byte >> 4)])
      encoded.append(digits[Int(byte & 15)])
    }
  }
  return encoded
}

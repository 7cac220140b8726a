import Glibc
import JSONText
import WebSocket

/// Takes secrets out of what is shown: tokens and keys wherever they stand (PROTOCOL section 6), and what
/// certain members, header fields and queries hold.
enum SecretMask {
  /// What stands for a secret.
  static let replacement = "***"
  /// What tokens and keys begin with.
  static let marks = ["vCT1.", "vCK1.", "vSK1.", "vRK1.", "vRK2."]
  /// Members whose text is a secret, whatever it looks like.
  private static let members: Set<String> = [
    "connectionToken", "connectionKey", "sessionKey", "authorization", "Authorization",
  ]
  /// What JSON without any of these needs no closer look. An escaped text could hide a mark.
  private static let suspects =
    marks + [
      "\\u", "connectionToken", "Key\"", "uthorization", "\"requestId\"", "\"headers\"", "://",
    ]

  // MARK: Texts

  /// A text without tokens, keys and queries that give access.
  static func text(_ text: String) -> String {
    KnownSecrets.masked(marks.reduce(isPresigned(text) ? withoutQuery(text) : text, masked))
  }

  /// The text with what follows each such mark replaced, up to its end: what cannot stand in a key.
  private static func masked(_ text: String, _ mark: String) -> String {
    var rest = text.utf8[...]
    guard var range = rest.firstRange(of: mark.utf8) else { return text }
    var result = ""
    while true {
      result += text[rest.startIndex..<range.upperBound]
      let end = text.utf8[range.upperBound...].firstIndex { !isOfKey($0) } ?? text.endIndex
      if end > range.upperBound { result += replacement }
      rest = text.utf8[end...]
      guard let next = rest.firstRange(of: mark.utf8) else { break }
      range = next
    }
    return result + text[rest.startIndex...]
  }

  private static func isOfKey(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "+/=._-%".utf8.contains(byte)
    }
  }

  /// A URL without its query: that can be as good as a password.
  static func withoutQuery(_ url: String) -> String {
    guard let start = url.firstIndex(where: { $0 == "?" || $0 == "#" }) else { return url }
    return url[...start] + replacement
  }

  /// Whether a text is a URL that opens a storage to whoever has it.
  private static func isPresigned(_ text: String) -> Bool {
    guard text.hasPrefix("http://") || text.hasPrefix("https://"),
      let start = text.firstIndex(of: "?")
    else { return false }
    let query = text[start...].lowercased()
    return ["x-amz-", "signature=", "sig=", "token="].contains { query.contains($0) }
  }

  // MARK: Heads

  /// The value of a header field, without what is secret.
  static func value(of field: HTTPField) -> String {
    if isSecret(field.name) { return replacement }
    return text(
      ["location", "referer"].contains(field.name.lowercased())
        ? withoutQuery(field.value) : field.value)
  }

  /// Whether what a header field of this name says is a secret.
  static func isSecret(_ name: String) -> Bool {
    let name = name.lowercased()
    if name.hasPrefix("sec-websocket-") { return false }
    let words = [
      "auth", "cookie", "token", "secret", "password", "signature", "credential", "session",
    ]
    return name.hasSuffix("key") || words.contains { name.contains($0) }
  }

  // MARK: JSON

  /// JSON without its secrets; nil where it has none.
  ///
  /// - Parameter json: valid JSON text.
  static func masked(_ json: UnsafeRawBufferPointer) -> JSONValue? {
    guard
      suspects.contains(where: { contains($0, in: json) }) || isTransfer(json)
        || KnownSecrets.mayBe(in: json)
    else { return nil }
    let value = RawJSON(scanned: json).value
    let masked = frame(value)
    return masked == value ? nil : masked
  }

  /// Whether bytes have this text among them.
  static func contains(_ text: String, in bytes: UnsafeRawBufferPointer) -> Bool {
    guard let base = bytes.baseAddress, let first = text.utf8.first else { return false }
    let wanted = Array(text.utf8)
    var position = 0
    while bytes.count - position >= wanted.count {
      let room = bytes.count - position - wanted.count + 1
      guard let found = memchr(base + position, Int32(first), room) else { return false }
      if memcmp(found, wanted, wanted.count) == 0 { return true }
      position = UnsafeRawPointer(found) - base + 1
    }
    return false
  }

  /// Whether it could be `[3, …]` or `[4, …]`: where a storage is, and what opens it.
  private static func isTransfer(_ json: UnsafeRawBufferPointer) -> Bool {
    json.prefix(8).contains { $0 == UInt8(ascii: "3") || $0 == UInt8(ascii: "4") }
  }

  /// A frame, which may be one of those with a place in a storage: `[3, id, url, method, headers]`.
  private static func frame(_ value: JSONValue) -> JSONValue {
    guard case .array(var parts) = value, parts.count == 5, [3, 4].contains(parts[0].intValue),
      let url = parts[2].stringValue
    else { return masked(value) }
    parts[2] = .string(withoutQuery(url))
    parts[4] = headers(parts[4])
    return .array(parts)
  }

  /// A value without its secrets.
  static func masked(_ value: JSONValue) -> JSONValue {
    switch value {
    case .string(let string): .string(text(string))
    case .array(let elements): .array(elements.map(masked))
    case .object(let object):
      .object(
        object.map { member in
          JSONMember(name: text(member.name), value: masked(member, in: value))
        })
    case .null, .bool, .number: value
    }
  }

  private static func masked(_ member: JSONMember, in object: JSONValue) -> JSONValue {
    guard let string = member.value.stringValue else {
      return member.name == "headers" ? headers(member.value) : masked(member.value)
    }
    if members.contains(member.name) { return .string(replacement) }
    // The code of a login, beside the request that it completes.
    if member.name == "code", object["requestId"] != nil { return .string(replacement) }
    // A body of HTTP is text that often is JSON again.
    if member.name == "body" { return .string(body(string)) }
    return .string(text(string))
  }

  private static func headers(_ value: JSONValue) -> JSONValue {
    guard case .object(let members) = value else { return masked(value) }
    return .object(
      members.map { member in
        guard case .string(let text) = member.value else {
          return isSecret(member.name)
            ? JSONMember(name: member.name, value: .string(replacement))
            : JSONMember(name: member.name, value: masked(member.value))
        }
        let field = HTTPField(name: member.name, value: text)
        return JSONMember(name: member.name, value: .string(self.value(of: field)))
      })
  }

  private static func body(_ text: String) -> String {
    guard let value = try? JSONValue(parsing: text) else { return self.text(text) }
    let result = masked(value)
    return result == value ? text : RawJSON(result).description
  }
}

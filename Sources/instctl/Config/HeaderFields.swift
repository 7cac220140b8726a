import Transport
import WebSocket

/// The header fields that the user adds to the upgrade, and to requests of the HTTP API: those of `--header`,
/// and the cookies for the server.
struct HeaderFields {
  let fields: [HTTPField]

  /// Those that the upgrade itself says (RFC 6455 section 4.1).
  private static let own: Set<String> = [
    "host", "upgrade", "connection", "content-length", "transfer-encoding", "origin",
    "sec-websocket-key", "sec-websocket-version",
    "sec-websocket-protocol", "sec-websocket-extensions",
  ]

  /// - Parameter path: of the request, by which cookies are chosen; nil for the URL's.
  init(_ settings: Settings, for url: WebSocketURL, path: String? = nil) throws(Failure) {
    var fields: [HTTPField] = []
    let source = settings.headers.source
    Self.remember(query: url.target.drop { $0 != "?" }.dropFirst())
    for text in settings.headers.value {
      guard text.hasPrefix("@") else {
        let field = try Self.field(text, source)
        if source != .option || SecretMask.isSecret(field.name) { Self.remember(field) }
        fields.append(field)
        continue
      }
      let file = String(text.dropFirst())
      if file != "-" { try Secrets.refuseIfOpenToOthers(file: file) }
      let lines = try InputFile.readText(file, limit: 1 << 20)
      for line in lines.split(whereSeparator: \.isNewline) {
        let field = try Self.field(String(line), source)
        Self.remember(field)
        fields.append(field)
      }
    }
    if let file = settings.cookieFile?.value {
      if file != "-" { try Secrets.refuseIfOpenToOthers(file: file) }
      let text = try InputFile.readText(file, limit: 1 << 20)
      let cookies = CookieFile(text).cookies(
        for: url, path: path ?? String(url.target.prefix { $0 != "?" }),
        at: Timestamp.now().milliseconds)
      for cookie in cookies.split(separator: ";") {
        KnownSecrets.add(String(cookie.drop { $0 != "=" }.dropFirst()))
      }
      if !cookies.isEmpty { fields.append(HTTPField(name: "Cookie", value: cookies)) }
    }
    self.fields = fields
  }

  /// A URL's query opens things, too: as a whole, and by members whose names say so.
  private static func remember(query: Substring) {
    KnownSecrets.add(String(query))
    for member in query.split(separator: "&") {
      guard let equals = member.firstIndex(of: "="), SecretMask.isSecret(String(member[..<equals]))
      else { continue }
      KnownSecrets.add(String(member[member.index(after: equals)...]))
    }
  }

  /// Servers repeat credentials with and without their scheme (RFC 9110 section 11.4).
  private static func remember(_ field: HTTPField) {
    KnownSecrets.add(field.value)
    guard field.name.lowercased().hasSuffix("authorization"),
      let space = field.value.firstIndex(of: " ")
    else { return }
    KnownSecrets.add(String(field.value[field.value.index(after: space)...]))
  }

  /// The line is not repeated in an error: its value can be a secret.
  private static func field(
    _ line: String, _ source: ValueSource
  ) throws(Failure) -> HTTPField {
    guard let colon = line.firstIndex(of: ":"), colon > line.startIndex else {
      throw .unusable(
        .header, source, "a field is no 'name: value'",
        hint: "'name: value', or '@file' with such lines")
    }
    let name = String(line[..<colon])
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    let value = line[line.index(after: colon)...].drop(while: isBlank)
    let trimmed = String(value.reversed().drop(while: isBlank).reversed())
    guard isToken(name) else {
      throw .unusable(.header, source, "the text before the colon is no name")
    }
    guard trimmed.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
      throw .unusable(.header, source, "the value of \(name) has control characters")
    }
    guard !own.contains(name.lowercased()) else {
      throw .unusable(
        .header, source, "\(name) is not yours to give",
        hint: "--origin and --subprotocol set theirs; the URL sets Host")
    }
    return HTTPField(name: name, value: trimmed)
  }

  /// RFC 9110 section 5.6.2.
  static func isToken(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
          || (0x61...0x7A).contains(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
      }
  }
}

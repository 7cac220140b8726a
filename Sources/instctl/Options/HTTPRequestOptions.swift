import ArgumentParser
import InstProtocol
import JSONText

/// What an HTTP request asks for.
struct HTTPRequestOptions: ParsableArguments {
  @Argument(
    help: "The method, such as GET or POST.",
    completion: .list(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]))
  var method: String

  @Argument(help: "The path, such as /api/v2/records/list; a query behind it is taken apart.")
  var path: String

  @Option(
    help: ArgumentHelp(
      "The body: the text itself, '@file', or '-' for stdin. UTF-8.", valueName: "text"))
  var body: String?

  @Option(
    help: ArgumentHelp(
      "A header field of the request, or '@file' with one a line, for those that are secrets. May be "
        + "repeated; names are sent in lower case.", valueName: "name: value"))
  var field: [String] = []

  @Option(
    help: ArgumentHelp("A parameter of the query. May be repeated.", valueName: "name=value"))
  var query: [String] = []

  @Option(
    help: ArgumentHelp(
      "What a variable part of the path stands for, where the server asks for that. May be repeated.",
      valueName: "name=value"))
  var pathParam: [String] = []

  /// Servers refuse frames above 100 MiB.
  private static let bodyLimit = 64 << 20

  func validate() throws {
    guard !method.isEmpty, method.allSatisfy({ $0.isASCII && $0.isLetter || $0 == "-" }) else {
      throw ValidationError("'\(method)' is no method")
    }
    guard path.hasPrefix("/") else { throw ValidationError("the path begins with a slash") }
    for parameter in query + pathParam where Self.pair(parameter, separator: "=") == nil {
      throw ValidationError("'\(parameter)' is no name=value")
    }
  }

  /// The request. Reads the body where it is in a file or comes by stdin.
  func request() throws(Failure) -> HTTPRequestMessage.Request {
    let parts = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var parameters: [(name: String, value: String)] = []
    for pair in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
      let (name, value) = Self.pair(String(pair), separator: "=") ?? (String(pair), "")
      guard let name = Self.decoded(name), let value = Self.decoded(value) else {
        throw .usage("the path's query is no UTF-8")
      }
      parameters.append((name, value))
    }
    parameters += query.compactMap { Self.pair($0, separator: "=") }
    let names = parameters.map(\.name)
    if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw .usage(
        "the query has '\(twice)' twice", hint: "a request through the socket can carry one of each"
      )
    }
    return HTTPRequestMessage.Request(
      path: String(parts[0]), method: method, query: Self.object(parameters),
      pathParams: Self.object(pathParam.compactMap { Self.pair($0, separator: "=") }),
      headers: Self.object(try fields()), body: try bodyText())
  }

  private func fields() throws(Failure) -> [(name: String, value: String)] {
    var lines: [String] = []
    for argument in field {
      guard argument.hasPrefix("@") else {
        lines.append(argument)
        continue
      }
      let text = try InputFile.readText(String(argument.dropFirst()), limit: 1 << 20)
      lines += text.split(whereSeparator: \.isNewline).map(String.init)
    }
    var fields: [(name: String, value: String)] = []
    for line in lines {
      // The line is not repeated: its value can be a secret.
      guard let (name, value) = Self.pair(line, separator: ":") else {
        throw .usage("--field takes 'name: value'")
      }
      fields.append((name.lowercased(), value.trimmed))
    }
    return fields
  }

  private func bodyText() throws(Failure) -> String? {
    guard let body else { return nil }
    try Secrets.refuseOnCommandLine(body)
    guard body == "-" || body.hasPrefix("@") else { return body }
    return try InputFile.readText(
      body == "-" ? body : String(body.dropFirst()), limit: Self.bodyLimit)
  }

  private static func pair(
    _ text: String, separator: Character
  ) -> (name: String, value: String)? {
    guard let index = text.firstIndex(of: separator), index > text.startIndex else { return nil }
    return (String(text[..<index]), String(text[text.index(after: index)...]))
  }

  /// An object of strings. The last of a name counts.
  private static func object(_ pairs: [(name: String, value: String)]) -> RawJSON {
    var members: [JSONMember] = []
    for (name, value) in pairs {
      members.removeAll { $0.name == name }
      members.append(JSONMember(name: name, value: .string(value)))
    }
    return RawJSON(.object(members))
  }

  /// A text without its percent-encoding (RFC 3986 section 2.1), as forms write it. Nil when it is no
  /// UTF-8.
  private static func decoded(_ text: String) -> String? {
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
    let text = String(decoding: digits, as: UTF8.self)
    guard text.allSatisfy(\.isHexDigit) else { return nil }
    return UInt8(text, radix: 16)
  }
}

extension String {
  /// Without the spaces and tabs around it (RFC 9110 section 5.5).
  fileprivate var trimmed: String {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
  }
}

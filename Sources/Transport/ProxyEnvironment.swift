/// The proxies that the environment names, by the rules of curl: `https_proxy`, `HTTPS_PROXY`,
/// `http_proxy`, `all_proxy`, `ALL_PROXY`, and what needs none: `no_proxy`, `NO_PROXY`. The lower case
/// wins; an empty variable counts as none. `HTTP_PROXY` does not count: a web server that runs programs
/// (RFC 3875 section 4.1.18) sets it to whatever a client sends in a header named `Proxy`.
public struct ProxyEnvironment: Hashable, Sendable {
  private let variables: [String: String]
  private let exceptions: NoProxyList
  private let credentials: ProxyCredentials?

  private static let forSecure = ["https_proxy", "HTTPS_PROXY"]
  private static let forPlain = ["http_proxy"]
  private static let forAll = ["all_proxy", "ALL_PROXY"]
  private static let forNone = ["no_proxy", "NO_PROXY"]

  /// The variables that are looked at.
  public static let names = forSecure + forPlain + forAll + forNone

  /// Takes the environment, or the part of it that ``names`` lists.
  ///
  /// - Parameters:
  ///   - environment: the variables.
  ///   - credentials: as whom to come to a proxy whose URL does not say it.
  public init(_ environment: [String: String], credentials: ProxyCredentials? = nil) {
    self.credentials = credentials
    variables = environment.filter { Self.names.contains($0.key) && !$0.value.isEmpty }
    let list = Self.forNone.lazy.compactMap { [variables] in variables[$0] }.first
    exceptions = NoProxyList(list ?? "")
  }

  /// The proxy for a server; nil where there is none, or the server needs none.
  ///
  /// - Parameters:
  ///   - isSecure: whether TLS is spoken with the server: `https`, `wss`.
  ///   - host: its name or IP address.
  ///   - port: its port.
  /// - Throws: ``ProxyError/invalidURL(variable:reason:)`` for the variable that holds.
  public func proxy(
    isSecure: Bool, host: String, port: UInt16
  ) throws(ProxyError) -> ProxyURL? {
    let names = (isSecure ? Self.forSecure : Self.forPlain) + Self.forAll
    guard let name = names.first(where: { variables[$0] != nil }), let text = variables[name],
      !exceptions.contains(host: host, port: port)
    else { return nil }
    var url = try ProxyURL(text, variable: name)
    url.credentials = url.credentials ?? credentials
    return url
  }
}

extension ProxyEnvironment: CustomStringConvertible, CustomReflectable {
  /// Which variables are set, without their values: these may hold passwords.
  public var description: String { variables.keys.sorted().joined(separator: ", ") }
  /// Shows no values.
  public var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}

/// How the way to a server is found, beyond its name and port.
public struct NetworkOptions: Sendable {
  /// Through which proxy to go, if any.
  public var proxy = ProxyPolicy.none
  /// Settings for TLS with a proxy that is reached by `https://`; nil trusts the system's roots.
  public var proxyTLS: TLSContext?
  /// The path of a Unix socket to connect to instead; TLS and upgrade still use the URL's host. It
  /// wins over a proxy.
  public var unixSocket: String?
  /// Addresses that hold for some hosts and ports, without a look-up: the server's and the proxy's. A
  /// proxy that looks up names by itself is given the server's address instead of its name.
  public var overrides: [ResolveOverride] = []
  /// Use addresses of this version alone; nil for both. It concerns what is looked up here, not what a
  /// proxy looks up.
  public var family: AddressFamily?

  /// The defaults: straight to the addresses of the name.
  public init() {}
}

/// Through which proxy connections go.
public enum ProxyPolicy: Hashable, Sendable {
  /// None.
  case none
  /// This one, whatever the server is.
  case always(ProxyURL)
  /// The one that the environment has for the server.
  case environment(ProxyEnvironment)

  /// The proxy for a server.
  ///
  /// - Parameters:
  ///   - isSecure: whether the server is reached by TLS.
  ///   - host: the server's name or address.
  ///   - port: the server's port.
  /// - Returns: nil where there is none on the way.
  /// - Throws: ``ProxyError/invalidURL(variable:reason:)``.
  public func proxy(isSecure: Bool, host: String, port: UInt16) throws(ProxyError) -> ProxyURL? {
    switch self {
    case .none: nil
    case .always(let url): url
    case .environment(let environment):
      try environment.proxy(isSecure: isSecure, host: host, port: port)
    }
  }
}

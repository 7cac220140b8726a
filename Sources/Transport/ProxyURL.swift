/// A proxy and how to speak with it.
public struct ProxyURL: Hashable, Sendable, CustomStringConvertible {
  /// What the proxy speaks, by the URL's scheme.
  public enum Scheme: String, CaseIterable, Hashable, Sendable {
    /// HTTP's CONNECT (RFC 9110 section 9.3.6).
    case http
    /// The same within TLS.
    case https
    /// SOCKS 5 (RFC 1928) with addresses: names are looked up here.
    case socks5
    /// SOCKS 5 with names: the proxy looks them up.
    case socks5h

    /// The port where a URL has none.
    var defaultPort: UInt16 {
      switch self {
      case .http: 80
      case .https: 443
      case .socks5, .socks5h: 1080
      }
    }
  }

  /// What the proxy speaks.
  public let scheme: Scheme
  /// The proxy's name in lower case, or IP address without brackets.
  public let host: String
  /// The proxy's port.
  public let port: UInt16
  /// As whom to come.
  public var credentials: ProxyCredentials?

  /// Takes the parts.
  public init(
    scheme: Scheme, host: String, port: UInt16, credentials: ProxyCredentials? = nil
  ) {
    self.scheme = scheme
    self.host = host
    self.port = port
    self.credentials = credentials
  }

  /// Reads `scheme://user:password@host:port`. Only the host is required: the scheme is `http` then,
  /// the port 80, 443 or 1080 as the scheme has it. User and password are percent-decoded.
  ///
  /// - Parameters:
  ///   - text: the URL.
  ///   - variable: the variable of the environment that holds it, for the error.
  /// - Throws: ``ProxyError/invalidURL(variable:reason:)``, which repeats nothing of a password.
  public init(_ text: String, variable: String? = nil) throws(ProxyError) {
    func invalid(_ reason: String) -> ProxyError {
      .invalidURL(variable: variable, reason: reason)
    }
    let schemeEnd = text.firstRange(of: "://")
    let name = schemeEnd.map { text[..<$0.lowerBound].lowercased() } ?? "http"
    let rest = schemeEnd.map { text[$0.upperBound...] } ?? text[...]
    guard let scheme = Scheme(rawValue: name) else {
      // Where a scheme is wrong, what stands in its place may be anything.
      throw invalid("the scheme is none of http, https, socks5 and socks5h")
    }
    var authority = rest[...]
    if let at = rest.lastIndex(of: "@") {
      credentials = try Self.credentials(rest[..<at], invalid: invalid)
      authority = rest[rest.index(after: at)...]
    }
    if authority.hasSuffix("/") { authority = authority.dropLast() }
    guard !authority.contains("/"), !authority.contains("?"), !authority.contains("#") else {
      throw invalid("nothing may follow host and port")
    }
    // Its own words would repeat a password where the host behind it is missing.
    guard let parts = try? URLParts("http://\(authority)", schemes: ["http"]) else {
      throw invalid("it names no host and port")
    }
    host = parts.host
    port = parts.hasPort ? parts.port : scheme.defaultPort
    self.scheme = scheme
  }

  private static func credentials(
    _ text: Substring, invalid: (String) -> ProxyError
  ) throws(ProxyError) -> ProxyCredentials {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let decoded = parts.map(percentDecoded)
    guard let user = decoded.first ?? nil, let password = decoded.count == 2 ? decoded[1] : ""
    else { throw invalid("user and password are not percent-encoded UTF-8") }
    return ProxyCredentials(user: user, password: password)
  }

  /// `host:port`, with brackets where the host is an IPv6 address.
  var authority: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }

  /// The URL without user and password.
  public var description: String { "\(scheme.rawValue)://\(authority)" }
}

/// The text that a percent-encoded one stands for (RFC 3986 section 2.1); nil where it is broken.
private func percentDecoded(_ text: Substring) -> String? {
  var bytes: [UInt8] = []
  var rest = text.utf8[...]
  while let byte = rest.popFirst() {
    guard byte == UInt8(ascii: "%") else {
      bytes.append(byte)
      continue
    }
    guard let high = rest.popFirst().flatMap(hexValue), let low = rest.popFirst().flatMap(hexValue)
    else { return nil }
    bytes.append(high << 4 | low)
  }
  return String(validating: bytes, as: UTF8.self)
}

private func hexValue(_ digit: UInt8) -> UInt8? {
  switch digit {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
  default: nil
  }
}

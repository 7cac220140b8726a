/// Where a WebSocket server is reached.
public struct WebSocketURL: Hashable, Sendable, CustomStringConvertible {
  /// `wss` rather than `ws`.
  public let isSecure: Bool
  /// The host's name in lower case, or IP address without brackets.
  public let host: String
  /// The port.
  public let port: UInt16
  /// The path and query to ask for, beginning with a slash.
  public let target: String

  /// Takes the parts.
  public init(isSecure: Bool, host: String, port: UInt16, target: String) {
    self.isSecure = isSecure
    self.host = host
    self.port = port
    self.target = target
  }

  /// Reads a URL that a user gave: `ws(s)://…` as it stands, `http(s)://host[:port]` as the address of
  /// an inst server, whose socket is at `/websocket`.
  ///
  /// - Throws: ``TransportError/invalidURL(text:reason:)``.
  public init(server text: String) throws(TransportError) {
    func invalid(_ reason: String) -> TransportError {
      // What stands before an @ may be a password.
      let shown = text.lastIndex(of: "@").map { "…" + text[$0...] } ?? text
      return .invalidURL(text: shown, reason: reason)
    }
    guard let schemeEnd = text.firstRange(of: "://") else {
      throw invalid("it must begin with https://, http://, wss:// or ws://")
    }
    let scheme = text[..<schemeEnd.lowerBound].lowercased()
    guard ["http", "https", "ws", "wss"].contains(scheme) else {
      throw invalid("the scheme '\(scheme)' is none of https, http, wss, ws")
    }
    isSecure = scheme == "https" || scheme == "wss"
    let rest = text[schemeEnd.upperBound...]
    guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw invalid("it holds spaces or characters outside ASCII, which must be encoded")
    }
    guard !rest.contains("#") else { throw invalid("a fragment has no meaning here") }
    let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
    let authority = rest[..<authorityEnd]
    guard !authority.contains("@") else {
      throw invalid("a user or password does not belong in it")
    }

    let portText: Substring?
    if authority.hasPrefix("[") {
      guard let end = authority.firstIndex(of: "]") else { throw invalid("']' is missing") }
      let literal = String(authority[authority.index(after: authority.startIndex)..<end])
      guard literal.contains(":"), SocketAddress(literal: literal, port: 0) != nil else {
        throw invalid("'\(literal)' is no IPv6 address")
      }
      host = literal.lowercased()
      let after = authority[authority.index(after: end)...]
      guard after.isEmpty || after.hasPrefix(":") else { throw invalid("text follows ']'") }
      portText = after.isEmpty ? nil : after.dropFirst()
    } else {
      let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count <= 2 else { throw invalid("an IPv6 address needs brackets") }
      host = parts.first?.lowercased() ?? ""
      portText = parts.count == 2 ? parts[1] : nil
    }
    guard !host.isEmpty else { throw invalid("the host is missing") }
    if let portText {
      guard let number = UInt16(portText), number > 0, portText.utf8.allSatisfy(isDigit) else {
        throw invalid("'\(portText)' is no port")
      }
      port = number
    } else {
      port = isSecure ? 443 : 80
    }
    let path = rest[authorityEnd...]
    if scheme.hasPrefix("http") {
      guard path.isEmpty || path == "/" else {
        throw invalid("a server is given without a path; for another path use ws:// or wss://")
      }
      target = "/websocket"
    } else {
      target = path.hasPrefix("/") ? String(path) : "/" + path
    }
  }

  /// `host:port` as the `Host` header has it: no port where it is the scheme's own (RFC 6455
  /// section 4.1).
  public var hostHeader: String {
    port == (isSecure ? 443 : 80) ? bracketedHost : "\(bracketedHost):\(port)"
  }

  /// Scheme, host and port as for HTTP: what credentials belong to.
  public var origin: String { "\(isSecure ? "https" : "http")://\(hostHeader)" }

  /// The URL.
  public var description: String { "\(isSecure ? "wss" : "ws")://\(hostHeader)\(target)" }

  private var bracketedHost: String { host.contains(":") ? "[\(host)]" : host }
}

private func isDigit(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

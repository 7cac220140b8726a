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
    let parts = try URLParts(text, schemes: ["https", "http", "wss", "ws"])
    isSecure = parts.isSecure
    host = parts.host
    port = parts.port
    guard parts.scheme.hasPrefix("http") else {
      target = parts.rest.hasPrefix("/") ? parts.rest : "/" + parts.rest
      return
    }
    guard parts.rest.isEmpty || parts.rest == "/" else {
      throw .invalidURL(
        text: text.firstIndex(of: "?").map { text[..<$0] + "?…" } ?? text,
        reason: "a server is given without a path; for another path use ws:// or wss://")
    }
    target = "/websocket"
  }

  /// `host:port` as the `Host` header has it: no port where it is the scheme's own (RFC 6455
  /// section 4.1).
  public var hostHeader: String {
    URLParts.hostHeader(host: host, port: port, isSecure: isSecure)
  }

  /// Scheme, host and port as for HTTP: what credentials belong to.
  public var origin: String { "\(isSecure ? "https" : "http")://\(hostHeader)" }

  /// The URL.
  public var description: String { "\(isSecure ? "wss" : "ws")://\(hostHeader)\(target)" }
}

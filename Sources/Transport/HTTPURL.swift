/// Where an HTTP request goes.
public struct HTTPURL: Hashable, Sendable, CustomStringConvertible {
  /// `https` rather than `http`.
  public let isSecure: Bool
  /// The host's name in lower case, or IP address without brackets.
  public let host: String
  /// The port.
  public let port: UInt16
  /// The path and query to ask for, beginning with a slash.
  public let target: String
  /// The URL as it was written, without its query.
  public let withoutQuery: String

  /// Reads an `http` or `https` URL.
  ///
  /// - Throws: ``TransportError/invalidURL(text:reason:)``, which does not repeat the query: it may be a
  ///   credential.
  public init(_ text: String) throws(TransportError) {
    let parts = try URLParts(text, schemes: ["https", "http"])
    isSecure = parts.isSecure
    host = parts.host
    port = parts.port
    target = parts.rest.hasPrefix("/") ? parts.rest : "/" + parts.rest
    withoutQuery = text.firstIndex(of: "?").map { String(text[..<$0]) } ?? text
  }

  /// `host:port` as the `Host` header has it.
  public var hostHeader: String {
    URLParts.hostHeader(host: host, port: port, isSecure: isSecure)
  }

  /// Scheme, host and port: what credentials belong to.
  public var origin: String { "\(isSecure ? "https" : "http")://\(hostHeader)" }

  /// The URL for people, without the query's text.
  public var description: String { origin + Transport.withoutQuery(target) }
}

/// A URL or a part of one for people: the text of its query, and of what follows it, may be a
/// credential.
func withoutQuery(_ text: String) -> String {
  guard let start = text.firstIndex(where: { $0 == "?" || $0 == "#" }) else { return text }
  return "\(text[...start])…"
}

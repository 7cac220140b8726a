import Testing

@testable import Transport

struct WebSocketURLTests {
  struct Valid: Sendable, CustomTestStringConvertible {
    let text, description, host, hostHeader, origin: String
    let port: UInt16
    var testDescription: String { text }
    init(
      _ text: String, _ description: String, host: String, _ port: UInt16, header: String,
      origin: String
    ) {
      (self.text, self.description, self.host, self.port) = (text, description, host, port)
      (hostHeader, self.origin) = (header, origin)
    }
  }

  static let valid = [
    Valid(
      "https://example.com", "wss://example.com/websocket",
      host: "example.com", 443, header: "example.com", origin: "https://example.com"),
    Valid(
      "http://localhost:8080/", "ws://localhost:8080/websocket",
      host: "localhost", 8080, header: "localhost:8080", origin: "http://localhost:8080"),
    Valid(
      "HTTPS://example.com:443", "wss://example.com/websocket",
      host: "example.com", 443, header: "example.com", origin: "https://example.com"),
    Valid(
      "https://Example.COM", "wss://example.com/websocket",
      host: "example.com", 443, header: "example.com", origin: "https://example.com"),
    Valid(
      "http://example.com:443", "ws://example.com:443/websocket",
      host: "example.com", 443, header: "example.com:443", origin: "http://example.com:443"),
    Valid(
      "ws://example.com", "ws://example.com/",
      host: "example.com", 80, header: "example.com", origin: "http://example.com"),
    Valid(
      "wss://example.com:65535/a/b?c=d%20e", "wss://example.com:65535/a/b?c=d%20e",
      host: "example.com", 65535, header: "example.com:65535",
      origin: "https://example.com:65535"),
    Valid(
      "ws://example.com?query", "ws://example.com/?query",
      host: "example.com", 80, header: "example.com", origin: "http://example.com"),
    Valid(
      "ws://127.0.0.1:9/x", "ws://127.0.0.1:9/x",
      host: "127.0.0.1", 9, header: "127.0.0.1:9", origin: "http://127.0.0.1:9"),
    Valid(
      "ws://[::1]:9/", "ws://[::1]:9/",
      host: "::1", 9, header: "[::1]:9", origin: "http://[::1]:9"),
    Valid(
      "https://[2001:db8::1]", "wss://[2001:db8::1]/websocket",
      host: "2001:db8::1", 443, header: "[2001:db8::1]", origin: "https://[2001:db8::1]"),
  ]

  @Test(arguments: valid) func reads(_ expected: Valid) throws {
    let url = try WebSocketURL(server: expected.text)
    #expect(url.description == expected.description)
    #expect(url.host == expected.host)
    #expect(url.port == expected.port)
    #expect(url.hostHeader == expected.hostHeader)
    #expect(url.origin == expected.origin)
    #expect(url.isSecure == expected.description.hasPrefix("wss"))
    // What it is written as reads as the same.
    #expect(try WebSocketURL(server: url.description) == url)
  }

  static let invalid: [(text: String, reason: String)] = [
    ("", "must begin"),
    ("example.com", "must begin"),
    ("localhost:8080", "must begin"),
    ("ftp://example.com", "'ftp'"),
    ("file:///etc/passwd", "'file'"),
    ("ws://", "host is missing"),
    ("ws:///path", "host is missing"),
    ("ws://:80/", "host is missing"),
    ("ws://example.com:", "no port"),
    ("ws://example.com:0", "'0' is no port"),
    ("ws://example.com:65536", "'65536' is no port"),
    ("ws://example.com:+80", "'+80' is no port"),
    ("ws://example.com:8o", "'8o' is no port"),
    ("ws://example.com:99999999999999999999", "no port"),
    ("ws://user:secret@example.com/", "user or password"),
    ("ws://user@example.com/", "user or password"),
    ("ws://example.com/#part", "fragment"),
    ("ws://example.com/a b", "spaces"),
    ("ws://example.com/\r\nHost: evil", "spaces"),
    ("ws://exämple.com/", "outside ASCII"),
    ("ws://::1/", "brackets"),
    ("ws://[::1", "']' is missing"),
    ("ws://[::1]9/", "text follows"),
    ("ws://[::1]:/", "no port"),
    ("ws://[127.0.0.1]/", "no IPv6 address"),
    ("ws://[example.com]/", "no IPv6 address"),
    ("ws://[]/", "no IPv6 address"),
    ("https://example.com/path", "without a path"),
    ("http://example.com?query", "without a path"),
  ]

  @Test(arguments: invalid) func refuses(_ text: String, because reason: String) throws {
    let error = #expect(throws: TransportError.self) { try WebSocketURL(server: text) }
    guard case .invalidURL(let found, let why) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    // What stands before an @ may be a password, and a query a credential: neither is repeated.
    let shown = text.lastIndex(of: "@").map { "…" + text[$0...] } ?? text
    #expect(found == shown.replacing("?query", with: "?…"))
    #expect(why.contains(reason), "\(why)")
  }
}

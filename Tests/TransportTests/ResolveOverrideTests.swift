import Testing

@testable import Transport

/// `HOST:PORT:ADDRESS`.
struct ResolveOverrideTests {
  private static let isReadCases: [(String, String, UInt16, [String])] = [
    ("inst.example:443:127.0.0.1", "inst.example", 443, ["127.0.0.1:443"]),
    ("INST.example:80:::1", "inst.example", 80, ["[::1]:80"]),
    ("a:1:[::1]", "a", 1, ["[::1]:1"]),
    ("a:1:127.0.0.1,[::1],10.0.0.1", "a", 1, ["127.0.0.1:1", "[::1]:1", "10.0.0.1:1"]),
    ("[2001:db8::1]:8443:127.0.0.1", "2001:db8::1", 8443, ["127.0.0.1:8443"]),
  ]

  @Test(arguments: isReadCases)
  func isRead(text: String, host: String, port: UInt16, addresses: [String]) throws {
    let override = try ResolveOverride(text)
    #expect(override.host == host)
    #expect(override.port == port)
    #expect(override.addresses.map(\.description) == addresses)
    #expect(try ResolveOverride(override.description) == override)
  }

  @Test(arguments: [
    "", "a", "a:1", "a:1:", ":1:127.0.0.1", "a:x:127.0.0.1", "a:0:127.0.0.1", "a:+1:127.0.0.1",
    "a:65536:127.0.0.1", "a:1:name", "a:1:127.0.0.1,", "[::1:1:127.0.0.1", "[a]:1:127.0.0.1",
    "[::1]1:127.0.0.1", "a:1:127.0.0.1:80", "a:1:2", "a:1:127.1", "a:1:0x7f000001",
    "a:1:0177.0.0.1",
  ])
  func isRefused(text: String) {
    let error = #expect(throws: TransportError.self) { try ResolveOverride(text) }
    guard case .invalidOverride(text, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}

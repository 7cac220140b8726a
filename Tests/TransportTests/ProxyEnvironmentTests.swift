import Testing

@testable import Transport

/// Which proxy the environment means: curl's rules for the variables, and what needs no proxy.
struct ProxyEnvironmentTests {
  private func proxy(
    _ environment: [String: String], isSecure: Bool = true, _ host: String = "inst.example",
    _ port: UInt16 = 443
  ) throws -> String? {
    try ProxyEnvironment(environment).proxy(isSecure: isSecure, host: host, port: port)?
      .description
  }

  @Test func noVariableNoProxy() throws {
    #expect(try proxy([:]) == nil)
    #expect(try proxy(["NO_PROXY": "*", "PROXY": "http://p"]) == nil)
  }

  @Test func theLowerCaseWins() throws {
    #expect(
      try proxy(["https_proxy": "http://low:1", "HTTPS_PROXY": "http://up:1"]) == "http://low:1")
    #expect(try proxy(["HTTPS_PROXY": "http://up:1"]) == "http://up:1")
    #expect(
      try proxy(["all_proxy": "http://low:1", "ALL_PROXY": "http://up:1"]) == "http://low:1")
  }

  @Test func ofOneSchemeBeforeAll() throws {
    let both = ["https_proxy": "http://one:1", "all_proxy": "http://all:1"]
    #expect(try proxy(both) == "http://one:1")
    #expect(try proxy(both, isSecure: false) == "http://all:1")
    #expect(try proxy(["ALL_PROXY": "socks5h://all"]) == "socks5h://all:1080")
  }

  /// A server that runs programs sets HTTP_PROXY from a header of its client (RFC 3875 section 4.1.18).
  @Test func plainHTTPKnowsTheLowerCaseAlone() throws {
    #expect(try proxy(["HTTP_PROXY": "http://evil:1"], isSecure: false) == nil)
    #expect(try proxy(["http_proxy": "http://p:1"], isSecure: false) == "http://p:1")
    #expect(try proxy(["http_proxy": "http://p:1"]) == nil)
  }

  @Test func anEmptyVariableIsNone() throws {
    #expect(try proxy(["https_proxy": "", "HTTPS_PROXY": "http://up:1"]) == "http://up:1")
    #expect(
      try proxy(["no_proxy": "", "NO_PROXY": "inst.example", "https_proxy": "http://p"]) == nil)
  }

  @Test func theLowerCaseListOfExceptionsWins() throws {
    let both = ["no_proxy": "other", "NO_PROXY": "inst.example", "https_proxy": "http://p:1"]
    #expect(try proxy(both) == "http://p:1")
  }

  @Test func aBrokenVariableIsNamedWhenItHolds() throws {
    let environment = ["HTTPS_PROXY": "gopher://hunter2", "no_proxy": "local"]
    let error = #expect(throws: ProxyError.self) { try proxy(environment) }
    #expect(error?.description.contains("HTTPS_PROXY") == true)
    #expect(error?.description.contains("hunter2") == false)
    #expect(try proxy(environment, isSecure: false) == nil)
    #expect(try proxy(environment, "local") == nil)
  }

  @Test func itsDescriptionShowsNoValues() {
    let environment = ProxyEnvironment(["HTTPS_PROXY": "http://joe:hunter2@p", "HOME": "/root"])
    var shown = "\(environment) \(String(reflecting: environment))"
    dump(environment, to: &shown)
    #expect(!shown.contains("hunter2"))
    #expect(environment.description == "HTTPS_PROXY")
  }

  private static let exceptionsCases: [(String, String, UInt16, Bool)] = [
    ("*", "anything", 1, true),
    ("a, *", "anything", 1, true),
    ("example.com", "example.com", 443, true),
    ("example.com", "www.example.com", 443, true),
    ("example.com", "notexample.com", 443, false),
    ("example.com", "example.com.evil", 443, false),
    (".example.com", "example.com", 443, true),
    (".example.com", "a.b.example.com", 443, true),
    ("*.example.com", "a.example.com", 443, true),
    ("example.com.", "example.com", 443, true),
    ("example.com", "example.com.", 443, true),
    ("EXAMPLE.com", "example.COM", 443, true),
    ("a.example b.example", "b.example", 443, true),
    ("a.example,b.example", "a.example", 443, true),
    (" , ,a.example,, ", "a.example", 443, true),
    ("", "a.example", 443, false),
    (".", "a.example", 443, false),
    ("example.com:443", "example.com", 443, true),
    ("example.com:443", "www.example.com", 443, true),
    ("example.com:443", "example.com", 80, false),
    ("example.com:x", "example.com", 443, false),
    ("localhost", "localhost", 8080, true),
    ("127.0.0.1", "127.0.0.1", 8080, true),
    ("127.0.0.1:80", "127.0.0.1", 8080, false),
    ("127.0.0.1:8080", "127.0.0.1", 8080, true),
    ("0.0.1", "127.0.0.1", 8080, false),
    ("127.0.0.0/8", "127.1.2.3", 80, true),
    ("127.0.0.0/8", "128.0.0.1", 80, false),
    ("192.168.128.0/17", "192.168.200.1", 80, true),
    ("192.168.128.0/17", "192.168.100.1", 80, false),
    ("10.0.0.0/32", "10.0.0.1", 80, false),
    ("0.0.0.0/0", "203.0.113.9", 80, true),
    ("0.0.0.0/0", "::1", 80, false),
    ("0.0.0.0/0", "a.example", 80, false),
    ("10.0.0.0/33", "10.0.0.0", 80, false),
    ("10.0.0.0/-1", "10.0.0.0", 80, false),
    ("10.0.0.0/", "10.0.0.0", 80, false),
    ("::1", "::1", 80, true),
    ("[::1]", "::1", 80, true),
    ("::1", "0:0:0:0:0:0:0:1", 80, true),
    ("[::1]:443", "::1", 443, true),
    ("[::1]:443", "::1", 80, false),
    ("fd00::/8", "fd12:3456::1", 80, true),
    ("fd00::/8", "fe80::1", 80, false),
    ("fe80::/10", "fe80::1%eth0", 80, true),
    ("2001:db8::/33", "2001:db8:7fff::1", 80, true),
    ("2001:db8::/33", "2001:db8:8000::1", 80, false),
  ]

  @Test(arguments: exceptionsCases)
  func exceptions(list: String, host: String, port: UInt16, needsNone: Bool) {
    #expect(NoProxyList(list).contains(host: host, port: port) == needsNone)
  }
}

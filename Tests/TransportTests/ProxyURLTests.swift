import Testing

@testable import Transport

/// URLs of proxies (RFC 3986 section 3.2), and what stands beside them.
struct ProxyURLTests {
  private static let isReadCases: [(String, ProxyURL.Scheme, String, UInt16)] = [
    ("http://proxy.example:3128", ProxyURL.Scheme.http, "proxy.example", 3128),
    ("http://proxy.example", .http, "proxy.example", 80),
    ("HTTPS://Proxy.Example/", .https, "proxy.example", 443),
    ("socks5://127.0.0.1", .socks5, "127.0.0.1", 1080),
    ("socks5h://[::1]:9050", .socks5h, "::1", 9050),
    ("proxy.example:8080", .http, "proxy.example", 8080),
    ("proxy.example", .http, "proxy.example", 80),
  ]

  @Test(arguments: isReadCases)
  func isRead(text: String, scheme: ProxyURL.Scheme, host: String, port: UInt16) throws {
    let url = try ProxyURL(text)
    #expect(url == ProxyURL(scheme: scheme, host: host, port: port))
  }

  private static let userAndPasswordAreDecodedCases: [(String, String, String)] = [
    ("http://joe:hunter2@p", "joe", "hunter2"),
    ("http://joe@p", "joe", ""),
    ("http://joe:@p", "joe", ""),
    ("http://:hunter2@p", "", "hunter2"),
    ("joe:hunter2@p:1", "joe", "hunter2"),
    ("http://j%6Fe:p%40ss%3Aword%25@p", "joe", "p@ss:word%"),
    ("http://joe:a:b@p", "joe", "a:b"),
    ("http://joe:a@b@p", "joe", "a@b"),
    ("http://J%C3%B6:%E2%82%AC@p", "Jö", "€"),
  ]

  @Test(arguments: userAndPasswordAreDecodedCases)
  func userAndPasswordAreDecoded(text: String, user: String, password: String) throws {
    let url = try ProxyURL(text)
    #expect(url.credentials?.user == user)
    #expect(url.credentials?.password == password)
    #expect(url.host == "p")
  }

  @Test(arguments: [
    "", "http://", "http://:3128", "http://p:0", "http://p:65536", "http://p:x", "http://p/path",
    "http://p?query", "http://p#x", "http://a b", "ftp://p", "socks4://p", "http://[::1", "::1",
    "http://joe:hunter2@", "joe:hunter2", "http://joe:hunter2", "http://joe:hun%ter2@p",
    "http://joe:hunter2%@p", "http://%FF:hunter2@p", "hunter2://p", "http://joe:hunter2/@p:x",
  ])
  func isRefusedWithoutRepeatingIt(text: String) throws {
    let error = #expect(throws: ProxyError.self) {
      try ProxyURL(text, variable: "HTTPS_PROXY")
    }
    guard case .invalidURL("HTTPS_PROXY", _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.description.contains("hunter2") == false)
    #expect(error?.description.hasPrefix("HTTPS_PROXY is not the URL of a proxy: ") == true)
  }

  @Test func nothingShowsUserAndPassword() throws {
    let url = try ProxyURL("http://joeuser:hunter2@p:3128")
    var shown = "\(url) \(String(reflecting: url)) \(String(describing: ProxyPolicy.always(url)))"
    dump(url, to: &shown)
    dump(NetworkOptions(proxy: .always(url)), to: &shown)
    #expect(!shown.contains("hunter2") && !shown.contains("joeuser"))
    #expect(url.description == "http://p:3128")
  }

  private static let credentialsOfAFileCases: [(String, String, String)] = [
    ("joe:hunter2", "joe", "hunter2"), ("joe", "joe", ""), ("joe:a:b%40", "joe", "a:b%40"),
    ("", "", ""),
  ]

  @Test(arguments: credentialsOfAFileCases)
  func credentialsOfAFile(text: String, user: String, password: String) {
    #expect(ProxyCredentials(text: text) == ProxyCredentials(user: user, password: password))
  }

  /// Seeded; whatever stands there, it is read or refused, and what is read can be read again.
  @Test(arguments: 0..<20)
  func anyTextIsReadOrRefused(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let pieces = [
      "http", "https", "socks5", "://", ":", "@", "/", "[", "]", "::1", "%", "%4", "%41", "p", "é",
      "65535", "0", ".", "?", "#", " ", "\0",
    ]
    for _ in 0..<500 {
      let text = (0..<Int.random(in: 0...8, using: &random))
        .map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }.joined()
      guard let url = try? ProxyURL(text) else { continue }
      var bare = url
      bare.credentials = nil
      #expect(try ProxyURL(url.description) == bare, "seed \(seed): \(text)")
      _ = NoProxyList(text)
      _ = try? ResolveOverride(text)
    }
  }
}

extension NetworkOptions {
  init(proxy: ProxyPolicy) {
    self.init()
    self.proxy = proxy
  }
}

import Testing

@testable import Transport

struct HTTPURLTests {
  @Test func theQueryIsAskedForButNotShown() throws {
    let url = try HTTPURL("https://Storage.test/a/b?signature=secret&x=1")
    #expect(url.target == "/a/b?signature=secret&x=1")
    #expect(url.withoutQuery == "https://Storage.test/a/b")
    #expect(url.description == "https://storage.test/a/b?…")
    #expect(url.origin == "https://storage.test")
    #expect((url.host, url.port, url.isSecure) == ("storage.test", 443, true))
    let plain = try HTTPURL("http://[::1]:81?q")
    #expect((plain.target, plain.hostHeader) == ("/?q", "[::1]:81"))
  }

  @Test(arguments: [
    "ws://a/?signature=secret", "ftp://a/?secret", "https://a b/?secret", "https://u:secret@a/",
    "https:///x?secret", "//a/?secret", "https://a:0/?secret", "https://a/?secret#f",
  ])
  func whatIsNoURLIsRefusedWithoutRepeatingSecrets(text: String) {
    #expect {
      _ = try HTTPURL(text)
    } throws: { error in
      !"\(error)".contains("secret")
    }
  }
}

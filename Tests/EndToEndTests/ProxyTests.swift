import Foundation
import TestProxies
import Testing

/// The way to a server, by the program as a whole: proxies that we did not write, Unix sockets, given
/// addresses (CLI.md sections 2 to 4).
@Suite(.serialized) struct ProxyTests {
  /// What a proxy is asked with: scheme of the proxy, TLS with the server.
  static let ways = ["http", "https", "socks5", "socks5h"].flatMap { scheme in
    [(scheme, false), (scheme, true)]
  }

  private func expectNoSecret(
    _ outcome: Program.Outcome, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for secret in [TestProxy.password, TestProxy.user, "wrongwrong"] {
      #expect(!(outcome.output + outcome.errors).contains(secret), sourceLocation: sourceLocation)
    }
  }

  /// The URL of a proxy, with user and password.
  private func url(_ scheme: String, _ port: UInt16, password: String = TestProxy.password)
    -> String
  {
    "\(scheme)://\(TestProxy.user):\(password)@127.0.0.1:\(port)"
  }

  @Test(arguments: ways)
  func requestsGoThrough(scheme: String, isSecure: Bool) throws {
    let folder = try TemporaryFolder()
    let authority = folder.path("ca.pem")
    let address = TestProxy.localhost
    let server =
      try isSecure
      ? TestServer("--host", address, "--tls", "--cert-out", folder.path("server.pem"))
      : TestServer("--host", address)
    let certificate = try Certificate(in: folder)
    let proxy = try TestProxy(
      scheme == "http"
        ? .http
        : scheme == "https"
          ? .https(certificate: certificate.file, key: certificate.key) : .socks,
      isAuthenticated: true)
    // One file of trusted certificates for both.
    try [folder.path("server.pem"), certificate.file]
      .compactMap { try? String(contentsOfFile: $0, encoding: .utf8) }.joined()
      .write(toFile: authority, atomically: true, encoding: .utf8)
    let host = "\(isSecure ? "wss" : "ws")://localhost:\(server.port)/websocket"
    let trust = isSecure || scheme == "https" ? ["--cacert", authority] : []
    let arguments = ["-s", host, "through", "-v"] + trust
    let environment = ["INSTCTL_PROXY": url(scheme, proxy.port)]

    let added = try Program(
      ["add-updates"] + arguments + [hello], environment: environment
    ).finish()
    #expect(added.status == 0, "\(added.errors)")
    #expect(added.lines.of(type: "ack").count == 1)
    expectNoSecret(added)
    #expect(added.errors.contains("\"\(scheme)://127.0.0.1:\(proxy.port) has connected to"))
    let got = try Program(["get-updates"] + arguments, environment: environment).finish()
    #expect(got.lines.first?["updates"] as? [String] == [hello])
  }

  @Test(arguments: ["http", "socks5h"])
  func aWrongPassword(scheme: String) throws {
    let server = try TestServer()
    let proxy = try TestProxy(scheme == "http" ? .http : .socks, isAuthenticated: true)
    for environment in [
      ["INSTCTL_PROXY": url(scheme, proxy.port, password: "wrongwrong")],
      ["ALL_PROXY": url(scheme, proxy.port, password: "wrongwrong")],
    ] {
      let outcome = try instctl(
        "count", "-s", server.url, "x", "-vv", environment: environment)
      #expect(outcome.status == 77)
      #expect(outcome.output == "")
      #expect(outcome.error?["layer"] as? String == "proxy")
      #expect(outcome.error?["code"] as? String == "proxy_authentication_refused")
      #expect(outcome.error?["retryable"] as? Bool == false)
      expectNoSecret(outcome)
    }
    let none = try instctl(
      "count", "-s", server.url, "x",
      environment: ["INSTCTL_PROXY": "\(scheme)://127.0.0.1:\(proxy.port)"])
    #expect(none.status == 77)
    let message = try #require(none.error?["message"] as? String)
    #expect(message.contains("the proxy \(scheme)://127.0.0.1:\(proxy.port)"))
    #expect(none.error?["code"] as? String == "proxy_authentication_required")
    let hint = try #require(none.error?["hint"] as? String)
    #expect(hint.contains("INSTCTL_PROXY=\(scheme)://USER:PASSWORD@127.0.0.1:\(proxy.port)"))
    #expect(hint.contains("--proxy-credentials-file"))
    // Another attempt would not go better.
    let retried = try instctl(
      "watch", "-s", server.url, "x", "--retries", "5", "--proxy",
      "\(scheme)://127.0.0.1:\(proxy.port)")
    #expect(retried.status == 77)
  }

  @Test func credentialsInAFile() throws {
    let server = try TestServer()
    let proxy = try TestProxy(.http, isAuthenticated: true)
    let folder = try TemporaryFolder()
    let text = "\(TestProxy.user):\(TestProxy.password)\n"
    let file = try folder.write("credentials", text)
    let bare = "http://127.0.0.1:\(proxy.port)"
    for (arguments, environment) in [
      (["--proxy", bare, "--proxy-credentials-file", file], [:]),
      (["--proxy-credentials-file", file], ["http_proxy": bare]),
      ([], ["http_proxy": bare, "INSTCTL_PROXY_CREDENTIALS_FILE": file]),
    ] {
      let outcome = try Program(
        ["count", "-s", server.url, "x"] + arguments, environment: environment
      ).finish()
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    let input = try Program(
      ["count", "-s", server.url, "x", "--proxy", bare, "--proxy-credentials-file", "-"],
      stdin: .text(text)
    ).finish()
    #expect(input.status == 0, "\(input.errors)")
    let open = try folder.write("open", text, permissions: 0o644)
    let refused = try instctl(
      "count", "-s", server.url, "x", "--proxy", bare, "--proxy-credentials-file", open)
    #expect(refused.status == 78)
    expectNoSecret(refused)
  }

  @Test func aPasswordIsNoFlagsValue() throws {
    let outcome = try instctl(
      "count", "-s", "ws://127.0.0.1:9", "x", "--proxy", url("http", 9))
    #expect(outcome.status == 64)
    #expect(outcome.error?["layer"] as? String == "usage")
    #expect((outcome.error?["hint"] as? String)?.contains("INSTCTL_PROXY") == true)
    expectNoSecret(outcome)
  }

  @Test func whatTheEnvironmentSays() throws {
    let server = try TestServer()
    let proxy = try TestProxy(.http)
    let (dead, alive) = ("http://127.0.0.1:\(try freePort())", "127.0.0.1:\(proxy.port)")
    func count(_ environment: [String: String], _ arguments: String...) throws -> Int32 {
      try Program(["count", "-s", server.url, "x"] + arguments, environment: environment).finish()
        .status
    }
    #expect(try count(["http_proxy": dead]) == 69)
    #expect(try count(["ALL_PROXY": dead]) == 69)
    // What a web server sets from a header of its client is not heard.
    #expect(try count(["HTTP_PROXY": dead, "HTTPS_PROXY": dead]) == 0)
    #expect(try count(["http_proxy": alive, "ALL_PROXY": dead]) == 0)
    #expect(try count(["ALL_PROXY": dead, "NO_PROXY": "localhost,127.0.0.0/8"]) == 0)
    #expect(try count(["ALL_PROXY": dead, "NO_PROXY": "127.0.0.1:\(server.port)"]) == 0)
    #expect(try count(["ALL_PROXY": dead, "NO_PROXY": "127.0.0.1:1"]) == 69)
    #expect(try count(["ALL_PROXY": dead, "NO_PROXY": "*"]) == 0)
    #expect(try count(["ALL_PROXY": dead], "--proxy", "none") == 0)
    #expect(try count(["ALL_PROXY": dead], "--proxy", alive) == 0)
    #expect(try count(["INSTCTL_PROXY": dead, "NO_PROXY": "*"]) == 69)
    #expect(try count(["INSTCTL_PROXY": alive, "ALL_PROXY": dead]) == 0)
  }

  @Test func brokenProxies() throws {
    let server = try TestServer()
    let byOption = try instctl("count", "-s", server.url, "x", "--proxy", "gopher://wrongwrong")
    #expect(byOption.status == 64)
    expectNoSecret(byOption)
    for variable in ["INSTCTL_PROXY", "http_proxy", "ALL_PROXY"] {
      let outcome = try instctl(
        "count", "-s", server.url, "x",
        environment: [variable: "gopher://joeuser:wrongwrong@p"])
      #expect(outcome.status == 78, "\(variable)")
      #expect((outcome.error?["message"] as? String)?.contains(variable) == true)
      #expect(outcome.error?["layer"] as? String == "config")
      expectNoSecret(outcome)
    }
  }

  @Test func theProxyIsNotThere() throws {
    let server = try TestServer()
    let refused = try instctl(
      "count", "-s", server.url, "x", "--proxy", "http://127.0.0.1:\(try freePort())")
    #expect(refused.status == 69)
    #expect(refused.error?["layer"] as? String == "proxy")
    #expect(refused.error?["code"] as? String == "connection_refused")
    #expect((refused.error?["message"] as? String)?.hasPrefix("the proxy http://") == true)
    let unknown = try instctl(
      "count", "-s", server.url, "x", "--proxy", "socks5h://no-such-host.invalid")
    // Without a network the look-up itself fails.
    let code = unknown.error?["code"] as? String
    #expect(unknown.status == (code == "dns_failed" ? 69 : 68))
    #expect(unknown.error?["layer"] as? String == "proxy")
  }

  /// The server behind the proxy is not there.
  @Test(arguments: ["http", "socks5h"])
  func theProxyReachesNobody(scheme: String) throws {
    let proxy = try TestProxy(scheme == "http" ? .http : .socks)
    let outcome = try instctl(
      "count", "-s", "ws://127.0.0.1:\(try freePort())", "x", "--proxy",
      "\(scheme)://127.0.0.1:\(proxy.port)")
    #expect(outcome.status == 69)
    #expect(outcome.output == "")
    #expect(outcome.error?["layer"] as? String == "proxy")
    #expect(outcome.error?["code"] as? String == "proxy_refused")
  }

  @Test func signingInGoesThrough() throws {
    let api = try ScriptedAPI { request in
      request.target == "/api/v2/login"
        ? (200, #"{"success":true,"userId":"u","requestId":"r","address":"x"}"#) : (404, "")
    }
    let proxy = try TestProxy(.http, isAuthenticated: true)
    let folder = try TemporaryFolder()
    func login(_ password: String) throws -> Program.Outcome {
      try instctl(
        "login", "-s", api.url, "--email", "ann@example.com", "--request-only", "-v",
        environment: [
          "http_proxy": url("http", proxy.port, password: password),
          "XDG_CONFIG_HOME": folder.url.path,
        ])
    }
    let refused = try login("wrongwrong")
    #expect(refused.status == 77)
    #expect(refused.error?["layer"] as? String == "proxy")
    expectNoSecret(refused)
    #expect(api.requests.isEmpty)
    let accepted = try login(TestProxy.password)
    #expect(accepted.errors.contains("\"http://127.0.0.1:\(proxy.port) has connected to"))
    expectNoSecret(accepted)
    #expect(accepted.status == 0, "\(accepted.errors)")
    #expect(api.requests.map(\.target) == ["/api/v2/login"])
    // The proxy's credentials are the proxy's alone.
    #expect(api.requests.first?.fields["proxy-authorization"] == nil)
  }

  @Test func unixSockets() throws {
    let server = try TestServer()
    let socket = try UnixSocketForwarder(to: try #require(UInt16(server.port)))
    let outcome = try instctl(
      "count", "-s", "http://inst.invalid", "x", "--unix-socket", socket.path,
      environment: ["ALL_PROXY": "http://127.0.0.1:1"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let missing = try instctl(
      "count", "-s", "http://inst.invalid", "x", "--unix-socket", "/nonexistent/socket")
    #expect(missing.status == 69)
    #expect(missing.error?["layer"] as? String == "tcp")
    #expect((missing.error?["message"] as? String)?.contains("/nonexistent/socket") == true)
  }

  @Test func givenAddresses() throws {
    let server = try TestServer()
    let host = "http://inst.invalid:\(server.port)"
    let outcome = try instctl(
      "count", "-s", host, "x", "--resolve", "inst.invalid:\(server.port):127.0.0.1")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let fromEnvironment = try instctl(
      "count", "-s", host, "x", "-4",
      environment: ["INSTCTL_RESOLVE": "a:1:::1\ninst.invalid:\(server.port):::1,127.0.0.1"])
    #expect(fromEnvironment.status == 0, "\(fromEnvironment.errors)")
    #expect(try instctl("count", "-s", host, "x", "--resolve", "inst.invalid").status == 64)
    let broken = try instctl(
      "count", "-s", host, "x", environment: ["INSTCTL_RESOLVE": "inst.invalid:80:name"])
    #expect(broken.status == 78)
  }

  @Test func oneFamilyAlone() throws {
    let server = try TestServer()
    #expect(try instctl("count", "-s", server.url, "x", "-4").status == 0)
    #expect(try instctl("count", "-s", server.url, "x", "-4", "-6").status == 64)
    let outcome = try instctl("count", "-s", server.url, "x", "-6")
    #expect(outcome.status == 68)
    #expect(outcome.error?["layer"] as? String == "dns")
    #expect(outcome.error?["message"] as? String == "'127.0.0.1' has no IPv6 address")
  }
}

/// A certificate for the loopback that vouches for itself.
private struct Certificate {
  let file: String
  let key: String

  init(in folder: TemporaryFolder) throws {
    (file, key) = (folder.path("proxy.pem"), folder.path("proxy.key"))
    let made = try Program(
      [
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
        "-nodes", "-subj", "/CN=proxy", "-days", "2", "-addext",
        "subjectAltName=DNS:localhost,IP:127.0.0.1", "-out", file, "-keyout", key,
      ], executable: URL(fileURLWithPath: "/usr/bin/env")
    ).finish()
    #expect(made.status == 0, "\(made.errors)")
  }
}

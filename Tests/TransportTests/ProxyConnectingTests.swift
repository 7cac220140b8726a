import Testing
import TestProxies
import WebSocket

@testable import Transport

/// Connections through proxies that we did not write: RFC 9110 section 9.3.6, RFC 7617, RFC 1928, RFC
/// 1929.
@EventLoop
@Suite struct ProxyConnectingTests {
  /// One way to a server.
  struct Way: Sendable, CustomTestStringConvertible {
    let scheme: ProxyURL.Scheme
    var isSecure = false
    var isAuthenticated = false

    static let all = ProxyURL.Scheme.allCases.flatMap { scheme in
      [false, true].flatMap { isSecure in
        [false, true].map { Way(scheme: scheme, isSecure: isSecure, isAuthenticated: $0) }
      }
    }

    var testDescription: String {
      "\(isSecure ? "wss" : "ws") by \(scheme.rawValue)\(isAuthenticated ? ", authenticated" : "")"
    }
  }

  private let joe = ProxyCredentials(user: TestProxy.user, password: TestProxy.password)

  private func proxy(
    _ scheme: ProxyURL.Scheme, isAuthenticated: Bool = false
  ) async throws -> TestProxy {
    let files = try await TestCertificates.shared()
    let kind: TestProxy.Kind =
      switch scheme {
      case .http: .http
      case .https: .https(certificate: files.certificate(.good), key: files.key)
      case .socks5, .socks5h: .socks
      }
    return try TestProxy(kind, isAuthenticated: isAuthenticated)
  }

  private func network(
    _ scheme: ProxyURL.Scheme, _ port: UInt16, _ credentials: ProxyCredentials? = nil
  ) async throws -> NetworkOptions {
    var network = NetworkOptions()
    network.proxy = .always(
      ProxyURL(scheme: scheme, host: "127.0.0.1", port: port, credentials: credentials))
    network.proxyTLS = try TLSContext.client(
      trust: .file(try await TestCertificates.shared().authority))
    return network
  }

  private func server(
    isSecure: Bool = false, host: String = "127.0.0.1"
  ) async throws -> (EchoServer, ConnectOptions) {
    let files = try await TestCertificates.shared()
    var accepting = AcceptOptions()
    var options = ConnectOptions()
    if isSecure {
      accepting.tls = try TLSContext.server(
        identity: .files(certificate: files.certificate(.good), key: files.key))
      options.tls = try TLSContext.client(trust: .file(files.authority))
    }
    return (try EchoServer(host: host, options: accepting), options)
  }

  private func connectError(
    _ url: WebSocketURL, _ options: ConnectOptions, milliseconds: Int64 = patience
  ) async -> ConnectError? {
    await errorThrown { () async throws(ConnectError) in
      try await WebSocketChannel.connect(
        to: url, options: options, deadline: Deadline(milliseconds: milliseconds))
    }
  }

  // MARK: Real proxies

  @Test(arguments: Way.all)
  func messagesGoThrough(way: Way) async throws {
    let proxy = try await proxy(way.scheme, isAuthenticated: way.isAuthenticated)
    var (server, options) = try await server(
      isSecure: way.isSecure, host: TestProxy.localhost)
    options.network = try await network(
      way.scheme, proxy.port, way.isAuthenticated ? joe : nil)
    let reports = Mailbox<ConnectReport>("a step")
    let channel = try await WebSocketChannel.connect(
      to: server.url(host: "localhost"), options: options, deadline: .patient(),
      report: { reports.put($0) })
    let recorder = ChannelRecorder(channel)
    // Larger than anything between here and there takes at once, both ways.
    let large = Message.binary((0..<600_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    for message in [.text("hello"), large, .text("bye")] {
      try channel.send(message)
      #expect(try await recorder.messages.next() == message)
    }
    channel.close(CloseFrame(code: .normal, reason: ""))
    _ = try await recorder.ends.next()

    var steps: [ConnectStep] = [.name, .tcp]
    if way.scheme == .socks5 { steps.insert(.name, at: 0) }
    if way.scheme == .https { steps.append(.tls) }
    steps.append(.proxy)
    if way.isSecure { steps.append(.tls) }
    steps.append(.upgrade)
    var told: [ConnectReport] = []
    while let report = reports.takeFirst() { told.append(report) }
    #expect(told.map(\.step) == steps)
    #expect(told.allSatisfy { $0.nanoseconds > 0 })
    // The name of the server is looked up here only where the proxy is given addresses.
    let names = told.filter { $0.step == .name }.map { $0.facts.first { $0.name == "host" }?.value }
    #expect(names.contains(.string("localhost")) == (way.scheme == .socks5))
    let shown = "\(told)"
    #expect(!shown.contains(TestProxy.password) && !shown.contains(TestProxy.user))
    server.close()
  }

  @Test(arguments: ProxyURL.Scheme.allCases)
  func aWrongPasswordIsRefused(scheme: ProxyURL.Scheme) async throws {
    let proxy = try await proxy(scheme, isAuthenticated: true)
    var (server, options) = try await server()
    let wrong = ProxyCredentials(user: TestProxy.user, password: "wrongwrong")
    options.network = try await network(scheme, proxy.port, wrong)
    let error = await connectError(server.url(), options)
    guard case .transport(.proxy(.authenticationRefused, let name)) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(name == "\(scheme.rawValue)://127.0.0.1:\(proxy.port)")
    #expect(error?.description.contains("wrongwrong") == false)
    server.close()
  }

  @Test(arguments: ProxyURL.Scheme.allCases)
  func aPasswordIsAskedFor(scheme: ProxyURL.Scheme) async throws {
    let proxy = try await proxy(scheme, isAuthenticated: true)
    var (server, options) = try await server()
    options.network = try await network(scheme, proxy.port)
    let error = await connectError(server.url(), options)
    guard case .transport(.proxy(.authenticationRequired, _)) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    server.close()
  }

  @Test(arguments: ProxyURL.Scheme.allCases)
  func theServerIsNotThere(scheme: ProxyURL.Scheme) async throws {
    let proxy = try await proxy(scheme)
    var options = ConnectOptions()
    options.network = try await network(scheme, proxy.port)
    let url = WebSocketURL(
      isSecure: false, host: "127.0.0.1", port: try freePort(), target: "/")
    switch (scheme, await connectError(url, options)) {
    case (.http, .transport(.proxy(.refused(let status, _, let body), _))),
      (.https, .transport(.proxy(.refused(let status, _, let body), _))):
      #expect(status >= 500 && !body.isEmpty)
    case (.socks5, .transport(.proxy(.socks(.refused), _))),
      (.socks5h, .transport(.proxy(.socks(.refused), _))):
      break
    case let (_, other): Issue.record("\(String(describing: other))")
    }
  }

  @Test(arguments: [ProxyURL.Scheme.http, .https, .socks5, .socks5h])
  func httpGoesThrough(scheme: ProxyURL.Scheme) async throws {
    let proxy = try await proxy(scheme, isAuthenticated: true)
    let peer = try ScriptedPeer([
      .readHead, .send(Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".utf8)), .readToEnd,
    ])
    var options = HTTPOptions()
    options.network = try await network(scheme, proxy.port, joe)
    let response = try await HTTPClient.send(
      HTTPRequest(method: "GET", url: try HTTPURL("http://127.0.0.1:\(peer.port)/")),
      options: options)
    #expect(response.status == 200 && response.body == Array("ok".utf8))
  }

  @Test func theProxysOwnCertificateIsVerified() async throws {
    let proxy = try await proxy(.https)
    var (server, options) = try await server()
    options.network = try await network(.https, proxy.port, joe)
    options.network.proxyTLS = nil
    let error = await connectError(server.url(), options)
    guard case .transport(.proxy(.unreachable(.tls(.unknownIssuer)), _)) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    server.close()
  }

  @Test func theServersCertificateIsVerifiedThroughAProxy() async throws {
    let proxy = try await proxy(.https)
    var (server, options) = try await server(isSecure: true)
    options.tls = nil
    options.network = try await network(.https, proxy.port)
    let error = await connectError(server.url(), options)
    guard case .transport(.tls(.unknownIssuer)) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    server.close()
  }

  /// A session of the TLS inside is resumed, too (RFC 8446 section 2.2).
  @Test func sessionsInsideAreResumed() async throws {
    let proxy = try await proxy(.https)
    var (server, options) = try await server(isSecure: true)
    options.network = try await network(.https, proxy.port)
    var resumed: [[ConnectFact.Value?]] = []
    for _ in 0..<2 {
      let reports = Mailbox<ConnectReport>("a step")
      let channel = try await WebSocketChannel.connect(
        to: server.url(), options: options, deadline: .patient(), report: { reports.put($0) })
      let recorder = ChannelRecorder(channel)
      try channel.send(.text("x"))
      _ = try await recorder.messages.next()
      channel.close(CloseFrame(code: .normal, reason: ""))
      _ = try await recorder.ends.next()
      await channel.finished()
      var facts: [ConnectFact.Value?] = []
      while let report = reports.takeFirst() {
        guard report.step == .tls else { continue }
        facts.append(report.facts.first { $0.name == "resumed" }?.value)
      }
      resumed.append(facts)
    }
    #expect(resumed == [[.bool(false), .bool(false)], [.bool(true), .bool(true)]])
    server.close()
  }

  /// The proxy reaches 127.0.0.1 alone: the address before it in the list is passed over.
  @Test func anotherAddressIsTried() async throws {
    let proxy = try await proxy(.socks5)
    var (server, options) = try await server()
    options.network = try await network(.socks5, proxy.port)
    options.network.overrides = [
      try ResolveOverride("inst.invalid:\(server.address.port):127.0.0.2,127.0.0.1")
    ]
    let channel = try await WebSocketChannel.connect(
      to: server.url(host: "inst.invalid"), options: options, deadline: .patient())
    channel.abort()
    server.close()
  }

  // MARK: Scripted proxies

  /// What a scripted proxy is sent, up to the end, by a connection that it then refuses.
  private func request(
    to host: String, _ scheme: ProxyURL.Scheme, overrides: [String] = [],
    steps: [ScriptedPeer.Step], credentials: ProxyCredentials? = nil
  ) async throws -> [UInt8] {
    let peer = try ScriptedPeer(steps)
    var options = ConnectOptions()
    options.network = try await network(scheme, peer.port, credentials)
    options.network.overrides = try overrides.map { try ResolveOverride($0) }
    let url = WebSocketURL(isSecure: false, host: host, port: 8080, target: "/")
    guard case .transport(.proxy) = await connectError(url, options) else {
      Issue.record("not refused by the proxy")
      return []
    }
    guard case .read(let bytes) = try await peer.reports.next() else { return [] }
    return bytes
  }

  @Test(arguments: [
    ("no-such-host.invalid", "no-such-host.invalid:8080"), ("192.0.2.1", "192.0.2.1:8080"),
    ("2001:db8::1", "[2001:db8::1]:8080"),
  ])
  func theProxyIsAskedByName(host: String, target: String) async throws {
    let refusal = Array("HTTP/1.1 502 no\r\nContent-Length: 0\r\n\r\n".utf8)
    let bytes = try await request(to: host, .http, steps: [.send(refusal), .readToEnd])
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == "CONNECT \(target) HTTP/1.1\r\nHost: \(target)\r\n\r\n")
  }

  @Test func anOverrideIsGivenToTheProxyInsteadOfTheName() async throws {
    let refusal = Array("HTTP/1.1 502 no\r\nContent-Length: 0\r\n\r\n".utf8)
    let bytes = try await request(
      to: "inst.invalid", .http, overrides: ["inst.invalid:8080:192.0.2.9"],
      steps: [.send(refusal), .readToEnd])
    #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("CONNECT 192.0.2.9:8080 HTTP/1.1\r\n"))
  }

  @Test func socksIsGivenTheNameOrTheAddress() async throws {
    let refusal: [ScriptedPeer.Step] = [.send([5, 0]), .finishWriting, .readToEnd]
    let name = "no-such-host.invalid"
    #expect(
      try await request(to: name, .socks5h, steps: refusal)
        == [5, 1, 0, 5, 1, 0, 3, UInt8(name.utf8.count)] + Array(name.utf8) + [0x1F, 0x90])
    #expect(
      try await request(
        to: "inst.invalid", .socks5, overrides: ["inst.invalid:8080:192.0.2.9"], steps: refusal)
        == [5, 1, 0, 5, 1, 0, 1, 192, 0, 2, 9, 0x1F, 0x90])
  }

  @Test func socks5LooksTheNameUpHere() async throws {
    var options = ConnectOptions()
    options.network = try await network(.socks5, try freePort())
    let host = "no-such-host.invalid"
    let url = WebSocketURL(isSecure: false, host: host, port: 1, target: "/")
    switch await connectError(url, options) {
    case .transport(.nameNotFound(host)), .transport(.nameLookupFailed(host, _)): break
    case let other: Issue.record("\(String(describing: other))")
    }
  }

  /// Bytes of the server that come in one piece with the proxy's answer are the server's.
  @Test func whatFollowsTheAnswerIsTheServers() async throws {
    let peer = try ScriptedPeer([
      .readHead,
      .send(
        Array("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 403 No\r\nContent-Length: 4\r\n\r\nnope".utf8)),
      .readToEnd,
    ])
    var options = ConnectOptions()
    options.network = try await network(.http, peer.port)
    let url = WebSocketURL(isSecure: false, host: "inst.invalid", port: 80, target: "/")
    guard
      case .handshake(.refused(403, _, _, let body)) = await connectError(url, options)
    else {
      Issue.record("another end")
      return
    }
    #expect(body == Array("nope".utf8))
  }

  private nonisolated static let broken: [([ScriptedPeer.Step], ProxyError)] = [
    ([.readHead], .ended),
    ([.readHead, .reset], .ended),
    ([.readHead, .send(Array("HTTP/1.1 200".utf8))], .ended),
    (
      [.readHead, .send([5, 0])],
      .malformed("not a valid HTTP head: it does not begin with HTTP/1.")
    ),
    (
      [.readHead, .send(Array("HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\nha".utf8))],
      .refused(status: 403, reason: "No", body: Array("ha".utf8))
    ),
  ]

  @Test(arguments: broken)
  func aBrokenProxy(steps: [ScriptedPeer.Step], expected: ProxyError) async throws {
    let peer = try ScriptedPeer(steps)
    var options = ConnectOptions()
    options.network = try await network(.http, peer.port)
    let url = WebSocketURL(isSecure: false, host: "inst.invalid", port: 80, target: "/")
    #expect(
      await connectError(url, options)
        == .transport(.proxy(expected, proxy: "http://127.0.0.1:\(peer.port)")))
  }

  @Test func aSilentProxyTakesTheDeadlineOfAll() async throws {
    let peer = try ScriptedPeer([.readToEnd])
    for scheme in [ProxyURL.Scheme.http, .socks5h] {
      var options = ConnectOptions()
      options.network = try await network(scheme, peer.port)
      let url = WebSocketURL(isSecure: false, host: "inst.invalid", port: 80, target: "/")
      let error = await connectError(url, options, milliseconds: 200)
      #expect(error == .transport(.timedOut(step: .proxy, milliseconds: 200)))
    }
  }

  /// The head of a refusal is worth more than the news that its body never ended.
  @Test func aRefusalWithoutItsEnd() async throws {
    let peer = try ScriptedPeer([
      .readHead, .send(Array("HTTP/1.1 503 Busy\r\nContent-Length: 9\r\n\r\nha".utf8)), .readToEnd,
    ])
    var options = ConnectOptions()
    options.network = try await network(.http, peer.port)
    let url = WebSocketURL(isSecure: false, host: "inst.invalid", port: 80, target: "/")
    let error = await connectError(url, options, milliseconds: 500)
    guard case .transport(.proxy(.refused(503, "Busy", _), _)) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func theProxyIsNotThere() async throws {
    var options = ConnectOptions()
    let port = try freePort()
    options.network = try await network(.http, port)
    let url = WebSocketURL(isSecure: false, host: "inst.invalid", port: 80, target: "/")
    let error = await connectError(url, options)
    #expect(
      error
        == .transport(
          .proxy(
            .unreachable(.connectionRefused(address: "127.0.0.1:\(port)")),
            proxy: "http://127.0.0.1:\(port)")))
    #expect(error?.description.hasPrefix("the proxy http://127.0.0.1:\(port): ") == true)
  }
}

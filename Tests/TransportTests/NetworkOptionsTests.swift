import Glibc
import Testing
import TestProxies
import WebSocket

@testable import Transport

/// The way to a server without a proxy: Unix sockets, given addresses, one family alone.
@EventLoop
@Suite struct NetworkOptionsTests {
  private func connectError(
    _ host: String, _ port: UInt16, _ network: NetworkOptions
  ) async -> TransportError? {
    await errorThrown { () async throws(TransportError) in
      try await ByteStream.connect(
        host: host, port: port, tls: nil, network: network, deadline: .patient())
    }
  }

  /// The steps of a connection on which a message goes there and back.
  private func steps(
    _ url: WebSocketURL, _ options: ConnectOptions
  ) async throws -> [ConnectReport] {
    let reports = Mailbox<ConnectReport>("a step")
    let channel = try await WebSocketChannel.connect(
      to: url, options: options, deadline: .patient(), report: { reports.put($0) })
    let recorder = ChannelRecorder(channel)
    try channel.send(.text("hello"))
    #expect(try await recorder.messages.next() == .text("hello"))
    channel.abort()
    var told: [ConnectReport] = []
    while let report = reports.takeFirst() { told.append(report) }
    return told
  }

  @Test(arguments: [false, true])
  func aUnixSocketWinsOverAProxy(isSecure: Bool) async throws {
    let files = try await TestCertificates.shared()
    var accepting = AcceptOptions()
    var options = ConnectOptions()
    if isSecure {
      accepting.tls = try TLSContext.server(
        identity: .files(certificate: files.certificate(.wildcard), key: files.key))
      options.tls = try TLSContext.client(trust: .file(files.authority))
    }
    let server = try EchoServer(options: accepting)
    let socket = try UnixSocketForwarder(to: server.address.port)
    options.network.unixSocket = socket.path
    options.network.proxy = .always(ProxyURL(scheme: .http, host: "proxy.invalid", port: 1))
    // The URL still says for whom the certificate must be.
    let url = WebSocketURL(isSecure: isSecure, host: "a.example.test", port: 9, target: "/")
    let told = try await steps(url, options)
    #expect(told.map(\.step) == (isSecure ? [.tcp, .tls, .upgrade] : [.tcp, .upgrade]))
    #expect(told.first?.facts == [ConnectFact("address", .string(socket.path))])
    server.close()
  }

  @Test func aUnixSocketThatIsNotThere() async throws {
    var network = NetworkOptions()
    network.unixSocket = "/nonexistent/socket"
    #expect(
      await connectError("h", 1, network)
        == .unreachable(address: "/nonexistent/socket", code: ENOENT))
    let long = "/" + String(repeating: "x", count: 200)
    network.unixSocket = long
    #expect(await connectError("h", 1, network) == .unreachable(address: long, code: ENAMETOOLONG))
    network.unixSocket = ""
    #expect(await connectError("h", 1, network) != nil)
  }

  @Test func anOverrideComesBeforeTheResolver() async throws {
    let files = try await TestCertificates.shared()
    var accepting = AcceptOptions()
    accepting.tls = try TLSContext.server(
      identity: .files(certificate: files.certificate(.wildcard), key: files.key))
    let server = try EchoServer(options: accepting)
    var options = ConnectOptions()
    options.tls = try TLSContext.client(trust: .file(files.authority))
    let port = server.address.port
    options.network.overrides = [
      try ResolveOverride("a.example.test:1:192.0.2.1"),
      try ResolveOverride("A.example.test:\(port):127.0.0.1"),
    ]
    let url = WebSocketURL(isSecure: true, host: "a.example.test", port: port, target: "/")
    let told = try await steps(url, options)
    #expect(told.map(\.step) == [.name, .tcp, .tls, .upgrade])
    #expect(
      told.first?.facts == [
        ConnectFact("host", .string("a.example.test")),
        ConnectFact("addresses", .list(["127.0.0.1:\(port)"])),
      ])
    let certificate = told[2].facts
    #expect(certificate.contains(ConnectFact("names", .list(["*.example.test"]))))
    #expect(told[2].summary.hasPrefix("TLSv1.3, TLS_"))
    #expect(
      told[2].summary.hasSuffix(
        "; certificate of CN=wildcard, issued by CN=authority, valid until 2099-12-31T00:00:00Z"))
    server.close()
  }

  @Test func anOverrideIsForItsOwnPort() async throws {
    var network = NetworkOptions()
    network.overrides = [try ResolveOverride("no-such-host.invalid:1:127.0.0.1")]
    switch await connectError("no-such-host.invalid", 2, network) {
    case .nameNotFound, .nameLookupFailed: break
    case let other: Issue.record("\(String(describing: other))")
    }
  }

  @Test func oneFamilyAlone() async throws {
    let server = try EchoServer()
    var options = ConnectOptions()
    options.network.family = .ipv4
    let told = try await steps(server.url(host: "localhost"), options)
    #expect(told[1].facts == [ConnectFact("address", .string(server.address.description))])
    options.network.family = .ipv6
    #expect(
      await connectError("127.0.0.1", server.address.port, options.network)
        == .noAddress(host: "127.0.0.1", family: .ipv6))
    options.network.family = .ipv4
    #expect(
      await connectError("::1", server.address.port, options.network)
        == .noAddress(host: "::1", family: .ipv4))
    options.network.overrides = [try ResolveOverride("a:1:::1")]
    #expect(
      await connectError("a", 1, options.network) == .noAddress(host: "a", family: .ipv4))
    server.close()
  }

  /// The times of the steps make up the time of all.
  @Test func theTimeOfAStepIsItsOwn() async throws {
    let server = try EchoServer()
    let start = MonotonicTime.current()
    let told = try await steps(server.url(), ConnectOptions())
    let all = MonotonicTime.current().nanoseconds(since: start)
    #expect(told.allSatisfy { $0.nanoseconds > 0 })
    #expect(told.map(\.nanoseconds).reduce(0, +) <= all)
    server.close()
  }
}

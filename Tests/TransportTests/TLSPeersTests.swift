import Foundation
import Testing
import WebSocket

@testable import Transport

/// TLS against OpenSSL's own server, and against peers that do not speak it at all.
@EventLoop
struct TLSPeersTests {
  /// `openssl s_server` with a good certificate; gives what it printed until it was stopped.
  @discardableResult
  private func withServer(
    _ arguments: [String], _ body: @EventLoop (UInt16, TLSContext) async throws -> Void
  ) async throws -> [String] {
    let files = try await TestCertificates.shared()
    let server = try await OpenSSLServer(arguments)
    defer { server.stop() }
    try await body(server.port, try TLSContext.client(trust: .file(files.authority)))
    if !arguments.contains("-naccept") { server.stop() }
    return try await server.command.rest(of: server.command.lines)
  }

  private func connect(
    _ port: UInt16, _ context: TLSContext, milliseconds: Int64 = patience
  ) async throws(TransportError) -> ByteStream {
    try await ByteStream.connect(
      host: "localhost", port: port, tls: context, deadline: Deadline(milliseconds: milliseconds))
  }

  @Test(arguments: [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")])
  func speaks(option: String, version: String) async throws {
    try await withServer([option]) { port, context in
      let stream = try await connect(port, context)
      #expect(stream.tlsSummary == version)
      stream.close()
    }
  }

  @Test func offersHTTPByALPN() async throws {
    let transcript = try await withServer(["-alpn", "h2,http/1.1", "-naccept", "1"]) {
      port, context in
      try await connect(port, context).close()
    }
    #expect(transcript.contains("ALPN protocols selected: http/1.1"), "\(transcript)")
  }

  @Test func aServerOfTheLastCentury() async throws {
    try await withServer(["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"]) { port, context in
      let error = await errorThrown { () async throws(TransportError) in
        try await connect(port, context)
      }
      switch error {
      case .tls(.protocolMismatch), .tls(.alert): break
      default: Issue.record("\(String(describing: error))")
      }
    }
  }

  @Test(arguments: [["-tls1_2"], ["-tls1_3"]])
  func aSecondConnectionResumesTheSession(arguments: [String]) async throws {
    try await withServer(arguments + ["-www"]) { port, context in
      var summaries: [String?] = []
      for _ in 0..<3 {
        let stream = try await connect(port, context)
        summaries.append(stream.tlsSummary)
        try await stream.writeAll(Array("GET / HTTP/1.0\r\n\r\n".utf8), deadline: .patient())
        while try await !stream.readSome(deadline: .patient()).isEmpty {}
        stream.close()
      }
      let version = summaries[0] ?? ""
      #expect(summaries == [version, "\(version), resumed", "\(version), resumed"])
    }
  }

  /// A connection that breaks is the one that is most often followed by another.
  @Test(arguments: ["1.2", "1.3"])
  func aSessionOutlivesAConnectionThatBroke(version: String) async throws {
    try await withServer(["-tls\(version.replacing(".", with: "_"))", "-rev"]) { port, context in
      for summary in ["TLSv\(version)", "TLSv\(version), resumed"] {
        let stream = try await connect(port, context)
        #expect(stream.tlsSummary == summary)
        // The answer brings the tickets of TLS 1.3 along.
        try await stream.writeAll(Array("abc\n".utf8), deadline: .patient())
        #expect(try await stream.readSome(deadline: .patient()) == Array("cba\n".utf8))
        // No `close_notify` of either side.
        stream.close()
      }
    }
  }

  /// With a certificate of the client's, too: the server knows it from the session.
  @Test(arguments: ["1.2", "1.3"])
  func aSessionWithAClientCertificateIsResumed(version: String) async throws {
    let files = try await ClientFiles.shared()
    let server = try await OpenSSLServer.reversing([
      "-tls\(version.replacing(".", with: "_"))", "-CAfile", files.authority, "-Verify", "3",
      "-verify_return_error",
    ])
    defer { server.stop() }
    var options = TLSClientOptions(trust: .file(files.authority))
    options.identity = files.identity("all.pem")
    let context = try TLSContext.client(options)
    for summary in ["", ", resumed", ", resumed"].map({ "TLSv\(version)\($0)" }) {
      let stream = try await server.exchange(context)
      #expect(stream.tlsSummary == summary)
      stream.close()
    }
  }

  /// A server that has forgotten its sessions gets a whole handshake.
  @Test(arguments: [["-tls1_2", "-no_ticket", "-no_cache"], ["-tls1_3", "-num_tickets", "0"]])
  func aServerThatKeepsNoSessions(arguments: [String]) async throws {
    let server = try await OpenSSLServer.reversing(arguments)
    defer { server.stop() }
    let files = try await TestCertificates.shared()
    let context = try TLSContext.client(trust: .file(files.authority))
    for _ in 0..<2 {
      let stream = try await server.exchange(context)
      #expect(stream.tlsSummary?.contains("resumed") == false)
      stream.close()
    }
  }

  @Test func whoTrustsAnybodyKeepsNoSession() async throws {
    try await withServer(["-rev"]) { port, _ in
      let context = try TLSContext.client(trust: .anybody)
      for _ in 0..<2 {
        let stream = try await connect(port, context)
        try await stream.writeAll(Array("abc\n".utf8), deadline: .patient())
        #expect(try await stream.readSome(deadline: .patient()) == Array("cba\n".utf8))
        #expect(stream.tlsSummary == "TLSv1.3")
        stream.close()
      }
    }
  }

  @Test func ourServerResumesToo() async throws {
    let files = try await TestCertificates.shared()
    var options = AcceptOptions()
    options.tls = try TLSContext.server(
      identity: .files(certificate: files.certificate(.good), key: files.key))
    let server = try EchoServer(options: options)
    defer { server.close() }
    var client = ConnectOptions()
    client.tls = try TLSContext.client(trust: .file(files.authority))
    for isClean in [true, false, true] {
      let steps = Mailbox<String>("a step")
      let channel = try await WebSocketChannel.connect(
        to: server.url(host: "localhost"), options: client, deadline: .patient(),
        report: { if $0.step == .tls { steps.put($0.summary) } })
      let recorder = ChannelRecorder(channel)
      let isFirst = isClean && client.fields.isEmpty
      #expect(try await steps.next().hasPrefix(isFirst ? "TLSv1.3, TLS_" : "TLSv1.3, resumed, "))
      client.fields = [HTTPField(name: "X-Again", value: "yes")]
      try channel.send(.text("hello"))
      #expect(try await recorder.messages.next() == .text("hello"))
      if isClean { channel.close(CloseFrame()) } else { channel.abort() }
      _ = try await recorder.ends.next()
      await channel.finished()
    }
  }

  // MARK: No TLS

  private func failure(
    of steps: [ScriptedPeer.Step], milliseconds: Int64 = patience
  ) async throws -> TransportError? {
    let peer = try ScriptedPeer(steps)
    let context = try TLSContext.client(trust: .anybody)
    return await errorThrown { () async throws(TransportError) in
      try await connect(peer.port, context, milliseconds: milliseconds)
    }
  }

  @Test func aServerThatAnswersInPlainText() async throws {
    let text = Array("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".utf8)
    #expect(try await failure(of: [.send(text), .readToEnd]) == .tls(.peerSpeaksPlainText))
  }

  @Test func aServerThatGreetsFirst() async throws {
    #expect(
      try await failure(of: [.send(Array("220 mail\r\n".utf8)), .readToEnd])
        == .tls(.peerSpeaksPlainText))
  }

  @Test func aServerThatClosesDuringTheHandshake() async throws {
    #expect(try await failure(of: [.finishWriting, .readToEnd]) == .ended(step: .tls))
  }

  @Test func aServerThatClosesAfterHalfARecord() async throws {
    #expect(
      try await failure(of: [.send([22, 3, 3, 0, 100, 2]), .finishWriting, .readToEnd])
        == .ended(step: .tls))
  }

  @Test func aServerThatSaysNothing() async throws {
    // Long enough for the connection itself on a busy machine.
    let error = try await failure(of: [.readToEnd], milliseconds: 1000)
    #expect(error == .timedOut(step: .tls, milliseconds: 1000))
  }

  @Test func aServerThatSendsAnAlert() async throws {
    // handshake_failure, fatal.
    guard
      case .tls(.alert(let reason)) = try await failure(of: [
        .send([21, 3, 3, 0, 2, 2, 40]), .readToEnd,
      ])
    else {
      Issue.record("no alert")
      return
    }
    #expect(reason.contains("handshake failure"), "\(reason)")
  }

  @Test func aServerThatSendsRubbishInARecord() async throws {
    let error = try await failure(of: [
      .send([22, 3, 3, 0, 8] + Array(repeating: 0xEE, count: 8)), .readToEnd,
    ])
    guard case .tls = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  /// The other way round: `ws` to a server that expects `wss`, and `wss` to one that does not.
  @Test func ourServersMeetTheWrongClients() async throws {
    let files = try await TestCertificates.shared()
    var secure = AcceptOptions()
    secure.tls = try TLSContext.server(
      identity: .files(certificate: files.certificate(.good), key: files.key))
    let secureServer = try EchoServer(options: secure)
    let plainServer = try EchoServer()
    defer {
      secureServer.close()
      plainServer.close()
    }
    let plainURL = WebSocketURL(
      isSecure: false, host: "localhost", port: secureServer.address.port, target: "/")
    let plainClient = await errorThrown { () async throws(ConnectError) in
      try await WebSocketChannel.connect(
        to: plainURL, options: ConnectOptions(), deadline: .patient())
    }
    #expect(plainClient != nil)
    #expect(
      try await secureServer.failures.next() == .transport(.tls(.peerSpeaksPlainText)))

    let secureURL = WebSocketURL(
      isSecure: true, host: "localhost", port: plainServer.address.port, target: "/")
    let secureClient = await errorThrown { () async throws(ConnectError) in
      try await WebSocketChannel.connect(
        to: secureURL, options: ConnectOptions(), deadline: .patient())
    }
    #expect(secureClient == .transport(.tls(.peerSpeaksPlainText)))
    guard case .handshake(.malformedHead) = try await plainServer.failures.next() else {
      Issue.record("not malformed")
      return
    }
  }
}

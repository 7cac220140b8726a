import Testing

@testable import WebSocket

@Suite struct ServerHandshakeTests {
  static let valid = [
    "Host: example.com", "Upgrade: websocket", "Connection: keep-alive, Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
  ]

  private func text(_ lines: [String], first: String = "GET /chat HTTP/1.1") -> String {
    ([first] + lines).map { $0 + "\r\n" }.joined() + "\r\n"
  }

  private func receive(
    _ text: String, _ configuration: ServerHandshakeConfiguration = ServerHandshakeConfiguration()
  ) throws -> (ServerHandshake, ServerHandshake.Progress) {
    var handshake = ServerHandshake(configuration: configuration)
    let progress = try Array(text.utf8).withUnsafeBytes { try handshake.receive($0) }
    return (handshake, progress)
  }

  @Test func exampleOfTheStandard() throws {
    let request = text(Self.valid)
    let (handshake, progress) = try receive(request + "rest")
    guard case .request(let head, let consumed) = progress else {
      Issue.record("not complete")
      return
    }
    #expect(head.target == "/chat")
    #expect(consumed == request.utf8.count)
    let acceptance = try #require(
      handshake.accept(fields: [
        HTTPField(name: "Server", value: "inst"), HTTPField(name: "Bad", value: "\r\n"),
      ]))
    #expect(
      String(decoding: acceptance.response, as: UTF8.self) == """
        HTTP/1.1 101 Switching Protocols\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
        Server: inst\r
        \r

        """)
    #expect(acceptance.deflate == nil)
    #expect(acceptance.subprotocol == nil)
  }

  @Test func incompleteRequests() throws {
    let (handshake, progress) = try receive("GET / HT")
    #expect(progress == .needMore)
    #expect(handshake.accept() == nil)
    #expect(handshake.receiveEnd() == .endedEarly(received: 8))
  }

  @Test func extensionsAndSubprotocols() throws {
    let request = text(
      Self.valid + [
        "Sec-WebSocket-Protocol: x, b", "Sec-WebSocket-Protocol: a",
        "Sec-WebSocket-Extensions: foo", "Sec-WebSocket-Extensions: permessage-deflate",
      ])
    let (handshake, _) = try receive(
      request, ServerHandshakeConfiguration(subprotocols: ["a", "b"]))
    let acceptance = try #require(handshake.accept())
    #expect(acceptance.subprotocol == "b")
    #expect(acceptance.deflate == DeflateParameters())
    let response = String(decoding: acceptance.response, as: UTF8.self)
    #expect(response.contains("\r\nSec-WebSocket-Protocol: b\r\n"))
    #expect(response.contains("\r\nSec-WebSocket-Extensions: permessage-deflate\r\n"))

    let (plain, _) = try receive(request, ServerHandshakeConfiguration(deflate: nil))
    #expect(plain.accept()?.deflate == nil)
    #expect(plain.accept()?.subprotocol == nil)
  }

  @Test(arguments: [
    (0, "X: y", 400), (1, "X: y", 426), (1, "Upgrade: h2c", 426), (2, "Connection: close", 426),
    (3, "X: y", 400), (3, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=", 400),
    (3, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ", 400),
    (3, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j!Q==", 400),
    (4, "X: y", 426), (4, "Sec-WebSocket-Version: 8", 426),
    (4, "Sec-WebSocket-Version: 13, 8", 426),
    (0, "Host:", 400),
    (4, "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: a b", 400),
    (4, "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: a b", 400),
    (4, "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: a,,b", 400),
  ])
  func refuses(line: Int, replacement: String, status: Int) throws {
    var lines = Self.valid
    lines[line] = replacement
    try expectRefusal(text(lines), status)
  }

  @Test func refusesOtherRequests() throws {
    try expectRefusal(text(Self.valid, first: "POST / HTTP/1.1"), 405)
    try expectRefusal(text(Self.valid, first: "GET / HTTP/1.0"), 400)
    try expectRefusal("GET / HTTP/3\r\n", 400)
    for line in [0, 3, 4] { try expectRefusal(text(Self.valid + [Self.valid[line]]), 400) }
    try expectRefusal(text(Self.valid + ["X: " + String(repeating: "x", count: 20_000)]), 431)
  }

  private func expectRefusal(_ request: String, _ status: Int) throws {
    let error = try #require(throws: HandshakeError.self) { try receive(request) }
    var parser = HTTPHeadParser()
    let refusal = ServerHandshake.refusal(for: error)
    let (head, consumed) = try #require(
      try refusal.withUnsafeBytes { try parser.receiveResponse($0) })
    #expect(head.status == status, "\(request.debugDescription)")
    #expect(head.value("Content-Length") == String(refusal.count - consumed))
    #expect(head.value("Connection") == "close")
    if status == 426 { #expect(head.value("Sec-WebSocket-Version") == "13") }
    if status == 405 { #expect(head.value("Allow") == "GET") }
  }

  @Test func clientAndServerAgree() throws {
    for deflate in [nil, DeflateOffer(), DeflateOffer(serverMaxWindowBits: 9)] {
      var client = try ClientHandshake(
        host: "a", target: "/", subprotocols: ["one", "two"], deflate: deflate)
      var server = ServerHandshake(
        configuration: ServerHandshakeConfiguration(subprotocols: ["two"]))
      _ = try client.request.withUnsafeBytes { try server.receive($0) }
      let acceptance = try #require(server.accept())
      let progress = try acceptance.response.withUnsafeBytes { try client.receive($0) }
      guard case .done(let result) = progress else {
        Issue.record("not done")
        return
      }
      #expect(result.subprotocol == "two")
      #expect(result.deflate == acceptance.deflate)
      #expect((result.deflate != nil) == (deflate != nil))
    }
  }
}

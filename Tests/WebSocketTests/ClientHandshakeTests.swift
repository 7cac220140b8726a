import Testing

@testable import WebSocket

@Suite struct ClientHandshakeTests {
  static let key = Array("the sample nonce".utf8)
  static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
  static let required =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    + "Sec-WebSocket-Accept: \(accept)\r\n"

  private func handshake(
    subprotocols: [String] = [], deflate: DeflateOffer? = DeflateOffer()
  ) throws -> ClientHandshake {
    try ClientHandshake(
      host: "example.com", target: "/websocket", subprotocols: subprotocols, deflate: deflate,
      key: Self.key)
  }

  private func answer(
    _ response: String, to handshake: ClientHandshake, step: Int? = nil, ends: Bool = false
  ) throws -> ClientHandshake.Progress {
    var handshake = handshake
    let bytes = Array(response.utf8)
    let step = max(step ?? bytes.count, 1)
    for i in stride(from: 0, to: bytes.count, by: step) {
      let piece = Array(bytes[i..<min(i + step, bytes.count)])
      let progress = try piece.withUnsafeBytes { try handshake.receive($0) }
      if progress != .needMore { return progress }
    }
    if ends { throw handshake.receiveEnd() }
    return .needMore
  }

  private func done(_ response: String, _ handshake: ClientHandshake) throws -> HandshakeResult? {
    guard case .done(let result) = try answer(response, to: handshake) else { return nil }
    return result
  }

  // MARK: The request

  @Test func request() throws {
    let handshake = try ClientHandshake(
      host: "example.com:8080", target: "/websocket?a=b", origin: "https://example.com",
      subprotocols: ["chat", "superchat"],
      fields: [HTTPField(name: "Authorization", value: "Bearer x")], deflate: DeflateOffer(),
      key: Self.key)
    #expect(
      String(decoding: handshake.request, as: UTF8.self) == """
        GET /websocket?a=b HTTP/1.1\r
        Host: example.com:8080\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Sec-WebSocket-Version: 13\r
        Origin: https://example.com\r
        Sec-WebSocket-Protocol: chat, superchat\r
        Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r
        Authorization: Bearer x\r
        \r

        """)
  }

  @Test func keysAreRandom() throws {
    let requests = try (0..<50).map { _ in try ClientHandshake(host: "a", target: "/").request }
    #expect(Set(requests).count == 50)
  }

  @Test func whatCannotBeSentIsRefused() {
    func refuses(
      host: String = "a", target: String = "/", origin: String? = nil, subprotocols: [String] = [],
      fields: [HTTPField] = [], deflate: DeflateOffer? = nil, key: [UInt8]? = nil
    ) -> Bool {
      do throws(HandshakeError) {
        _ = try ClientHandshake(
          host: host, target: target, origin: origin, subprotocols: subprotocols, fields: fields,
          deflate: deflate, key: key)
        return false
      } catch {
        if case .invalidRequest = error { return true }
        return false
      }
    }
    #expect(!refuses())
    #expect(refuses(host: ""))
    #expect(refuses(host: "a\r\nX: 1"))
    #expect(refuses(host: "a b"))
    #expect(refuses(target: "/a b"))
    #expect(refuses(target: "/\r\n"))
    #expect(refuses(target: "/é"))
    #expect(refuses(origin: "a\nb"))
    #expect(refuses(subprotocols: ["a b"]))
    #expect(refuses(subprotocols: [""]))
    #expect(refuses(subprotocols: ["a", "a"]))
    #expect(refuses(fields: [HTTPField(name: "A", value: "\r\n")]))
    #expect(refuses(fields: [HTTPField(name: "A\0", value: "")]))
    #expect(refuses(fields: [HTTPField(name: "sec-websocket-key", value: "x")]))
    #expect(refuses(fields: [HTTPField(name: "HOST", value: "x")]))
    #expect(refuses(deflate: DeflateOffer(serverMaxWindowBits: 7)))
    #expect(refuses(deflate: DeflateOffer(clientMaxWindowBits: 16)))
    #expect(refuses(key: [1, 2, 3]))
  }

  // MARK: Acceptance

  @Test func acceptsTheUpgrade() throws {
    let frames = "\u{1}\u{2}frames"
    let response = Self.required + "\r\n" + frames
    for step in 1...Self.required.utf8.count + 2 {
      let progress = try answer(response, to: try handshake(), step: step)
      guard case .done(let result) = progress else {
        Issue.record("not done in steps of \(step)")
        continue
      }
      #expect(result.head.status == 101)
      #expect(result.deflate == nil)
      #expect(result.subprotocol == nil)
      let total = Self.required.utf8.count + 2
      #expect((total - result.consumed) % step == 0)
    }
  }

  @Test func listsAndCaseAreUnderstood() throws {
    let response =
      "HTTP/1.1 101\r\nupgrade: WebSocket\r\nCONNECTION: keep-alive, upgrade\r\n"
      + "sec-websocket-accept: \(Self.accept)\r\nSec-WebSocket-Protocol: b\r\n"
      + "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10\r\n\r\n"
    let result = try done(response, try handshake(subprotocols: ["a", "b"]))
    #expect(result?.subprotocol == "b")
    #expect(result?.deflate == DeflateParameters(serverMaxWindowBits: 10))
    #expect(result?.consumed == response.utf8.count)
  }

  @Test func interimResponsesAreSkipped() throws {
    let hints = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
    let response = hints + Self.required + "\r\nrest"
    let result = try done(response, try handshake())
    #expect(result?.consumed == response.utf8.count - 4)
    for step in [1, 7] {
      let progress = try answer(response, to: try handshake(), step: step)
      #expect(progress != .needMore)
    }
    // Not for ever.
    #expect(throws: HandshakeError.headTooLarge(limit: 16 << 10)) {
      try answer(String(repeating: hints, count: 1000), to: try handshake(), step: 1000)
    }
  }

  // MARK: Answers that are no upgrade

  /// Computed, because the leak checker cannot follow the pointers inside a stored enum.
  static var refused: [(String, HandshakeError)] {
    [
      (
        required.replacing("Upgrade: websocket\r\n", with: "") + "\r\n", .missingUpgrade(nil)
      ),
      (required.replacing("websocket", with: "h2c") + "\r\n", .missingUpgrade("h2c")),
      (required + "Upgrade: websocket\r\n\r\n", .repeatedField("Upgrade")),
      (required.replacing("Connection: Upgrade\r\n", with: "") + "\r\n", .missingConnection(nil)),
      (
        required.replacing("Connection: Upgrade", with: "Connection: close") + "\r\n",
        .missingConnection("close")
      ),
      (
        required.replacing(accept, with: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo") + "\r\n",
        .wrongAccept(expected: accept, found: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo")
      ),
      (
        required.replacing("Sec-WebSocket-Accept", with: "X") + "\r\n",
        .wrongAccept(expected: accept, found: nil)
      ),
      (
        required + "Sec-WebSocket-Accept: \(accept)\r\n\r\n", .repeatedField("Sec-WebSocket-Accept")
      ),
      (required + "Sec-WebSocket-Protocol: chat\r\n\r\n", .unexpectedSubprotocol("chat")),
      (
        required + "Sec-WebSocket-Extensions: x-unknown\r\n\r\n", .unexpectedExtension("x-unknown")
      ),
      (
        required
          + "Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
        .unexpectedExtension("permessage-deflate")
      ),
      (
        required + "Sec-WebSocket-Extensions: permessage-deflate; a=\"\r\n\r\n",
        .invalidExtensions("permessage-deflate; a=\"")
      ),
      (
        required + "Sec-WebSocket-Extensions: permessage-deflate; a\r\n\r\n",
        .invalidDeflateResponse("unknown parameter a")
      ),
      (
        required.replacing("HTTP/1.1", with: "HTTP/1.0") + "\r\n",
        .malformedHead("101 in HTTP/1.0")
      ),
      ("RTSP/1.0 200 OK\r\n\r\n", .malformedHead("it does not begin with HTTP/1.")),
      (
        "HTTP/1.1 301 Moved\r\nLocation: https://other/\r\n\r\n",
        .redirected(status: 301, location: "https://other/")
      ),
      (
        "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnope and more",
        .refused(
          status: 404, reason: "Not Found", fields: [HTTPField(name: "Content-Length", value: "4")],
          body: Array("nope".utf8))
      ),
      (
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        .refused(
          status: 200, reason: "OK", fields: [HTTPField(name: "Content-Length", value: "0")],
          body: []
        )
      ),
      (
        "HTTP/1.1 204 No Content\r\n\r\n",
        .refused(status: 204, reason: "No Content", fields: [], body: [])
      ),
      (
        "HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
        .refused(
          status: 503, reason: "Busy",
          fields: [HTTPField(name: "Transfer-Encoding", value: "chunked")],
          body: Array("abcde".utf8))
      ),
    ]
  }

  @Test func refusals() throws {
    for (response, expected) in Self.refused {
      for step in [nil, 1, 3] {
        #expect(throws: expected, "\(response.debugDescription)") {
          try answer(response, to: try handshake(), step: step)
        }
      }
    }
  }

  @Test func extensionsAreRefusedWhenNoneWasOffered() throws {
    let response = Self.required + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
    #expect(throws: HandshakeError.unexpectedExtension("permessage-deflate")) {
      try answer(response, to: try handshake(deflate: nil))
    }
  }

  @Test func bodiesWithoutLengthEndWithTheStream() throws {
    let response = "HTTP/1.1 500 Oops\r\nX: y\r\n\r\nthe reason"
    let progress = try answer(response, to: try handshake())
    #expect(progress == .needMore)
    #expect(
      throws: HandshakeError.refused(
        status: 500, reason: "Oops", fields: [HTTPField(name: "X", value: "y")],
        body: Array("the reason".utf8))
    ) {
      try answer(response, to: try handshake(), step: 1, ends: true)
    }
  }

  @Test func onlyTheStartOfABodyIsKept() throws {
    let body = String(repeating: "x", count: 5000)
    let chunked = String(repeating: "10\r\n0123456789abcdef\r\n", count: 200)
    for (header, body) in [
      ("X: y", body), ("Content-Length: 5000", body),
      ("Content-Length: 99999999999999999999", body), ("Transfer-Encoding: chunked", chunked),
      ("Transfer-Encoding: chunked", "ffffffffffffffff\r\n" + body),
    ] {
      do {
        _ = try answer(
          "HTTP/1.1 400 Bad\r\n\(header)\r\n\r\n\(body)", to: try handshake(), step: 100)
        Issue.record("not refused: \(header)")
      } catch HandshakeError.refused(let status, _, _, let kept) {
        #expect(status == 400)
        #expect(kept.count <= 1024)
      }
    }
  }

  @Test func streamsThatEndEarly() throws {
    for (response, received) in [("", 0), ("HTTP/1.1 10", 11)] {
      #expect(throws: HandshakeError.endedEarly(received: received)) {
        try answer(response, to: try handshake(), ends: true)
      }
    }
  }

  @Test func oversizedHeads() throws {
    let response = Self.required + "X: " + String(repeating: "x", count: 20_000)
    #expect(throws: HandshakeError.headTooLarge(limit: 16 << 10)) {
      try answer(response, to: try handshake(), step: 1000)
    }
  }
}

import Testing
import WebSocket

@testable import Transport

/// What comes of servers that do not answer the upgrade as they should.
@EventLoop
struct UpgradeTroubleTests {
  private func connect(
    to peer: ScriptedPeer, milliseconds: Int64 = patience,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async -> ConnectError? {
    await errorThrown(sourceLocation: sourceLocation) { () async throws(ConnectError) in
      try await WebSocketChannel.connect(
        to: peer.url, options: ConnectOptions(),
        deadline: Deadline(milliseconds: milliseconds))
    }
  }

  private func answer(_ head: String...) -> ScriptedPeer.Step {
    .send(Array(head.joined(separator: "\r\n").utf8))
  }

  @Test func noAnswerAtAll() async throws {
    let peer = try ScriptedPeer([.readHead, .readToEnd])
    let start = MonotonicTime.current()
    let error = await connect(to: peer, milliseconds: 1000)
    #expect(error == .transport(.timedOut(step: .upgrade, milliseconds: 1000)))
    #expect(MonotonicTime.current().nanoseconds(since: start) >= 1_000_000_000)
    // The connection is let go at once.
    #expect(try await peer.reports.next() == .read([]))
  }

  @Test func aByteNowAndThenDoesNotMoveTheDeadline() async throws {
    let peer = try ScriptedPeer([
      .readHead,
      .drip(
        Array(
          "HTTP/1.1 101 Switching Protocols\r\nX: \(String(repeating: "x", count: 10_000))".utf8),
        milliseconds: 20),
      .report,
    ])
    let error = await connect(to: peer, milliseconds: 1000)
    #expect(error == .transport(.timedOut(step: .upgrade, milliseconds: 1000)))
    #expect(try await peer.reports.next() == .reached)
  }

  @Test func status200() async throws {
    let peer = try ScriptedPeer([
      .readHead, answer("HTTP/1.1 200 OK", "Content-Length: 5", "", "hello"), .readToEnd,
    ])
    let error = await connect(to: peer)
    guard case .handshake(.refused(200, "OK", let fields, let body)) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(fields.map(\.name) == ["Content-Length"])
    #expect(body == Array("hello".utf8))
    #expect(try await peer.reports.next() == .read([]))
  }

  @Test func status301() async throws {
    let peer = try ScriptedPeer([
      .readHead,
      answer("HTTP/1.1 301 Moved Permanently", "Location: https://example.com/", "", ""),
      .readToEnd,
    ])
    #expect(
      await connect(to: peer)
        == .handshake(.redirected(status: 301, location: "https://example.com/")))
  }

  @Test func status401WithABodyThatEndsWithTheConnection() async throws {
    let peer = try ScriptedPeer([
      .readHead, answer("HTTP/1.1 401 Unauthorized", "", "who are you?"), .finishWriting,
      .readToEnd,
    ])
    guard case .handshake(.refused(401, "Unauthorized", _, let body)) = await connect(to: peer)
    else {
      Issue.record("not refused")
      return
    }
    #expect(body == Array("who are you?".utf8))
  }

  @Test func status503WithABodyThatNeverEnds() async throws {
    let peer = try ScriptedPeer([
      .readHead, answer("HTTP/1.1 503 Service Unavailable", "Content-Length: 99", "", "so"),
      .readToEnd,
    ])
    let error = await connect(to: peer, milliseconds: 1000)
    guard case .handshake(.refused(503, _, _, let body)) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(body == Array("so".utf8))
  }

  @Test func wrongAccept() async throws {
    let peer = try ScriptedPeer([
      .readHead,
      answer(
        "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Accept: c29tZXRoaW5nIGVsc2UgMjAgYnk=", "", ""),
      .readToEnd,
    ])
    guard case .handshake(.wrongAccept(_, let found)) = await connect(to: peer) else {
      Issue.record("accepted")
      return
    }
    #expect(found == "c29tZXRoaW5nIGVsc2UgMjAgYnk=")
  }

  @Test func anotherProtocol() async throws {
    let peer = try ScriptedPeer([answer("SSH-2.0-OpenSSH_9.2", "", ""), .readToEnd])
    guard case .handshake(.malformedHead) = await connect(to: peer) else {
      Issue.record("not malformed")
      return
    }
  }

  @Test func aHeadWithoutEnd() async throws {
    let peer = try ScriptedPeer([
      .readHead, answer("HTTP/1.1 101 Switching Protocols", "X: "),
      .send(Array(repeating: UInt8(ascii: "x"), count: 1 << 20)), .readToEnd,
    ])
    guard case .handshake(.headTooLarge) = await connect(to: peer) else {
      Issue.record("not too large")
      return
    }
  }

  @Test func closedWithoutAnAnswer() async throws {
    let peer = try ScriptedPeer([.readHead, .finishWriting, .readToEnd])
    #expect(await connect(to: peer) == .handshake(.endedEarly(received: 0)))
  }

  @Test func closedInTheHead() async throws {
    let peer = try ScriptedPeer([.readHead, answer("HTTP/1.1 101 S"), .finishWriting, .readToEnd])
    #expect(await connect(to: peer) == .handshake(.endedEarly(received: 14)))
  }

  @Test func resetInTheHead() async throws {
    let peer = try ScriptedPeer([.readHead, answer("HTTP/1.1 101 S"), .reset])
    #expect(await connect(to: peer) == .transport(.reset))
  }

  @Test func givenUpByItsOwner() async throws {
    let peer = try ScriptedPeer([.readHead, .report, .readToEnd])
    let errors = Mailbox<ConnectError?>("the error")
    let task = EventLoop.start { errors.put(await connect(to: peer)) }
    #expect(try await peer.reports.next() == .reached)
    task.cancel()
    #expect(try await errors.next() == .transport(.cancelled))
    #expect(try await peer.reports.next() == .read([]))
  }

  /// The frames of a server that does not wait are not lost.
  @Test func framesRightBehindTheAnswer() async throws {
    let peer = try ScriptedPeer([
      .upgrade(then: frame(1, Array("early".utf8)) + frame(8, closePayload(1001, "bye"))),
      .finishWriting, .readToEnd,
    ])
    let (_, recorder) = try await WebSocketChannel.recorded(to: peer.url)
    #expect(try await recorder.messages.next() == .text("early"))
    #expect(try await recorder.ends.next().closeCode == 1001)
  }
}

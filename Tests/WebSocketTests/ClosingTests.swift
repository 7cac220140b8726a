import Testing

@testable import WebSocket

@Suite struct ClosingTests {
  private func closed(
    here: Bool, sent: CloseFrame?, received: CloseFrame?
  ) -> Seen {
    Seen(
      event: .closed(WebSocketClosure(startedHere: here, sent: sent, received: received)),
      payload: [])
  }

  private func received(_ frame: CloseFrame) -> Seen {
    Seen(event: .closeReceived(frame), payload: [])
  }

  @Test func serverClosesFirst() {
    var client = WebSocketConnection(.client)
    let bye = CloseFrame(code: .goingAway, reason: "bye")
    let seen = client.feed(frame(8, closePayload(1001, "bye")))
    let answer = CloseFrame(code: .goingAway)
    #expect(seen == [received(bye), closed(here: false, sent: answer, received: bye)])
    let sent = sentFrames(client.sent())
    #expect(sent == [SentFrame(first: 0x88, isMasked: true, payload: closePayload(1001))])
    // The client leaves it to the server to close TCP, for a while.
    var mayClose = client.mayCloseTransport
    #expect(!mayClose)
    #expect(client.nextDeadline == after(milliseconds: 5000))
    let late = client.feed(frame(1, "late") + frame(8))
    #expect(late.isEmpty)
    let end = client.end()
    #expect(end.isEmpty)
    mayClose = client.mayCloseTransport
    #expect(mayClose)
  }

  @Test func serverThatKeepsTCPOpenIsLeft() {
    var client = WebSocketConnection(.client)
    _ = client.feed(frame(8))
    client.advance(to: after(milliseconds: 4999))
    var mayClose = client.mayCloseTransport
    #expect(!mayClose)
    client.advance(to: after(milliseconds: 5000))
    mayClose = client.mayCloseTransport
    #expect(mayClose)
    let seen = client.events()
    #expect(seen.isEmpty)
    #expect(client.nextDeadline == nil)
  }

  @Test func clientClosesFirst() {
    var client = WebSocketConnection(.client)
    var server = WebSocketConnection(.server)
    let bye = CloseFrame(code: .normal, reason: "done")
    client.close(bye, now: start)
    client.close(CloseFrame(code: .goingAway), now: start)
    var state = client.state
    #expect(state == .closing)
    #expect(throws: WebSocketError.notOpen) { try client.send("x") }
    let atServer = server.feed(client.sent())
    let answer = CloseFrame(code: .normal)
    #expect(atServer == [received(bye), closed(here: false, sent: answer, received: bye)])
    let serverMayClose = server.mayCloseTransport
    #expect(serverMayClose)
    let atClient = client.feed(server.sent())
    #expect(atClient == [received(answer), closed(here: true, sent: bye, received: answer)])
    state = client.state
    #expect(state == .closed)
    if case .closed(let closure)? = atClient.last?.event { #expect(closure.isClean) }
  }

  @Test func bothCloseAtOnce() {
    var client = WebSocketConnection(.client)
    var server = WebSocketConnection(.server)
    client.close(now: start)
    server.close(CloseFrame(code: .goingAway), now: start)
    let atServer = server.feed(client.sent())
    let atClient = client.feed(server.sent())
    let normal = CloseFrame(code: .normal)
    let away = CloseFrame(code: .goingAway)
    #expect(atServer == [received(normal), closed(here: true, sent: away, received: normal)])
    #expect(atClient == [received(away), closed(here: true, sent: normal, received: away)])
    let left = client.pendingOutput + server.pendingOutput
    #expect(left == 0)
  }

  @Test func emptyCloseIsAnsweredEmpty() {
    var server = WebSocketConnection(.server)
    let seen = server.feed(frame(8, key: [1, 2, 3, 4]))
    let none = CloseFrame(code: nil)
    #expect(seen == [received(none), closed(here: false, sent: none, received: none)])
    let sent = server.sent()
    #expect(sent == [0x88, 0])
  }

  @Test(
    arguments: [
      1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000,
      4999,
    ] as [UInt16])
  func validCodesAreAccepted(_ code: UInt16) {
    var client = WebSocketConnection(.client)
    let reason = String(repeating: "é", count: 61)
    let seen = client.feed(frame(8, closePayload(code, reason)))
    #expect(seen.first == received(CloseFrame(code: CloseCode(rawValue: code), reason: reason)))
    let sent = sentFrames(client.sent())
    #expect(sent.first?.closeCode == code)
  }

  @Test func codesThatMustNotBeSentAreNot() {
    for code: UInt16 in [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535] {
      var client = WebSocketConnection(.client)
      client.close(CloseFrame(code: CloseCode(rawValue: code), reason: "why"), now: start)
      let sent = sentFrames(client.sent())
      #expect(sent == [SentFrame(first: 0x88, isMasked: true, payload: [])])
    }
  }

  @Test func longReasonsAreCutBetweenScalars() {
    for (unit, count) in [("a", 123), ("é", 61), ("€", 41), ("😀", 30)] {
      var server = WebSocketConnection(.server)
      server.close(CloseFrame(reason: String(repeating: unit, count: 200)), now: start)
      let sent = sentFrames(server.sent())
      let expected = closePayload(1000, String(repeating: unit, count: count))
      #expect(sent.map(\.payload) == [expected])
    }
  }

  @Test func messagesStillComeWhileClosing() {
    var client = WebSocketConnection(.client)
    client.close(now: start)
    _ = client.sent()
    let seen = client.feed(frame(1, "on its way") + frame(9, "p"))
    #expect(seen == [.text("on its way"), .ping(Array("p".utf8))])
    // After our close frame nothing is sent, not even a pong.
    let pending = client.pendingOutput
    #expect(pending == 0)
  }

  @Test func dataAfterTheCloseFrameIsIgnored() {
    var client = WebSocketConnection(.client)
    let seen = client.feed(frame(8, closePayload(1000)) + frame(1, [0xFF]) + frame(3))
    #expect(seen.count == 2)
  }

  @Test func unansweredCloseTimesOut() {
    var client = WebSocketConnection(.client)
    client.close(now: after(milliseconds: 100))
    #expect(client.nextDeadline == after(milliseconds: 5100))
    client.advance(to: after(milliseconds: 5099))
    var seen = client.events()
    #expect(seen.isEmpty)
    client.advance(to: after(milliseconds: 5100))
    seen = client.events()
    #expect(seen == [.failed(.closeTimeout(nanoseconds: 5_000_000_000))])
    let mayClose = client.mayCloseTransport
    #expect(mayClose)
    #expect(sentFrames(client.sent()).count == 1)
  }

  @Test func endOfStreamWithoutCloseFrame() {
    for input: [UInt8] in [
      [], [0x81], frame(1, "cut", fin: false), Array(frame(1, "cut").dropLast()),
    ] {
      var client = WebSocketConnection(.client)
      var seen = client.feed(frame(1, "before") + input)
      #expect(seen == [.text("before")])
      seen = client.end()
      #expect(seen == [.failed(.peerVanished)])
      let mayClose = client.mayCloseTransport
      #expect(mayClose)
      let pending = client.pendingOutput
      #expect(pending == 0)
    }
  }

  @Test func whatCameBeforeTheEndIsReadFirst() {
    var client = WebSocketConnection(.client)
    (frame(1, "last") + frame(8)).withUnsafeBytes { client.receive($0) }
    let seen = client.end()
    let none = CloseFrame(code: nil)
    #expect(
      seen == [.text("last"), received(none), closed(here: false, sent: none, received: none)])
    let mayClose = client.mayCloseTransport
    #expect(mayClose)
  }

  @Test func endOfStreamAfterOurCloseFrame() {
    var client = WebSocketConnection(.client)
    client.close(now: start)
    let seen = client.end()
    #expect(seen == [closed(here: true, sent: CloseFrame(), received: nil)])
  }

  @Test func violationWhileClosingSendsNoSecondCloseFrame() {
    var client = WebSocketConnection(.client)
    client.close(now: start)
    let seen = client.feed(frame(3))
    #expect(seen == [.failed(.unknownOpcode(3))])
    #expect(sentFrames(client.sent()).count == 1)
    let mayClose = client.mayCloseTransport
    #expect(mayClose)
  }

  @Test func closeFrameComesBehindWhatWaits() throws {
    var client = WebSocketConnection(.client)
    try client.send("first")
    client.close(now: start)
    let sent = sentFrames(client.sent())
    #expect(sent.map(\.opcode) == [1, 8])
  }

  @Test func heldPongIsDroppedWhenClosing() throws {
    var client = WebSocketConnection(.client)
    try client.send([UInt8](repeating: 0, count: HeldPong.threshold + 1))
    _ = client.feed(frame(9, "p"))
    client.close(now: start)
    let sent = sentFrames(client.sent())
    #expect(sent.map(\.opcode) == [2, 8])
  }
}

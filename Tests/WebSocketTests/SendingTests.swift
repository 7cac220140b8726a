import Testing

@testable import WebSocket

@Suite struct SendingTests {
  @Test func pongsHaveThePayloadOfThePing() {
    var server = WebSocketConnection(.server)
    let longest = [UInt8](repeating: 0xFE, count: 125)
    _ = server.feed(frame(9, longest, key: [1, 2, 3, 4]) + frame(9, key: [4, 3, 2, 1]))
    let sent = sentFrames(server.sent())
    #expect(
      sent == [
        SentFrame(first: 0x8A, isMasked: false, payload: longest),
        SentFrame(first: 0x8A, isMasked: false, payload: []),
      ])
  }

  @Test func underPressureOnlyTheLatestPingIsAnswered() throws {
    var client = WebSocketConnection(.client)
    try client.send([UInt8](repeating: 0, count: HeldPong.threshold + 1))
    let waiting = client.pendingOutput
    for i in 0..<1000 { _ = client.feed(frame(9, "\(i)")) }
    let stillWaiting = client.pendingOutput
    #expect(stillWaiting == waiting)
    let sent = sentFrames(client.sent())
    #expect(sent.count == 2)
    #expect(sent.last?.payload == Array("999".utf8))
  }

  @Test func pongsOfPeersThatDoNotReadAreBounded() {
    var client = WebSocketConnection(.client)
    let pings = Array(
      repeatElement(frame(9, [UInt8](repeating: 7, count: 125)), count: 100).joined())
    for _ in 0..<100 { _ = client.feed(pings) }
    let waiting = client.pendingOutput
    #expect(waiting <= HeldPong.threshold + 131)
  }

  @Test func fullOutputIsRefused() throws {
    var client = WebSocketConnection(
      .client, WebSocketConfiguration(maximumPendingOutput: 100))
    try client.send([UInt8](repeating: 1, count: 500))
    let pending = client.pendingOutput
    #expect(throws: WebSocketError.outputFull(pending: pending, limit: 100)) {
      try client.send([])
    }
    #expect(throws: WebSocketError.outputFull(pending: pending, limit: 100)) {
      try [UInt8]().withUnsafeBytes { try client.sendPing($0, now: start) }
    }
    _ = client.sent()
    try client.send([1])
    let sent = sentFrames(client.sent())
    #expect(sent.map(\.payload) == [[1]])
  }

  @Test func textThatIsNotUTF8IsRefused() throws {
    var client = WebSocketConnection(.client)
    for text: [UInt8] in [[0xFF], [0x61, 0xE2, 0x82]] {
      #expect(throws: WebSocketError.invalidOutgoingText) {
        try text.withUnsafeBytes { try client.send(.text, $0) }
      }
    }
    let pending = client.pendingOutput
    #expect(pending == 0)
  }

  @Test func longControlPayloadsAreRefused() {
    var client = WebSocketConnection(.client)
    let long = [UInt8](repeating: 0, count: 126)
    #expect(throws: WebSocketError.controlPayloadTooLong(bytes: 126)) {
      try long.withUnsafeBytes { try client.sendPing($0, now: start) }
    }
    #expect(throws: WebSocketError.controlPayloadTooLong(bytes: 126)) {
      try long.withUnsafeBytes { try client.sendPong($0) }
    }
  }

  @Test func messagesGoOutInFragments() throws {
    var server = WebSocketConnection(.server, WebSocketConfiguration(fragmentSize: 4))
    try server.send("0123456789")
    try server.send("0123")
    try server.send("")
    let sent = sentFrames(server.sent())
    #expect(sent.map(\.first) == [0x01, 0x00, 0x80, 0x81, 0x81])
    #expect(sent.map(\.payload.count) == [4, 4, 2, 4, 0])
  }

  @Test func unaskedPongsAreSent() throws {
    var server = WebSocketConnection(.server)
    try [UInt8]([1, 2]).withUnsafeBytes { try server.sendPong($0) }
    let sent = sentFrames(server.sent())
    #expect(sent == [SentFrame(first: 0x8A, isMasked: false, payload: [1, 2])])
  }

  @Test func outputIsTakenInPieces() throws {
    var server = WebSocketConnection(.server)
    try server.send("Hello")
    var taken: [UInt8] = []
    while server.pendingOutput > 0 {
      server.withOutput {
        taken += $0.prefix(3)
        return min($0.count, 3)
      }
    }
    #expect(taken == bytes("81 05 48 65 6c 6c 6f"))
  }
}

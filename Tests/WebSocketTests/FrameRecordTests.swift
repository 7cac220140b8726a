import Testing

@testable import WebSocket

/// What is told of frames as they cross the wire (RFC 6455 section 5.2, RFC 7692 section 6).
@Suite struct FrameRecordTests {
  private let deflate = DeflateParameters()

  @Test func nothingIsKeptUnlessItIsAskedFor() throws {
    var client = WebSocketConnection(.client)
    try client.send("hello")
    _ = client.feed(frame(1, "x") + frame(9, "y"))
    let records = client.takeFrameRecords()
    #expect(records == [])
  }

  @Test func messagesAndControlFramesInOrderAndOnce() throws {
    var client = WebSocketConnection(.client)
    client.recordsFrames = true
    try client.send("hello")
    try client.send([1, 2, 3])
    _ = client.feed(frame(9, "are you there"))
    _ = client.feed(frame(2, [7]) + frame(10, "no"))
    client.close(CloseFrame(code: .normal, reason: "bye"), now: start)
    _ = client.feed(frame(8, closePayload(1000)))
    let records = client.takeFrameRecords()
    let ping = Array("are you there".utf8)
    #expect(
      records == [
        FrameRecord(
          direction: .sent, opcode: .text, kind: .text, wireSize: 5, message: Array("hello".utf8)),
        FrameRecord(
          direction: .sent, opcode: .binary, kind: .binary, wireSize: 3, message: [1, 2, 3]),
        FrameRecord(direction: .received, opcode: .ping, kind: nil, wireSize: 13, message: ping),
        FrameRecord(direction: .sent, opcode: .pong, kind: nil, wireSize: 13, message: ping),
        FrameRecord(
          direction: .received, opcode: .binary, kind: .binary, wireSize: 1, message: [7]),
        FrameRecord(
          direction: .received, opcode: .pong, kind: nil, wireSize: 2, message: Array("no".utf8)),
        FrameRecord(
          direction: .sent, opcode: .close, kind: nil, wireSize: 5,
          message: closePayload(1000, "bye")),
        FrameRecord(
          direction: .received, opcode: .close, kind: nil, wireSize: 2,
          message: closePayload(1000)),
      ])
    let rest = client.takeFrameRecords()
    #expect(rest == [])
  }

  /// Both sizes, on both sides: what one end says it has sent is what the other says it has received.
  @Test(arguments: [nil, 7] as [Int?], [nil, 1] as [Int?])
  func compressedMessagesHaveBothSizes(fragmentSize: Int?, step: Int?) throws {
    var client = WebSocketConnection(
      .client, WebSocketConfiguration(fragmentSize: fragmentSize), deflate: deflate)
    var server = WebSocketConnection(.server, deflate: deflate)
    client.recordsFrames = true
    server.recordsFrames = true
    let text = String(repeating: "the same again and ", count: 50)
    try client.send(text)
    let wire = client.sent()
    _ = server.feed(wire, step: step)
    let sent = client.takeFrameRecords()
    let received = server.takeFrameRecords()
    #expect(received.map(\.wireSize) == sentFrames(wire).map(\.payload.count))
    #expect(sent.map(\.wireSize) == received.map(\.wireSize))
    #expect(sent.reduce(0) { $0 + $1.wireSize } < text.utf8.count / 4)
    #expect(sent.count == (fragmentSize == nil ? 1 : sentFrames(wire).count))
    for records in [sent, received] {
      #expect(records.map(\.isCompressed) == [true] + records.dropFirst().map { _ in false })
      #expect(records.map(\.isFinal) == records.dropLast().map { _ in false } + [true])
      #expect(records.first?.opcode == .text)
      #expect(records.dropFirst().allSatisfy { $0.opcode == .continuation })
      #expect(records.allSatisfy { $0.kind == .text })
      #expect(records.dropLast().allSatisfy { $0.message == nil })
      #expect(records.last?.message == Array(text.utf8))
    }
  }

  @Test func controlFramesBetweenFragments() {
    var client = WebSocketConnection(.client)
    client.recordsFrames = true
    _ = client.feed(frame(1, "ab", fin: false) + frame(9) + frame(0, "cd"))
    let records = client.takeFrameRecords()
    #expect(records.map(\.opcode) == [.text, .ping, .pong, .continuation])
    #expect(records.map(\.message) == [nil, [], [], Array("abcd".utf8)])
  }

  /// What broke a rule is there as far as it came.
  @Test(arguments: [nil, 1] as [Int?]) func brokenFrames(step: Int?) {
    for (bytes, message) in [
      (frame(1, [0x61, 0xFF, 0x62]), [0x61, 0xFF, 0x62] as [UInt8]),
      (frame(0x1, [0x61, 0xE2], fin: false) + frame(0, [0x62]), [0x61, 0xE2, 0x62]),
    ] {
      var client = WebSocketConnection(.client)
      client.recordsFrames = true
      let seen = client.feed(bytes, step: step)
      let records = client.takeFrameRecords()
      #expect(seen.contains(.failed(.invalidText)))
      let broken = records.filter(\.isBroken)
      #expect(broken.count == 1)
      #expect(broken.first.map { message.starts(with: $0.message ?? [0]) } == true)
      #expect(records.last?.opcode == .close)
      #expect(records.last?.direction == .sent)
    }
  }

  @Test func closeFramesThatBreakARuleAreThere() {
    var client = WebSocketConnection(.client)
    client.recordsFrames = true
    _ = client.feed(frame(8, [3]))
    let records = client.takeFrameRecords()
    #expect(records.map(\.opcode) == [.close, .close])
    #expect(records.first?.message == [3])
  }
}

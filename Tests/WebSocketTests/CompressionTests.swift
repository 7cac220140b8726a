import Testing

@testable import WebSocket

@Suite struct CompressionTests {
  // MARK: RFC 7692, section 7.2.3

  static let hello = bytes("f2 48 cd c9 c9 07 00")

  @Test func examplesOfTheStandard() {
    let examples = [
      "c1 07 f2 48 cd c9 c9 07 00",
      "41 03 f2 48 cd 80 04 c9 c9 07 00",
      "c1 05 f2 00 11 00 00",
      "c1 0b 00 05 00 fa ff 48 65 6c 6c 6f 00",
      "c1 08 f3 48 cd c9 c9 07 00 00",
      "c1 0d f2 48 05 00 00 00 ff ff ca c9 c9 07 00",
    ]
    var client = WebSocketConnection(.client, deflate: DeflateParameters())
    for example in examples {
      let seen = client.feed(bytes(example))
      #expect(seen == [.text("Hello")], "\(example)")
    }
    let empty = client.feed(bytes("c1 01 00"))
    #expect(empty == [.text("")])
    let back = client.feed(bytes("c1 05 f2 00 11 00 00"))
    #expect(back == [.text("Hello")])
  }

  @Test func blocksWithBFINAL() {
    let final = bytes("f3 48 cd c9 c9 07 00")
    for (payload, text) in [
      (final + [0], "Hello"),
      // Nothing behind the final block.
      (final, "Hello"),
      (final + final + [0], "HelloHello"),
      (final + Self.hello, "HelloHello"),
    ] {
      for step in [nil, 1] {
        var client = WebSocketConnection(.client, deflate: DeflateParameters())
        let seen = client.feed(frame(1, payload, rsv: 4), step: step)
        #expect(seen == [.text(text)])
        // The window outlives the final block.
        let next = client.feed(bytes("c1 05 f2 00 11 00 00"))
        #expect(next == [.text("Hello")])
      }
    }
  }

  @Test func fragmentsOfACompressedMessage() {
    let payload = bytes("f2 48 05 00 00 00 ff ff ca c9 c9 07 00")
    for cut in 0...payload.count {
      var client = WebSocketConnection(.client, deflate: DeflateParameters())
      let seen = client.feed(
        frame(1, Array(payload[..<cut]), fin: false, rsv: 4) + frame(9) + frame(0, fin: false)
          + frame(0, Array(payload[cut...])))
      #expect(seen == [.ping([]), .text("Hello")], "cut at \(cut)")
    }
  }

  @Test func plainMessagesBetweenCompressedOnes() {
    var client = WebSocketConnection(.client, deflate: DeflateParameters())
    let seen = client.feed(
      frame(1, Self.hello, rsv: 4) + frame(1, "plain") + frame(2, "pl", fin: false)
        + frame(0, "ain") + bytes("c1 05 f2 00 11 00 00"))
    #expect(seen == [.text("Hello"), .text("plain"), .binary(Array("plain".utf8)), .text("Hello")])
  }

  @Test func anEmptyPayloadIsAnEmptyMessage() {
    var client = WebSocketConnection(.client, deflate: DeflateParameters())
    let seen = client.feed(frame(1, rsv: 4) + frame(1, Self.hello, rsv: 4))
    #expect(seen == [.text(""), .text("Hello")])
  }

  // MARK: Data that does not inflate

  @Test(arguments: [
    ("reserved block type", "07"), ("cut inside a block", "f2 48 cd"),
    ("cut inside a block's header", "04"),
    ("the tail was not removed", "f2 48 cd c9 c9 07 00 00 00 ff ff"),
    ("bytes behind the end", "f2 48 cd c9 c9 07 00 41"),
    ("a stored block with a bad length", "00 05 00 fa fe 48 65 6c 6c 6f 00"),
    ("a reference before the start", "f2 00 11 00 00"),
    ("garbage behind a final block", "f3 48 cd c9 c9 07 00 ff ff"),
  ])
  func brokenDataEndsTheConnection(name: String, hex: String) {
    for step in [nil, 1] {
      var client = WebSocketConnection(.client, deflate: DeflateParameters())
      let seen = client.feed(frame(2, bytes(hex), rsv: 4), step: step)
      guard case .failed(.invalidCompressedData)? = seen.last?.event, seen.count == 1 else {
        Issue.record("\(name): \(seen)")
        continue
      }
      #expect(sentFrames(client.sent()).map(\.closeCode) == [1007])
    }
  }

  @Test func withoutContextTakeoverTheWindowStartsEmpty() {
    let parameters = DeflateParameters(serverNoContextTakeover: true)
    var client = WebSocketConnection(.client, deflate: parameters)
    var seen = client.feed(frame(1, Self.hello, rsv: 4) + frame(1, Self.hello, rsv: 4))
    #expect(seen == [.text("Hello"), .text("Hello")])
    seen = client.feed(bytes("c1 05 f2 00 11 00 00"))
    #expect(seen == [.failed(.invalidCompressedData(zlib: -3))])
  }

  @Test func badTextInCompressedMessages() {
    // Stored blocks, so that the bytes can be seen: "aF4" | "90".
    let first = bytes("00 02 00 fd ff 61 f4")
    var client = WebSocketConnection(.client, deflate: DeflateParameters())
    var seen = client.feed(frame(1, first, fin: false, rsv: 4))
    #expect(seen.isEmpty)
    seen = client.feed(Array(frame(0, bytes("00 01 00 fe ff 90 41 41 41 41")).prefix(8)))
    #expect(seen == [.failed(.invalidText)])

    var other = WebSocketConnection(.client, deflate: DeflateParameters())
    seen = other.feed(frame(1, first + [0], rsv: 4))
    #expect(seen == [.failed(.invalidText)])
  }

  // MARK: Limits

  @Test func bombsStopAtTheLimit() throws {
    let limit = 1 << 20
    var server = WebSocketConnection(.server, deflate: DeflateParameters())
    try server.send([UInt8](repeating: 0, count: 64 << 20))
    let bomb = server.sent()
    #expect(bomb.count < 100_000)
    for step in [nil, 1000] {
      var client = WebSocketConnection(
        .client, WebSocketConfiguration(maximumMessageSize: limit), deflate: DeflateParameters())
      let seen = client.feed(bomb, step: step)
      #expect(seen == [.failed(.messageTooLarge(limit: limit))])
      let capacity = client.message.content.capacity
      #expect(capacity <= 2 * limit + 8192)
      #expect(sentFrames(client.sent()).map(\.closeCode) == [1009])
    }
  }

  @Test func messagesOfExactlyTheLimitPass() throws {
    for size in [4095, 4096, 4097, 100_000] {
      var server = WebSocketConnection(.server, deflate: DeflateParameters())
      try server.send([UInt8](repeating: 1, count: size))
      let sent = server.sent()
      for (limit, passes) in [(size, true), (size - 1, false)] {
        var client = WebSocketConnection(
          .client, WebSocketConfiguration(maximumMessageSize: limit), deflate: DeflateParameters())
        let seen = client.feed(sent)
        let expected: Seen =
          passes
          ? .binary([UInt8](repeating: 1, count: size)) : .failed(.messageTooLarge(limit: limit))
        #expect(seen == [expected])
      }
    }
  }

  @Test func compressedBytesCountToo() {
    // Empty blocks for ever: nothing comes out, and yet it ends.
    let configuration = WebSocketConfiguration(maximumMessageSize: 1000)
    var client = WebSocketConnection(.client, configuration, deflate: DeflateParameters())
    let blocks = Array(repeatElement(bytes("00 00 00 ff ff"), count: 20).joined())
    var input = frame(2, blocks, fin: false, rsv: 4)
    for _ in 0..<10 { input += frame(0, blocks, fin: false) }
    let seen = client.feed(input)
    #expect(seen == [.failed(.messageTooLarge(limit: 1000))])
  }

  @Test func memoryOfALargeMessageIsGivenBack() throws {
    var server = WebSocketConnection(.server, deflate: DeflateParameters())
    var client = WebSocketConnection(.client, deflate: DeflateParameters())
    try server.send([UInt8](repeating: 5, count: 8 << 20))
    let seen = client.feed(server.sent())
    #expect(seen.map(\.payload.count) == [8 << 20])
    _ = client.feed(frame(1, "small"))
    let capacity = client.message.content.capacity
    #expect(capacity <= ByteBuffer.retainedCapacity)
  }

  // MARK: Sending

  @Test func smallMessagesAreSentPlain() throws {
    var server = WebSocketConnection(.server, deflate: DeflateParameters())
    try server.send(String(repeating: "a", count: 63))
    try server.send(String(repeating: "a", count: 64))
    let sent = sentFrames(server.sent())
    #expect(sent.map(\.first) == [0x81, 0xC1])
    #expect(sent[1].payload.suffix(4) != [0, 0, 0xFF, 0xFF])
  }

  @Test func whatDoesNotShrinkIsSentPlain() throws {
    var generator = SeededGenerator(seed: 5)
    let noise = (0..<500).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let text = String(repeating: "compressible ", count: 20)
    for keeps in [true, false] {
      let parameters = DeflateParameters(serverNoContextTakeover: !keeps)
      var server = WebSocketConnection(.server, deflate: parameters)
      var client = WebSocketConnection(.client, deflate: parameters)
      try server.send(text)
      try server.send(noise)
      try server.send(text)
      let sent = server.sent()
      #expect(sentFrames(sent).map(\.first) == [0xC1, 0x82, 0xC1])
      let seen = client.feed(sent)
      #expect(seen == [.text(text), .binary(noise), .text(text)])
    }
  }

  @Test func aWindowOfEightBitsIsReadButNeverUsed() throws {
    let parameters = DeflateParameters(serverMaxWindowBits: 8, clientMaxWindowBits: 8)
    var client = WebSocketConnection(.client, deflate: parameters)
    try client.send(String(repeating: "a", count: 1000))
    let sent = sentFrames(client.sent())
    #expect(sent.map(\.first) == [0x81])
    let seen = client.feed(frame(1, Self.hello, rsv: 4))
    #expect(seen == [.text("Hello")])
  }

  @Test func compressedMessagesGoOutInFragments() throws {
    var generator = SeededGenerator(seed: 6)
    let text = String((0..<3000).map { _ in "abcdefgh".randomElement(using: &generator) ?? "a" })
    let configuration = WebSocketConfiguration(fragmentSize: 100)
    var client = WebSocketConnection(.client, configuration, deflate: DeflateParameters())
    var server = WebSocketConnection(.server, deflate: DeflateParameters())
    try client.send(text)
    let sent = client.sent()
    let frames = sentFrames(sent)
    #expect(frames.count > 5)
    #expect(frames.first?.first == 0x41)
    #expect(frames.dropFirst().dropLast().allSatisfy { $0.first == 0x00 })
    #expect(frames.last?.first == 0x80)
    let seen = server.feed(sent)
    #expect(seen == [.text(text)])
  }

  @Test func withoutCompressionMinimumEmptyMessagesStayEmpty() throws {
    let configuration = WebSocketConfiguration(compressionMinimum: 0)
    var client = WebSocketConnection(.client, configuration, deflate: DeflateParameters())
    var server = WebSocketConnection(.server, deflate: DeflateParameters())
    for text in ["", "a", "", "aaaaaaaaaaaaaaaaaaaaaaaaaa", ""] {
      try client.send(text)
      let seen = server.feed(client.sent())
      #expect(seen == [.text(text)])
    }
  }
}

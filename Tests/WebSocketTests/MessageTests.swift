import Testing

@testable import WebSocket

@Suite struct MessageTests {
  @Test func fragmentsAreJoined() {
    var client = WebSocketConnection(.client)
    let seen = client.feed(
      frame(1, "Hé", fin: false) + frame(0, fin: false) + frame(0, "ll", fin: false)
        + frame(0, "o") + frame(2, [1], fin: false) + frame(0, [2]) + frame(1, "")
        + frame(1, fin: false) + frame(0))
    #expect(seen == [.text("Héllo"), .binary([1, 2]), .text(""), .text("")])
  }

  @Test func controlFramesBetweenFragmentsComeAtOnce() {
    var client = WebSocketConnection(.client)
    var seen = client.feed(frame(1, "a", fin: false) + frame(9, "p"))
    #expect(seen == [.ping(Array("p".utf8))])
    let answers = sentFrames(client.sent())
    #expect(answers == [SentFrame(first: 0x8A, isMasked: true, payload: Array("p".utf8))])
    seen = client.feed(frame(10, "q") + frame(0, "b"))
    #expect(seen == [.pong(Array("q".utf8)), .text("ab")])
  }

  @Test func textIsCutAnywhereBetweenFragments() {
    let text = "κόσμε 😀 é"
    let utf8 = Array(text.utf8)
    for cut in 0...utf8.count {
      var client = WebSocketConnection(.client)
      let seen = client.feed(
        frame(1, Array(utf8[..<cut]), fin: false) + frame(0, Array(utf8[cut...])))
      #expect(seen == [.text(text)], "cut at \(cut)")
    }
  }

  @Test func badTextFailsAtItsFirstBadByte() {
    // U+110000 begins with F4 90: the second byte is the first that cannot be.
    let start: [UInt8] = Array("κόσμε".utf8) + [0xF4]
    for isFinal in [true, false] {
      var client = WebSocketConnection(.client)
      let whole = frame(1, start + [0x90, 0x80, 0x80] + Array("edited".utf8), fin: isFinal)
      var seen = client.feed(Array(whole.prefix(2 + start.count)), step: 1)
      #expect(seen.isEmpty)
      seen = client.feed([0x90])
      #expect(seen == [.failed(.invalidText)])
    }
  }

  @Test func badTextFailsInTheFragmentThatHasIt() {
    var client = WebSocketConnection(.client)
    var seen = client.feed(frame(1, [0x61, 0xF4], fin: false))
    #expect(seen.isEmpty)
    seen = client.feed(frame(0, [0x90], fin: false))
    #expect(seen == [.failed(.invalidText)])
  }

  @Test func textEndingInsideAScalarFails() {
    for bytes in [frame(1, [0xE2, 0x82]), frame(1, [0xE2], fin: false) + frame(0, [0x82])] {
      var client = WebSocketConnection(.client)
      let seen = client.feed(bytes)
      #expect(seen == [.failed(.invalidText)])
    }
  }

  @Test func maskedTextFailsAtItsFirstBadByte() {
    var server = WebSocketConnection(.server)
    let whole = frame(1, [0x61, 0x62, 0x63, 0xFF, 0x64, 0x65], key: [9, 8, 7, 6])
    let seen = server.feed(Array(whole.prefix(6 + 4)), step: 1)
    #expect(seen == [.failed(.invalidText)])
  }

  // MARK: Every split gives the same

  static let conversation: [UInt8] =
    frame(1, "Hällo") + frame(9, "ping") + frame(2, [UInt8](repeating: 3, count: 300))
    + frame(1, "fr", fin: false) + frame(10, "x") + frame(0, "ag€", fin: false) + frame(0, "")
    + frame(1, [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00], rsv: 4)
    + frame(1, [0xf2, 0x00, 0x11], fin: false, rsv: 4) + frame(9, "mid") + frame(0, [0x00, 0x00])
    + frame(1, String(repeating: "long ", count: 100)) + frame(8, closePayload(1000, "bye"))

  @Test func everySplitInTwo() {
    let expected = Self.replay([Self.conversation])
    #expect(expected.count == 11)
    for cut in Self.conversation.indices {
      let parts = [Array(Self.conversation[..<cut]), Array(Self.conversation[cut...])]
      let seen = Self.replay(parts)
      #expect(seen == expected, "cut at \(cut)")
    }
  }

  @Test func everySizeOfPieces() {
    let expected = Self.replay([Self.conversation])
    for step in 1...40 {
      let parts = stride(from: 0, to: Self.conversation.count, by: step).map {
        Array(Self.conversation[$0..<min($0 + step, Self.conversation.count)])
      }
      let seen = Self.replay(parts)
      #expect(seen == expected, "pieces of \(step)")
    }
  }

  private static func replay(_ parts: [[UInt8]]) -> [Seen] {
    var client = WebSocketConnection(.client, deflate: DeflateParameters())
    return parts.flatMap { client.feed($0) } + client.end()
  }

  // MARK: Limits

  @Test func messagesOfExactlyTheLimitPass() {
    var client = WebSocketConnection(.client, WebSocketConfiguration(maximumMessageSize: 10))
    let ten = [UInt8](repeating: 1, count: 10)
    let seen = client.feed(frame(2, ten) + frame(2, [1], fin: false) + frame(0, Array(ten[1...])))
    #expect(seen == [.binary(ten), .binary(ten)])
    let tooLong = client.feed(frame(2, [1], fin: false) + frame(0, ten))
    #expect(tooLong == [.failed(.messageTooLarge(limit: 10))])
    let code = sentFrames(client.sent()).first?.closeCode
    #expect(code == 1009)
  }

  @Test func framesHaveTheirOwnLimit() {
    let configuration = WebSocketConfiguration(maximumMessageSize: 100, maximumFrameSize: 5)
    var client = WebSocketConnection(.client, configuration)
    let seen = client.feed(
      frame(2, [1, 2, 3, 4, 5], fin: false) + frame(0, [6]) + frame(2, [1, 2, 3, 4, 5, 6]))
    #expect(seen == [.binary([1, 2, 3, 4, 5, 6]), .failed(.frameTooLarge(bytes: 6, limit: 5))])
  }

  @Test func sixteenMebibytes() throws {
    var generator = SeededGenerator(seed: 16)
    let block = (0..<65_537).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let payload = Array(repeatElement(block, count: 256).joined().prefix(16 << 20))
    var client = WebSocketConnection(.client)
    var server = WebSocketConnection(.server)
    try client.send(payload)
    let atServer = server.feed(client.sent(), step: 100_000)
    #expect(atServer == [.binary(payload)])
    try server.send(payload)
    let atClient = client.feed(server.sent(), step: 100_000)
    #expect(atClient == [.binary(payload)])
    // Memory goes back to what small messages need.
    let small = client.feed(frame(2, [1])) + server.feed(frame(2, [1], key: [1, 2, 3, 4]))
    #expect(small == [.binary([1]), .binary([1])])
    let capacities = [
      client.input.capacity, client.output.capacity, server.input.capacity,
      server.output.capacity,
    ]
    #expect(capacities.allSatisfy { $0 <= ByteBuffer.retainedCapacity }, "\(capacities)")
  }

  @Test func manyFragmentsTakeLinearTime() {
    func seconds(_ fragments: Int) -> Duration {
      var client = WebSocketConnection(.client)
      var bytes = frame(1, "a", fin: false)
      for _ in 0..<fragments { bytes += frame(0, "b", fin: false) + frame(0, fin: false) }
      bytes += frame(0)
      return ContinuousClock().measure {
        let seen = client.feed(bytes, step: 4096)
        #expect(seen.map(\.payload.count) == [fragments + 1])
      }
    }
    let few = seconds(8192)
    let many = seconds(65536)
    // Eight times the work; a quadratic one would take 64 times as long.
    #expect(many < few * 32 + .milliseconds(100), "\(few) and \(many)")
  }

  @Test func inputGrowsOnceForALargeFrame() {
    var client = WebSocketConnection(.client)
    let whole = frame(2, [UInt8](repeating: 1, count: 3 << 20))
    _ = client.feed(Array(whole.prefix(1000)))
    var offered = 0
    client.withInputSpace(atLeast: 65536) {
      offered = $0.count
      return 0
    }
    #expect(offered >= whole.count - 1000)
  }

  @Test func withoutLimitsAHeaderClaimsLittle() {
    let configuration = WebSocketConfiguration(
      maximumMessageSize: .max, maximumPendingOutput: .max)
    for header in ["82 7f 7f ff ff ff ff ff ff ff", "02 7f 1f ff ff ff ff ff ff ff"] {
      var client = WebSocketConnection(.client, configuration, deflate: DeflateParameters())
      let seen = client.feed(bytes(header) + [1, 2, 3])
      #expect(seen.count <= 1)
      var offered = 0
      client.withInputSpace(atLeast: 1000) {
        offered = $0.count
        return 0
      }
      #expect(offered < 256 << 20)
    }
    var client = WebSocketConnection(.client, configuration, deflate: DeflateParameters())
    let seen = client.feed(frame(1, CompressionTests.hello, rsv: 4))
    #expect(seen == [.text("Hello")])
  }

  @Test func writtenCountsAreClamped() {
    var client = WebSocketConnection(.client)
    client.withInputSpace(atLeast: 10) { space in
      space.copyBytes(from: frame(9, "abc"))
      return 5
    }
    client.withInputSpace(atLeast: 10) { _ in -3 }
    let seen = client.events()
    #expect(seen == [.ping(Array("abc".utf8))])
    client.withOutput { _ in -1 }
    client.withOutput { $0.count + 99 }
    let pending = client.pendingOutput
    #expect(pending == 0)
  }
}

import Testing

@testable import WebSocket

@Suite struct KeepAliveTests {
  static let configuration = WebSocketConfiguration(
    pingInterval: 15_000_000_000, pingTimeout: 10_000_000_000)

  private let timeout = Seen.failed(.pingTimeout(nanoseconds: 10_000_000_000))

  @Test func pingsAreSentOnTime() {
    var client = WebSocketConnection(.client, Self.configuration)
    #expect(client.nextDeadline == after(milliseconds: 15_000))
    client.advance(to: after(milliseconds: 14_999))
    var pending = client.pendingOutput
    #expect(pending == 0)
    client.advance(to: after(milliseconds: 15_000))
    let first = sentFrames(client.sent())
    #expect(first.map(\.first) == [0x89])
    #expect(client.nextDeadline == after(milliseconds: 25_000))

    client.now = after(milliseconds: 15_123)
    let seen = client.feed(frame(10, first.first?.payload ?? []))
    #expect(seen.map(\.event) == [.pong])
    #expect(client.latestRoundTrip == 123_000_000)
    #expect(client.nextDeadline == after(milliseconds: 30_000))

    client.advance(to: after(milliseconds: 30_000))
    let second = sentFrames(client.sent())
    #expect(second.map(\.first) == [0x89])
    #expect(second.first?.payload != first.first?.payload)
    pending = client.pendingOutput
    #expect(pending == 0)
  }

  @Test func silenceAfterAPingEndsTheConnection() {
    var client = WebSocketConnection(.client, Self.configuration)
    client.advance(to: after(milliseconds: 15_000))
    _ = client.sent()
    client.advance(to: after(milliseconds: 24_999))
    var seen = client.events()
    #expect(seen.isEmpty)
    client.advance(to: after(milliseconds: 25_000))
    seen = client.events()
    #expect(seen == [timeout])
    let mayClose = client.mayCloseTransport
    #expect(mayClose)
    let pending = client.pendingOutput
    #expect(pending == 0)
  }

  @Test func anyByteIsLife() {
    var client = WebSocketConnection(.client, Self.configuration)
    client.advance(to: after(milliseconds: 15_000))
    _ = client.sent()
    client.now = after(milliseconds: 24_000)
    _ = client.feed([0x81])
    client.advance(to: after(milliseconds: 33_999))
    var seen = client.events()
    #expect(seen.isEmpty)
    client.advance(to: after(milliseconds: 34_000))
    seen = client.events()
    #expect(seen == [timeout])
  }

  @Test func whatWasReadBeforeTheTimersCountsFirst() {
    // The process was stopped for a minute while the pong waited in the socket.
    var client = WebSocketConnection(.client, Self.configuration)
    client.advance(to: after(milliseconds: 15_000))
    let ping = sentFrames(client.sent())
    client.now = after(milliseconds: 75_000)
    let pong = client.feed(frame(10, ping.first?.payload ?? []))
    #expect(pong.map(\.event) == [.pong])
    client.advance(to: after(milliseconds: 75_000))
    let seen = client.events()
    #expect(seen.isEmpty)
  }

  @Test func aPongForAnotherPingIsNoAnswer() {
    var client = WebSocketConnection(.client, Self.configuration)
    client.advance(to: after(milliseconds: 15_000))
    _ = client.sent()
    _ = client.feed(frame(10, "other"))
    #expect(client.latestRoundTrip == nil)
    client.advance(to: after(milliseconds: 25_000))
    let seen = client.events()
    #expect(seen == [timeout])
  }

  @Test func aLongUploadIsLifeUntilThePingHasGone() throws {
    var client = WebSocketConnection(.client, Self.configuration)
    try client.send([UInt8](repeating: 0, count: 100_000))
    client.advance(to: after(milliseconds: 15_000))
    for second in 16...60 as ClosedRange<Int64> {
      client.now = after(milliseconds: second * 1000)
      client.withOutput { min($0.count, 1000) }
      client.advance(to: after(milliseconds: second * 1000))
      let seen = client.events()
      #expect(seen.isEmpty, "after \(second) s")
    }
    let frames = sentFrames(Array(client.sent().suffix(14)))
    #expect(frames.map(\.first) == [0x89])
    // From now on only the peer can show life, whatever else is sent.
    for second in 61...69 as ClosedRange<Int64> {
      try client.send([1])
      client.now = after(milliseconds: second * 1000)
      _ = client.sent()
      client.advance(to: after(milliseconds: second * 1000))
    }
    var seen = client.events()
    #expect(seen.isEmpty)
    client.advance(to: after(milliseconds: 70_000))
    seen = client.events()
    #expect(seen == [timeout])
  }

  @Test func outputThatDoesNotMoveIsNoLife() throws {
    var client = WebSocketConnection(.client, Self.configuration)
    try client.send([UInt8](repeating: 0, count: 100_000))
    client.advance(to: after(milliseconds: 15_000))
    client.advance(to: after(milliseconds: 25_000))
    let seen = client.events()
    #expect(seen == [timeout])
  }

  @Test func pingsOfTheCallerAreTimedAndWatched() throws {
    var server = WebSocketConnection(.server)
    #expect(server.nextDeadline == nil)
    for second in 0..<10 as Range<Int64> {
      try [UInt8(second)].withUnsafeBytes {
        try server.sendPing($0, now: after(milliseconds: second * 1000))
      }
      _ = server.sent()
    }
    // Repeating the ping does not put off the end.
    #expect(server.nextDeadline == after(milliseconds: 10_000))
    server.now = after(milliseconds: 9500)
    _ = server.feed(frame(10, [9], key: [1, 2, 3, 4]))
    #expect(server.latestRoundTrip == 500_000_000)
    #expect(server.nextDeadline == nil)
  }

  @Test func timeNeverGoesBack() {
    var client = WebSocketConnection(.client, Self.configuration)
    client.advance(to: after(milliseconds: 15_000))
    client.now = start
    #expect(client.now == after(milliseconds: 15_000))
  }

  @Test func noPingsAfterTheCloseFrame() {
    var client = WebSocketConnection(.client, Self.configuration)
    client.close(now: after(milliseconds: 14_000))
    _ = client.sent()
    client.advance(to: after(milliseconds: 16_000))
    let pending = client.pendingOutput
    #expect(pending == 0)
  }

  @Test func silenceWhileClosingEndsTheConnectionToo() {
    var client = WebSocketConnection(.client, Self.configuration)
    client.advance(to: after(milliseconds: 15_000))
    _ = client.sent()
    client.close(now: after(milliseconds: 24_000))
    #expect(client.nextDeadline == after(milliseconds: 25_000))
    client.advance(to: after(milliseconds: 25_000))
    let seen = client.events()
    #expect(seen == [timeout])
  }

  @Test func timeSaturates() {
    let end = MonotonicTime(nanoseconds: .max)
    #expect(end.advanced(byNanoseconds: 1) == end)
    #expect(end.advanced(byMilliseconds: .max) == end)
    #expect(MonotonicTime(nanoseconds: .min).advanced(byMilliseconds: .min).nanoseconds == .min)
    #expect(end.nanoseconds(since: MonotonicTime(nanoseconds: -1)) == .max)
  }
}

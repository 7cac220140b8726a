import Testing
import WebSocket

@testable import Transport

/// Memory stays bounded, whichever side is the slow one.
@EventLoop
struct BackpressureTests {
  /// What the system may buffer for a connection, far below what a flood would bring.
  private static let systemBuffers = 48 << 20

  @Test func whilePausedTheFloodStopsAtThePeer() async throws {
    let message = Message.binary(Array(repeating: 0x5A, count: 50_000))
    let flood = frame(2, message.bytes)
    let peer = try ScriptedPeer([.upgrade(), .pause, .flood(flood), .finishWriting, .readToEnd])
    let (channel, recorder) = try await WebSocketChannel.recorded(to: peer.url)
    channel.pauseReading()
    // Twice is the same.
    channel.pauseReading()
    peer.proceed()
    guard case .flooded(let bytes) = try await peer.reports.next() else {
      Issue.record("no flood")
      return
    }
    #expect(bytes < Self.systemBuffers)
    #expect(recorder.messages.count == 0)
    channel.resumeReading()
    for _ in 0..<bytes / flood.count { #expect(try await recorder.messages.next() == message) }
    #expect(try await recorder.ends.next() == .failed(.peerVanished))
  }

  @Test func aHandlerMayPauseAfterEachMessage() async throws {
    let texts = (0..<500).map { "message \($0)" }
    let frames = texts.flatMap { frame(1, Array($0.utf8)) }
    let peer = try ScriptedPeer([.upgrade(then: frames), .readToEnd])
    let (channel, recorder) = try await WebSocketChannel.recorded(to: peer.url) { channel, _ in
      channel.pauseReading()
    }
    for text in texts {
      #expect(try await recorder.messages.next() == .text(text))
      await nextTurn()
      #expect(recorder.messages.count == 0)
      channel.resumeReading()
    }
    channel.abort()
  }

  @Test func sendingToAPeerThatDoesNotReadHasALimit() async throws {
    let peer = try ScriptedPeer([.upgrade(), .pause, .readToEnd])
    var options = ConnectOptions()
    let limit = 1 << 20
    options.connection.maximumPendingOutput = limit
    let (channel, recorder) = try await WebSocketChannel.recorded(to: peer.url, options: options)
    let message = Message.binary(Array(repeating: 1, count: 65_536))
    var sent = 0
    var refusal: WebSocketError?
    while refusal == nil {
      try #require(sent < Self.systemBuffers / 65_536)
      do throws(WebSocketError) {
        try channel.send(message)
        sent += 1
      } catch { refusal = error }
    }
    guard case .outputFull(let pending, limit) = refusal else {
      Issue.record("\(String(describing: refusal))")
      return
    }
    #expect(pending <= limit && pending > limit - 66_000)
    #expect(channel.pendingOutput == pending)
    #expect(recorder.room.count == 0)

    peer.proceed()
    _ = try await recorder.room.next()
    #expect(channel.pendingOutput == 0)
    try channel.send(message)
    sent += 1
    while channel.pendingOutput > 0 { await nextTurn() }
    channel.abort()
    guard case .read(let bytes) = try await peer.reports.next() else {
      Issue.record("nothing was read")
      return
    }
    // A header of ten bytes and the mask key.
    #expect(bytes.count == sent * (65_536 + 14))
  }

  @Test func oneMessageIsTakenHoweverLargeItIs() async throws {
    let peer = try ScriptedPeer([.upgrade(), .readToEnd])
    var options = ConnectOptions()
    options.connection.maximumPendingOutput = 1000
    let (channel, _) = try await WebSocketChannel.recorded(to: peer.url, options: options)
    try channel.send(.binary(Array(repeating: 1, count: 20 << 20)))
    #expect(throws: WebSocketError.self) { try channel.send(.binary([1, 2, 3])) }
    while channel.pendingOutput > 0 { await pass(milliseconds: 1) }
    channel.abort()
    guard case .read(let bytes) = try await peer.reports.next() else {
      Issue.record("nothing was read")
      return
    }
    #expect(bytes.count == 20 << 20 + 14)
  }

  @Test func aPeerThatNeitherReadsNorAnswersTheCloseIsLeft() async throws {
    let peer = try ScriptedPeer([.upgrade(), .pause, .readToEnd])
    var options = ConnectOptions()
    options.connection.closeTimeout = 100_000_000
    let (channel, recorder) = try await WebSocketChannel.recorded(to: peer.url, options: options)
    try channel.send(.binary(Array(repeating: 1, count: 30 << 20)))
    channel.close(CloseFrame())
    #expect(try await recorder.ends.next() == .failed(.closeTimeout(nanoseconds: 100_000_000)))
    await channel.finished()
    peer.proceed()
  }

  @Test func aMessageOverTheLimitEndsTheConnection() async throws {
    let peer = try ScriptedPeer([
      .upgrade(then: frame(2, Array(repeating: 1, count: 1001))), .readToEnd,
    ])
    var options = ConnectOptions()
    options.connection.maximumMessageSize = 1000
    let (_, recorder) = try await WebSocketChannel.recorded(to: peer.url, options: options)
    #expect(try await recorder.ends.next() == .failed(.messageTooLarge(limit: 1000)))
    guard case .read(let bytes) = try await peer.reports.next() else {
      Issue.record("nothing was read")
      return
    }
    #expect(bytes.first == 0x88)
  }
}

import Testing
import WebSocket

@testable import Transport

/// What comes of peers that go away, in order or not, once the connection is open.
@EventLoop
struct BrokenConnectionTests {
  @Test func resetInMidFrame() async throws {
    let whole = frame(2, Array(repeating: 7, count: 1000))
    let peer = try ScriptedPeer([
      .upgrade(then: frame(1, Array("whole".utf8)) + whole.prefix(500)), .pause, .reset,
    ])
    let (channel, recorder) = try await WebSocketChannel.recorded(to: peer.url)
    #expect(try await recorder.messages.next() == .text("whole"))
    peer.proceed()
    #expect(try await recorder.ends.next() == .transport(.reset))
    await channel.finished()
    #expect(recorder.messages.count == 0)
    #expect(throws: WebSocketError.notOpen) { try channel.send(.text("too late")) }
  }

  /// Half-open: the peer ends its direction without a close frame, and still listens.
  @Test func endWithoutACloseFrame() async throws {
    let peer = try ScriptedPeer([
      .upgrade(then: frame(1, Array("last".utf8))), .finishWriting, .readToEnd,
    ])
    let (channel, recorder) = try await WebSocketChannel.recorded(to: peer.url)
    #expect(try await recorder.messages.next() == .text("last"))
    #expect(try await recorder.ends.next() == .failed(.peerVanished))
    await channel.finished()
    guard case .read = try await peer.reports.next() else {
      Issue.record("the other direction was not ended")
      return
    }
  }

  @Test func endInMidFrame() async throws {
    let peer = try ScriptedPeer([
      .upgrade(then: Array(frame(2, [1, 2, 3]).prefix(4))), .finishWriting, .readToEnd,
    ])
    let (_, recorder) = try await WebSocketChannel.recorded(to: peer.url)
    #expect(try await recorder.ends.next() == .failed(.peerVanished))
    #expect(recorder.messages.count == 0)
  }

  /// The cable is pulled in mid-frame: neither FIN nor RST ever comes, and pings stay unanswered.
  @Test func silenceInMidFrame() async throws {
    let peer = try ScriptedPeer([
      .upgrade(then: Array(frame(2, [1, 2, 3]).prefix(4))), .readToEnd,
    ])
    var options = ConnectOptions()
    options.connection.pingInterval = 30_000_000
    options.connection.pingTimeout = 150_000_000
    let start = MonotonicTime.current()
    let (channel, recorder) = try await WebSocketChannel.recorded(to: peer.url, options: options)
    #expect(try await recorder.ends.next() == .failed(.pingTimeout(nanoseconds: 150_000_000)))
    #expect(MonotonicTime.current().nanoseconds(since: start) >= 150_000_000)
    await channel.finished()
    // Pings were sent: masked, of eight bytes.
    guard case .read(let bytes) = try await peer.reports.next() else {
      Issue.record("nothing was read")
      return
    }
    #expect(bytes.starts(with: [0x89, 0x88]))
  }

  /// Bytes of a frame that grows are a sign of life, even while no pong comes.
  @Test func aSlowFrameIsNotSilence() async throws {
    let content = Array(repeating: UInt8(ascii: "."), count: 100)
    let peer = try ScriptedPeer([
      .upgrade(), .drip(frame(1, content), milliseconds: 20), .readToEnd,
    ])
    var options = ConnectOptions()
    options.connection.pingInterval = 20_000_000
    // Far more than between two bytes, less than the message takes; machines that stall for as
    // long have other troubles.
    options.connection.pingTimeout = 1_500_000_000
    let (channel, recorder) = try await WebSocketChannel.recorded(to: peer.url, options: options)
    #expect(try await recorder.messages.next() == Message(kind: .text, bytes: content))
    channel.abort()
    #expect(try await recorder.ends.next() == .transport(.cancelled))
  }

  @Test func aCloseFrameWithoutAnAnswer() async throws {
    let peer = try ScriptedPeer([.upgrade(), .readToEnd])
    var options = ConnectOptions()
    options.connection.closeTimeout = 100_000_000
    let (channel, recorder) = try await WebSocketChannel.recorded(to: peer.url, options: options)
    channel.close(CloseFrame(code: .normal, reason: "bye"))
    #expect(try await recorder.ends.next() == .failed(.closeTimeout(nanoseconds: 100_000_000)))
    await channel.finished()
    guard case .read(let bytes) = try await peer.reports.next() else {
      Issue.record("nothing was read")
      return
    }
    #expect(bytes.starts(with: [0x88, 0x85]))
  }

  /// A peer in a hurry closes and resets in one go: what it said counts, not how it went.
  @Test func aCloseFrameBeforeTheResetIsHeard() async throws {
    let peer = try ScriptedPeer([
      .upgrade(), .pause, .send(frame(8, closePayload(1008, "policy"))), .reset, .report,
    ])
    let (channel, recorder) = try await WebSocketChannel.recorded(to: peer.url)
    // So that frame and reset are both there when the channel looks.
    channel.pauseReading()
    peer.proceed()
    #expect(try await peer.reports.next() == .reached)
    channel.resumeReading()
    let end = try await recorder.ends.next()
    #expect(end.closeCode == 1008, "\(end)")
  }

  /// The same, where the reset is met by sending.
  @Test func aCloseFrameIsHeardThoughSendingFails() async throws {
    let peer = try ScriptedPeer([
      .upgrade(), .pause, .send(frame(8, closePayload(1008, "policy"))), .reset, .report,
    ])
    let (channel, recorder) = try await WebSocketChannel.recorded(to: peer.url)
    channel.pauseReading()
    peer.proceed()
    #expect(try await peer.reports.next() == .reached)
    channel.resumeReading()
    // In this very turn, before anything is read.
    try channel.send(.binary(Array(repeating: 1, count: 100_000)))
    let end = try await recorder.ends.next()
    #expect(end.closeCode == 1008, "\(end)")
  }

  @Test func droppedWithoutAWord() async throws {
    let peer = try ScriptedPeer([.upgrade(), .readToEnd])
    let (channel, recorder) = try await WebSocketChannel.recorded(to: peer.url)
    channel.abort()
    #expect(try await recorder.ends.next() == .transport(.cancelled))
    await channel.finished()
    #expect(try await peer.reports.next() == .read([]))
    // Once more is no error, and tells nobody.
    channel.abort()
    channel.close(CloseFrame())
    await nextTurn()
    #expect(recorder.ends.count == 0)
  }

  @Test func nothingHoldsAChannelAfterItsEnd() async throws {
    let peer = try ScriptedPeer([.upgrade(), .readToEnd])
    weak var channel: WebSocketChannel?
    do {
      let (made, recorder) = try await WebSocketChannel.recorded(to: peer.url)
      channel = made
      made.abort()
      _ = try await recorder.ends.next()
      await made.finished()
    }
    await nextTurn()
    #expect(channel == nil)
  }

  @Test func aChannelThatNobodyHoldsIsGone() async throws {
    let peer = try ScriptedPeer([.upgrade(), .readToEnd])
    weak var channel: WebSocketChannel?
    do {
      let made = try await WebSocketChannel.connect(
        to: peer.url, options: ConnectOptions(), deadline: .patient())
      channel = made
      await nextTurn()
    }
    #expect(channel == nil)
    #expect(try await peer.reports.next() == .read([]))
  }

  /// A channel that is closed before anybody listens still ends in order.
  @Test func closedWithoutAHandler() async throws {
    let peer = try ScriptedPeer([
      .upgrade(then: frame(1, Array("unheard".utf8))), .send(frame(8, [3, 232])), .readToEnd,
    ])
    let channel = try await WebSocketChannel.connect(
      to: peer.url, options: ConnectOptions(), deadline: .patient())
    channel.close(CloseFrame())
    await channel.finished()
    guard case .read(let bytes) = try await peer.reports.next() else {
      Issue.record("nothing was read")
      return
    }
    #expect(bytes.starts(with: [0x88, 0x82]))
  }

  /// A violation is told to the peer before the connection ends.
  @Test func aViolationIsAnsweredWithItsCode() async throws {
    let peer = try ScriptedPeer([
      .upgrade(then: frame(1, [0xFF])), .readToEnd,
    ])
    let (channel, recorder) = try await WebSocketChannel.recorded(to: peer.url)
    #expect(try await recorder.ends.next() == .failed(.invalidText))
    await channel.finished()
    guard case .read(let bytes) = try await peer.reports.next(), bytes.count > 8 else {
      Issue.record("nothing was read")
      return
    }
    #expect(bytes[0] == 0x88)
    let key = bytes[2..<6]
    let code = zip(bytes[6..<8], key).map { $0 ^ $1 }
    #expect(code == [1007 >> 8, 1007 & 0xFF])
  }
}

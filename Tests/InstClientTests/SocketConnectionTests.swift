import InstClient
import InstProtocol
import JSONText
import Testing
import Transport
import WebSocket

/// The real socket (PROTOCOL section 7, WebSocketConnectionClient), against a scripted server.
@EventLoop
@Suite struct SocketConnectionTests {
  private let peer: SocketPeer
  private let delegate = SocketDelegate()
  private let client: WebSocketConnectionClient

  init() throws {
    peer = try SocketPeer()
    var options = WebSocketConnectionClient.Options()
    options.reconnect.minimumMilliseconds = 1
    options.reconnect.maximumMilliseconds = 1
    client = WebSocketConnectionClient(url: peer.url, options: options)
    client.delegate = delegate
  }

  private func end() async {
    client.disconnect()
    client.delegate = nil
    await client.finished()
    peer.stop()
  }

  @Test func framesAreNumberedFromOneAndGoOnOverReconnects() async throws {
    client.connect()
    await delegate.until { client.isConnected }
    client.markEstablished()
    let ping = ClientMessage.unknown(type: "p", try RawJSON(validating: #"{"type":"p"}"#))
    #expect(try client.send(ping) == 1)
    #expect(try client.send(ping) == 2)
    await delegate.until { peer.frames.count == 2 }
    peer.hangUp()
    await delegate.until { peer.connectionCount == 2 && client.isConnected }
    #expect(try client.send(ping) == 3)
    await delegate.until { peer.frames.count == 3 }
    #expect(peer.frames == (1...3).map { #"[1,\#($0),{"type":"p"}]"# })
    await end()
  }

  /// Over reconnects, too.
  @Test func bytesThatHaveComeAreCounted() async throws {
    #expect(client.receivedBytes == 0)
    client.connect()
    await delegate.until { client.isConnected }
    client.markEstablished()
    let text = #"[1,-1,{"type":"news"}]"#
    peer.send(text)
    await delegate.until { delegate.types.count == 1 }
    let first = client.receivedBytes
    #expect(first >= text.utf8.count)
    #expect(first < 2 * text.utf8.count)
    peer.hangUp()
    await delegate.until { peer.connectionCount == 2 && client.isConnected }
    peer.send(text)
    await delegate.until { delegate.types.count == 2 }
    // The close frame may have come, or not.
    #expect((2 * first...2 * first + 10).contains(client.receivedBytes))
    await end()
    #expect(client.receivedBytes >= 2 * first)
  }

  @Test func aPauseIsKeptOverAReconnect() async throws {
    client.connect()
    await delegate.until { client.isConnected }
    client.markEstablished()
    client.pauseReading()
    client.pauseReading()
    peer.hangUp()
    // A paused connection does not hear of its end; sending finds out.
    let ping = ClientMessage.unknown(type: "p", try RawJSON(validating: #"{"type":"p"}"#))
    await delegate.until {
      _ = try? client.send(ping)
      return peer.connectionCount == 2 && client.isConnected
    }
    peer.send(#"[1,-1,{"type":"news"}]"#)
    // The server answers later words of ours, so its news have been here.
    let seen = peer.frames.count
    _ = try client.send(ping)
    await delegate.until { peer.frames.count > seen }
    #expect(delegate.types.isEmpty)
    client.resumeReading()
    #expect(delegate.types.isEmpty)
    client.resumeReading()
    await delegate.until { !delegate.types.isEmpty }
    #expect(delegate.types == ["news"])
    await end()
  }
}

@EventLoop
final class SocketDelegate: ConnectionClientDelegate {
  var types: [String] = []
  var contents: [String] = []
  var states: [ConnectionState] = []
  var sendingFailures: [(id: Int, error: ClientError)] = []
  var unreadable: [String] = []
  var failure: ClientError?
  var roomCount = 0

  func connectionChanged(to state: ConnectionState) { states.append(state) }
  func received(_ frame: ReceivedFrame) {
    types.append(frame.typeText)
    contents.append(String(decoding: frame.bytes, as: UTF8.self))
  }
  func receivedAll() {}
  func canSend() { roomCount += 1 }
  func receivedUnreadable(_ reason: String) { unreadable.append(reason) }
  func sendingFailed(frameID: Int, because error: ClientError) {
    sendingFailures.append((frameID, error))
  }
  func failed(_ error: ClientError) { failure = error }

  /// Waits, at most twenty seconds, until something is so.
  func until(
    _ location: SourceLocation = #_sourceLocation, _ isThere: @EventLoop () -> Bool
  ) async {
    let end = MonotonicTime.current().advanced(byMilliseconds: 20_000)
    while !isThere() {
      if MonotonicTime.current() > end {
        Issue.record("what was waited for did not happen", sourceLocation: location)
        return
      }
      let soon = Promise<Void>()
      Reactor.shared.schedule(at: MonotonicTime.current().advanced(byMilliseconds: 1)) {
        soon.fulfil(())
      }
      await soon.get()
    }
  }
}

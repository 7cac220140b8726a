import Transport
import WebSocket

/// One connected client.
@EventLoop
final class ServerClient: WebSocketChannelHandler {
  let id: ClientID
  private let channel: WebSocketChannel
  private weak var server: InstServer?
  /// The bytes of the frames that wait for their time.
  private var heldBytes = 0
  private let maximumHeldBytes: Int

  init(id: ClientID, channel: WebSocketChannel, server: InstServer, maximumHeldBytes: Int) {
    self.id = id
    self.channel = channel
    self.server = server
    self.maximumHeldBytes = maximumHeldBytes
  }

  func send(_ frame: [UInt8]) {
    do throws(WebSocketError) {
      try channel.send(frame)
    } catch {
      if case .outputFull = error { cutOff("reads too slowly") }
    }
  }

  /// Sends a frame when its time has come.
  func send(_ frame: [UInt8], at time: MonotonicTime) {
    // One frame is always taken, however large.
    guard heldBytes == 0 || frame.count <= maximumHeldBytes - heldBytes else {
      return cutOff("is sent too much at once")
    }
    heldBytes += frame.count
    Reactor.shared.schedule(at: time) { [weak self] in
      self?.heldBytes -= frame.count
      self?.send(frame)
    }
  }

  func close(_ frame: CloseFrame) { channel.close(frame) }

  /// Closes when the time has come.
  func close(_ frame: CloseFrame, at time: MonotonicTime) {
    Reactor.shared.schedule(at: time) { [weak self] in self?.close(frame) }
  }

  /// Waits until the connection is gone.
  func finished() async { await channel.finished() }

  private func cutOff(_ reason: String) {
    server?.onNote?("client \(id.rawValue) \(reason) and is cut off")
    channel.abort()
  }

  func channel(
    _ channel: WebSocketChannel, received kind: MessageKind, _ payload: UnsafeRawBufferPointer
  ) {
    // Binary messages are ignored without a word (PROTOCOL section 3).
    if kind == .text { server?.received(payload, from: id) }
  }

  func channelDrained(_ channel: WebSocketChannel) {}
  func channelCanSend(_ channel: WebSocketChannel) {}
  func channel(_ channel: WebSocketChannel, ended end: ChannelEnd) { server?.ended(id, end) }
}

import InstClient
import JSONText
import Transport
import WebSocket

/// A server on a real socket whose words are the test's.
@EventLoop
final class SocketPeer {
  private(set) var frames: [String] = []
  private(set) var connectionCount = 0
  /// What is answered to a frame.
  var answer: (@EventLoop (String) -> [String])?
  private var listener: Listener?
  private var channel: WebSocketChannel?
  private let reader = PeerReader()

  init() throws {
    listener = try Listener(host: "127.0.0.1", port: 0) { [weak self] connection in
      EventLoop.start {
        guard
          let channel = try? await WebSocketChannel.accept(connection, options: AcceptOptions())
        else { return }
        self?.opened(channel)
      }
    }
    reader.received = { [weak self] in self?.received($0) }
  }

  var url: WebSocketURL {
    WebSocketURL(
      isSecure: false, host: "127.0.0.1", port: listener?.address.port ?? 0, target: "/")
  }

  private func opened(_ channel: WebSocketChannel) {
    self.channel = channel
    connectionCount += 1
    channel.handler = reader
  }

  private func received(_ frame: String) {
    frames.append(frame)
    for answer in answer?(frame) ?? [] { send(answer) }
  }

  func send(_ frame: String) { try? channel?.send(Array(frame.utf8)) }

  /// Drops the connection without a word.
  func hangUp() { channel?.abort() }

  func stop() {
    listener?.close()
    listener = nil
    channel?.abort()
  }
}

@EventLoop
private final class PeerReader: WebSocketChannelHandler {
  var received: (@EventLoop (String) -> Void)?

  func channel(
    _ channel: WebSocketChannel, received kind: MessageKind, _ payload: UnsafeRawBufferPointer
  ) { received?(String(decoding: payload, as: UTF8.self)) }
  func channelDrained(_ channel: WebSocketChannel) {}
  func channelCanSend(_ channel: WebSocketChannel) {}
  func channel(_ channel: WebSocketChannel, ended end: ChannelEnd) {}
}

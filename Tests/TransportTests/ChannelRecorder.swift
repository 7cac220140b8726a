import Testing
import WebSocket

@testable import Transport

/// A message as a value.
struct Message: Hashable, Sendable, CustomStringConvertible {
  let kind: MessageKind
  let bytes: [UInt8]

  static func text(_ text: String) -> Message { Message(kind: .text, bytes: Array(text.utf8)) }
  static func binary(_ bytes: [UInt8]) -> Message { Message(kind: .binary, bytes: bytes) }

  var description: String {
    kind == .text && bytes.count <= 100
      ? String(decoding: bytes, as: UTF8.self) : "\(kind) of \(bytes.count) bytes"
  }
}

/// Keeps what a channel tells its user; checks that it is told on the loop.
@EventLoop
final class ChannelRecorder: WebSocketChannelHandler {
  let messages = Mailbox<Message>("a message")
  let ends = Mailbox<ChannelEnd>("the end of the channel")
  let room = Mailbox<Bool>("room to send")
  private(set) var hasEnded = false
  /// A channel lives as long as somebody holds it.
  private let channel: WebSocketChannel
  typealias Action = @EventLoop (WebSocketChannel, Message) -> Void
  private let onMessage: Action?

  /// Becomes the channel's handler; `onMessage` is called with each message before it is kept.
  init(_ channel: WebSocketChannel, onMessage: Action? = nil) {
    self.channel = channel
    self.onMessage = onMessage
    channel.handler = self
  }

  func channel(
    _ channel: WebSocketChannel, received kind: MessageKind, _ payload: UnsafeRawBufferPointer
  ) {
    EventLoop.assumeIsolated {
      #expect(!hasEnded)
      let message = Message(kind: kind, bytes: Array(payload))
      onMessage?(channel, message)
      messages.put(message)
    }
  }

  func channelDrained(_ channel: WebSocketChannel) { EventLoop.assumeIsolated {} }

  func channelCanSend(_ channel: WebSocketChannel) { room.put(true) }

  func channel(_ channel: WebSocketChannel, ended end: ChannelEnd) {
    #expect(!hasEnded, "the end is told once")
    hasEnded = true
    ends.put(end)
  }
}

extension WebSocketChannel {
  /// Connects, with a recorder as handler.
  static func recorded(
    to url: WebSocketURL, options: ConnectOptions = ConnectOptions(),
    onMessage: ChannelRecorder.Action? = nil
  ) async throws -> (channel: WebSocketChannel, recorder: ChannelRecorder) {
    let channel = try await connect(to: url, options: options, deadline: .patient())
    return (channel, ChannelRecorder(channel, onMessage: onMessage))
  }

  func send(_ message: Message) throws(WebSocketError) {
    try message.bytes.span.bytes.withUnsafeBytes { (bytes) throws(WebSocketError) in
      try send(message.kind, bytes)
    }
  }
}

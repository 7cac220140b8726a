/// What happened on a connection, in order.
public enum WebSocketEvent: Hashable, Sendable {
  /// A whole message; its bytes are the payload.
  case message(MessageKind)
  /// A ping, already answered; its application data is the payload.
  case ping
  /// A pong, asked for or not; its application data is the payload.
  case pong
  /// The peer's close frame; already answered if it came first.
  case closeReceived(CloseFrame)
  /// The last event: the closing handshake is complete, or the peer ended the stream after our
  /// close frame.
  case closed(WebSocketClosure)
  /// The last event: a violation, a limit or silence. A close frame that says so is queued
  /// where one can still be sent.
  case failed(WebSocketError)
}

/// How a connection was closed (RFC 6455, section 7.1.4 to 7.1.6).
public struct WebSocketClosure: Hashable, Sendable {
  /// Whether this end sent its close frame first.
  public var startedHere: Bool
  /// The close frame that was sent.
  public var sent: CloseFrame?
  /// The close frame that was received.
  public var received: CloseFrame?

  /// Whether both ends said that they close.
  public var isClean: Bool { sent != nil && received != nil }

  /// How a connection was closed.
  public init(startedHere: Bool, sent: CloseFrame?, received: CloseFrame?) {
    self.startedHere = startedHere
    self.sent = sent
    self.received = received
  }
}

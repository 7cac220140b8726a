/// What was said about closing so far (RFC 6455, section 7).
struct Closing {
  var sent: CloseFrame?
  var received: CloseFrame?
  var startedHere = false
  /// Until when the peer's close frame, and then the end of its stream, is waited for.
  var deadline: MonotonicTime?
  /// Nothing of the peer is worth waiting for any more.
  var isOver = false
}

extension WebSocketConnection {
  /// Starts the closing handshake; does nothing if it has begun.
  ///
  /// A code that must not be sent (see ``CloseCode/maySend``) makes an empty close frame, and a
  /// reason of more than 123 bytes is cut between two scalars.
  public mutating func close(_ frame: CloseFrame = CloseFrame(), now: MonotonicTime) {
    guard state == .open else { return }
    self.now = now
    closing.startedHere = true
    sendClose(frame)
    state = .closing
    closing.deadline = clock.advanced(byNanoseconds: configuration.closeTimeout)
  }

  /// Whether the driver should close the transport, once the pending output is written.
  ///
  /// A server closes first; a client waits for the end of the stream until ``nextDeadline``, so that
  /// the server is the one to keep the port (RFC 6455, section 7.1.1). A server that failed
  /// the connection should let the peer read the close frame: end its own stream, then drop input for a while.
  public var mayCloseTransport: Bool { state == .closed && (closing.isOver || peerEnded) }

  private mutating func sendClose(_ frame: CloseFrame) {
    closing.sent = frame
    frame.encode().withUnsafeBytes { appendControl(.close, $0) }
  }

  /// Answers the peer's close frame, or completes the handshake that began here.
  mutating func closeFrameReceived(_ frame: CloseFrame) -> WebSocketEvent {
    closing.received = frame
    if closing.sent == nil { sendClose(CloseFrame(code: frame.code)) }
    queuedEvent = .closed(closure)
    finish(waitingForPeer: role == .client)
    return .closeReceived(frame)
  }

  /// The peer's stream ended, and everything before its end was read.
  mutating func streamEnded() -> WebSocketEvent {
    if closing.sent == nil { return fail(.peerVanished) }
    finish(waitingForPeer: false)
    return .closed(closure)
  }

  /// Ends the connection for a reason that the peer is told, if it can be (section 7.1.7).
  mutating func fail(_ error: WebSocketError) -> WebSocketEvent {
    let mayTell = state == .open && error.closeCode.maySend
    if mayTell { sendClose(CloseFrame(code: error.closeCode, reason: error.description)) }
    finish(waitingForPeer: mayTell && role == .client)
    return .failed(error)
  }

  private var closure: WebSocketClosure {
    WebSocketClosure(
      startedHere: closing.startedHere, sent: closing.sent, received: closing.received)
  }

  private mutating func finish(waitingForPeer: Bool) {
    state = .closed
    frame = nil
    message.kind = nil
    closing.isOver = !waitingForPeer
    closing.deadline =
      waitingForPeer ? clock.advanced(byNanoseconds: configuration.closeTimeout) : nil
  }
}

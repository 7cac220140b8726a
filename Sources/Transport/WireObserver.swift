public import WebSocket

/// Something that crossed the wire on one connection, or happened to it.
public enum WireEvent: Sendable {
  /// A step of making the connection is done.
  case step(ConnectReport)
  /// A request was sent: the upgrade, or one of HTTP. Secrets are in it.
  case request(HTTPRequestHead, body: [UInt8])
  /// Its response arrived. Of the body of a refused upgrade there is the beginning.
  case response(HTTPResponseHead, body: [UInt8])
  /// A frame was received, or queued to be sent. Secrets are in it.
  case frame(FrameRecord)
  /// The WebSocket came to its end.
  case ended(ChannelEnd)
  /// There is no connection, or no response; the text says why.
  case failed(String)
}

/// Who is told of what crosses the wire on one connection, in order and at once. It must leave the
/// connection alone during the call.
public struct WireObserver: Sendable {
  /// Whether frames are told of. They are copied for it.
  public var wantsFrames: Bool
  /// The listener.
  public var tell: @EventLoop @Sendable (WireEvent) -> Void

  /// Takes the parts.
  public init(
    wantsFrames: Bool = true, tell: @escaping @EventLoop @Sendable (WireEvent) -> Void
  ) {
    self.wantsFrames = wantsFrames
    self.tell = tell
  }
}

extension WireObserver {
  /// Who is told of the steps of a connection: the observer, a reporter, both, or nobody.
  static func reporter(
    _ observer: WireObserver?, and report: ConnectReporter?
  ) -> ConnectReporter? {
    guard let observer else { return report }
    return { step in
      report?(step)
      observer.tell(.step(step))
    }
  }
}

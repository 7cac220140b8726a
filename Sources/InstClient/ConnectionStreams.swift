public import InstProtocol
public import JSONText
public import Transport

/// What a connection client tells to any number of readers besides its one delegate (PROTOCOL section
/// 7, ConnectionClient). While nobody reads it costs next to nothing.
@EventLoop
public final class ConnectionStreams {
  private weak var client: (any ConnectionClient)?
  private let states = EventHub<ConnectionState>()
  private let errors = EventHub<ErrorInfo>()
  private let messages = EventHub<RawJSON>()

  /// Told of each state at once, before anybody else; nil for nobody.
  public var stateObserver: (@EventLoop (ConnectionState) -> Void)?

  /// The streams of a client that shows them what happens.
  public init() {}

  /// The client's state has changed.
  public func connectionChanged(to state: ConnectionState) {
    stateObserver?(state)
    if states.isUsed { states.post(state) }
  }

  /// A frame has arrived.
  public func received(_ frame: ReceivedFrame) {
    guard messages.isUsed || errors.isUsed else { return }
    switch frame.scan.form {
    case .message where messages.isUsed:
      if let content = frame.content {
        messages.post(RawJSON(scanned: content), tag: frame.typeText)
      }
    case .error:
      if case .error(_, let info)? = try? Envelope<ServerMessage>(parsing: frame.bytes) {
        errors.post(info)
      }
    default: break
    }
  }

  fileprivate func states(of client: any ConnectionClient) -> EventStream<ConnectionState> {
    self.client = client
    return states.stream(pausing: self)
  }

  fileprivate func errors(of client: any ConnectionClient) -> EventStream<ErrorInfo> {
    self.client = client
    return errors.stream(pausing: self)
  }

  fileprivate func messages(
    _ type: String?, of client: any ConnectionClient
  ) -> EventStream<RawJSON> {
    self.client = client
    return messages.stream(pausing: self, tag: type)
  }

  /// Ends all of them.
  isolated deinit {
    states.finish()
    errors.finish()
    messages.finish()
  }
}

extension ConnectionStreams: ReadingPausable {
  func pauseReading() { client?.pauseReading() }
  func resumeReading() { client?.resumeReading() }
}

extension ConnectionClient {
  /// The states from the next change on. The stream ends with the client.
  public func connectionStates() -> EventStream<ConnectionState> { streams.states(of: self) }

  /// The errors that the server reports, whatever they belong to (PROTOCOL section 3).
  public func onError() -> EventStream<ErrorInfo> { streams.errors(of: self) }

  /// The server's messages, each as it came.
  ///
  /// - Parameter type: the one type to hear of, such as `repo/add_updates`; nil for all.
  public func event(_ type: String? = nil) -> EventStream<RawJSON> {
    streams.messages(type, of: self)
  }
}

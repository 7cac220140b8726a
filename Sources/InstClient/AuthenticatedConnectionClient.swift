public import InstProtocol
public import Transport
public import WebSocket

/// What a client logs in with.
public enum ConnectionIndicator: Hashable, Sendable {
  /// A bare id: nobody in particular.
  case connectionID(String)
  /// The text of a token, which names user, session, connection and inst. The server judges it.
  case token(Secret)
}

/// Logs in on every connection, and says that it is connected only when the server agrees (PROTOCOL
/// sections 5 and 7).
@EventLoop
public final class AuthenticatedConnectionClient: ConnectionClient {
  /// Told of states, messages and errors; see ``ConnectionClient/delegate``.
  public var delegate: (any ConnectionClientDelegate)?
  /// Where the client is in its life.
  public private(set) var connectionState = ConnectionState(.disconnected)

  /// What the present connection has logged in with.
  public private(set) var indicator: ConnectionIndicator?
  /// How long the last login took, in milliseconds.
  public private(set) var roundTripMilliseconds: Double?

  private let inner: any ConnectionClient
  private let makeIndicator: @EventLoop () throws(ClientError) -> ConnectionIndicator
  private var loginSent: MonotonicTime?
  private var loginTimer: Reactor.TimerID?

  /// Wraps a connection.
  ///
  /// - Parameter indicator: asked before each login, so that a token can be made anew.
  public init(
    _ inner: any ConnectionClient,
    indicator: @escaping @EventLoop () throws(ClientError) -> ConnectionIndicator
  ) {
    self.inner = inner
    makeIndicator = indicator
  }

  /// The server's origin, to which credentials belong.
  public var origin: String? { inner.origin }
  /// By when the connection that is being made must be ready for use.
  public var openingDeadline: Deadline? { inner.openingDeadline }
  /// When the server last sent something of substance.
  public var lastProgress: MonotonicTime { inner.lastProgress }
  /// Bytes that wait for the server to take them.
  public var pendingOutput: Int { inner.pendingOutput }
  /// The dialect in which messages are sent.
  public var dialect: Dialect {
    get { inner.dialect }
    set { inner.dialect = newValue }
  }
  /// Whether the dialect is to be found out.
  public var mayChangeDialect: Bool { inner.mayChangeDialect }

  /// Makes a connection, and makes it again when it is lost.
  public func connect() {
    inner.delegate = self
    inner.connect()
  }

  /// Ends the connection in order.
  public func disconnect() {
    stopWaiting()
    inner.disconnect()
    inner.delegate = nil
  }

  /// Waits until nothing of an ended connection is left.
  public func finished() async { await inner.finished() }
  /// The connection serves its purpose; see ``ConnectionClient/markEstablished()``.
  public func markEstablished() { inner.markEstablished() }
  /// Takes the present connection for lost.
  public func dropConnection(because error: ClientError) {
    stopWaiting()
    inner.dropConnection(because: error)
  }
  /// Lets the server wait; see ``ConnectionClient/pauseReading()``.
  public func pauseReading() { inner.pauseReading() }
  /// Takes one pause back.
  public func resumeReading() { inner.resumeReading() }

  /// Sends a message; the result is the envelope's id.
  public func send(_ message: ClientMessage) throws(ClientError) -> Int {
    guard isConnected else { throw .notConnected }
    return try inner.send(message)
  }

  // MARK: Login

  private func logIn() {
    do throws(ClientError) {
      let indicator = try makeIndicator()
      self.indicator = indicator
      loginSent = Reactor.shared.now
      _ = try inner.send(.login(Login(indicator)))
    } catch {
      inner.dropConnection(because: error)
    }
  }

  private func waitForLogin() {
    guard let deadline = inner.openingDeadline else { return }
    // Not weak: that would slow down every later use, and the timer ends with the login.
    loginTimer = Reactor.shared.schedule(at: deadline.time) { [self] in
      loginTimer = nil
      inner.dropConnection(because: .loginTimedOut(milliseconds: deadline.milliseconds))
    }
  }

  private func stopWaiting() {
    if let loginTimer { Reactor.shared.cancel(loginTimer) }
    loginTimer = nil
  }

  private func changeState(_ state: ConnectionState) {
    connectionState = state
    delegate?.connectionChanged(to: state)
  }
}

extension AuthenticatedConnectionClient: ConnectionClientDelegate {
  /// For the wrapped connection.
  public func connectionChanged(to state: ConnectionState) {
    stopWaiting()
    guard state.isConnected else { return changeState(state) }
    changeState(ConnectionState(.authenticating))
    waitForLogin()
    logIn()
  }

  /// For the wrapped connection.
  public func received(_ frame: ReceivedFrame) {
    guard connectionState.phase == .authenticating else {
      delegate?.received(frame)
      return
    }
    switch frame.scan.type {
    case .loginResult: loginAnswered(frame)
    case .rateLimitExceeded: retryLogin(after: frame)
    default: delegate?.received(frame)
    }
  }

  private func loginAnswered(_ frame: ReceivedFrame) {
    guard case .loginResult(let result)? = frame.serverMessage() else {
      return inner.dropConnection(because: .protocolViolation("a login_result without its fields"))
    }
    stopWaiting()
    switch result.outcome {
    case .success(let info):
      if let loginSent {
        let elapsed = Reactor.shared.now.nanoseconds - loginSent.nanoseconds
        roundTripMilliseconds = Double(elapsed) / 1_000_000
      }
      inner.markEstablished()
      changeState(ConnectionState(.connected, info: info))
    case .failure(let error):
      inner.dropConnection(because: .loginRefused(error))
    }
  }

  /// The login itself went over the server's rate: it was dropped, so it goes again when the server
  /// says, as long as the deadline allows.
  private func retryLogin(after frame: ReceivedFrame) {
    delegate?.received(frame)
    guard case .rateLimitExceeded(let notice)? = frame.serverMessage() else { return }
    let due = Reactor.shared.now.advanced(byMilliseconds: notice.waitMilliseconds)
    Reactor.shared.schedule(at: due) { [self] in
      if connectionState.phase == .authenticating { logIn() }
    }
  }

  /// For the wrapped connection.
  public func receivedAll() { delegate?.receivedAll() }
  /// For the wrapped connection.
  public func canSend() { delegate?.canSend() }
  /// For the wrapped connection.
  public func receivedUnreadable(_ reason: String) { delegate?.receivedUnreadable(reason) }
  /// For the wrapped connection.
  public func sendingFailed(frameID: Int, because error: ClientError) {
    delegate?.sendingFailed(frameID: frameID, because: error)
  }
  /// For the wrapped connection.
  public func failed(_ error: ClientError) {
    inner.delegate = nil
    delegate?.failed(error)
  }
}

extension Login {
  fileprivate init(_ indicator: ConnectionIndicator) {
    switch indicator {
    case .connectionID(let id): self.init(connectionID: id)
    case .token(let token): self.init(connectionToken: token)
    }
  }
}

public import InstProtocol
import JSONText
public import Transport
public import WebSocket

/// Logs in on every connection with what a ``PartitionAuthSource`` has for its origin, and says that it is
/// connected only when the server agrees (PROTOCOL sections 5 and 7).
///
/// Where there is nothing to log in with, or it was refused, the source is asked; where nobody answers
/// there, the client fails at once with ``ClientError/loginRefused(_:)``. While an answer is due (from a human,
/// perhaps) the login's deadline stands still: each login that follows has the whole allowance again. No
/// connection is made just to wait on it, but one that is open is kept for the next try, as long as the
/// server keeps it.
///
/// New credentials while connected log in again on the same connection, which stays of use all the time;
/// when they are refused, the login before them counts on, and the source is asked.
@EventLoop
public final class AuthenticatedConnectionClient: ConnectionClient {
  /// Told of states, messages and errors; see ``ConnectionClient/delegate``.
  public var delegate: (any ConnectionClientDelegate)?
  /// Where the client is in its life.
  public private(set) var connectionState = ConnectionState(.disconnected)
  /// Readers of what happens.
  public let streams = ConnectionStreams()

  /// What the present connection has logged in with, or is about to.
  public internal(set) var indicator: ConnectionIndicator?
  /// How long the last login took, in milliseconds.
  public internal(set) var roundTripMilliseconds: Double?
  /// The inst for which tokens are made from a key.
  public let inst: InstAddress?

  let inner: any ConnectionClient
  let authSource: PartitionAuthSource
  /// A login that is not answered yet.
  var pendingLogin: (frameID: Int, sent: MonotonicTime)?
  /// Why credentials are waited for.
  var unmetRequest: AuthRequest?
  /// Whether the wrapped client makes connections, or has one.
  var isInnerActive = false
  var isAsking = false
  /// Ends what takes too long, or what cannot begin.
  var timer: Reactor.TimerID?
  /// Logins that were sent again while the one before was unanswered: so many answers are superfluous.
  var surplusLogins = 0
  /// When an unanswered login goes again.
  var loginRepeat: Reactor.TimerID?
  /// Whether the server has said since that it drops messages.
  var isLoginLimited = false
  var permissionFrames: [Int: PendingPermission] = [:]
  /// When they go again, because the server may have dropped them.
  var permissionsDue: MonotonicTime?

  /// Wraps a connection.
  ///
  /// - Parameters:
  ///   - inner: The connection, which does not log in.
  ///   - authSource: Where the credentials are.
  ///   - inst: The inst that the connection is for. Nil where there is none, or any public one: see
  ///     ``ConnectionCredentials/indicator(for:atMilliseconds:)``.
  public init(
    _ inner: any ConnectionClient, authSource: PartitionAuthSource, inst: InstAddress? = nil
  ) {
    self.inner = inner
    self.authSource = authSource
    self.inst = inst
  }

  /// Wraps a connection that has credentials of its own, which nobody can replace.
  public convenience init(
    _ inner: any ConnectionClient, credentials: ConnectionCredentials, inst: InstAddress? = nil
  ) {
    let authSource = PartitionAuthSource()
    authSource.setCredentials(credentials, forOrigin: inner.origin ?? "")
    self.init(inner, authSource: authSource, inst: inst)
  }

  /// The server's origin, to which credentials belong.
  public var origin: String? { inner.origin }
  /// By when the connection that is being made must be ready for use.
  public var openingDeadline: Deadline? { inner.openingDeadline }
  /// When the server last sent something of substance.
  public var lastProgress: MonotonicTime { inner.lastProgress }
  /// Bytes that have come from the server.
  public var receivedBytes: Int { inner.receivedBytes }
  /// Bytes that wait for the server to take them.
  public var pendingOutput: Int { inner.pendingOutput }
  /// Whether a message is on its way to the server's storage.
  public func isUploading(_ frameID: Int) -> Bool { inner.isUploading(frameID) }
  /// The dialect in which messages are sent.
  public var dialect: Dialect {
    get { inner.dialect }
    set { inner.dialect = newValue }
  }
  /// Whether the dialect is to be found out.
  public var mayChangeDialect: Bool { inner.mayChangeDialect }

  // MARK: Life

  /// Makes a connection, and makes it again when it is lost. Without anything to log in with there is no
  /// connection before the source has an answer.
  public func connect() {
    guard connectionState.phase == .disconnected else { return }
    inner.delegate = self
    authSource.attach(self)
    changeState(ConnectionState(.connecting))
    if findIndicator() { connectInner() }
  }

  /// Ends the connection in order.
  public func disconnect() {
    forgetLogin()
    unmetRequest = nil
    isInnerActive = false
    authSource.detach(self)
    inner.disconnect()
    inner.delegate = nil
    changeState(ConnectionState(.disconnected))
  }

  /// Waits until nothing of an ended connection is left.
  public func finished() async { await inner.finished() }
  /// The connection serves its purpose; see ``ConnectionClient/markEstablished()``.
  public func markEstablished() { inner.markEstablished() }
  /// Takes the present connection for lost.
  public func dropConnection(because error: ClientError) {
    forgetLogin()
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

  func connectInner() {
    isInnerActive = true
    inner.connect()
  }

  func changeState(_ state: ConnectionState) {
    // Whoever is without a connection already needs no other news of the same.
    if !state.isConnected, state == connectionState { return }
    if state.phase == .disconnected, connectionState.phase == .disconnected { return }
    connectionState = state
    streams.connectionChanged(to: state)
    delegate?.connectionChanged(to: state)
  }

  /// Ends the client for good, or until the next ``connect()``.
  func fail(_ error: ClientError) {
    if isInnerActive { inner.dropConnection(because: error) } else { end(error) }
  }

  func end(_ error: ClientError) {
    authSource.detach(self)
    inner.delegate = nil
    var state = ConnectionState(.disconnected)
    state.reason = error.description
    changeState(state)
    delegate?.failed(error)
  }
}

// MARK: - The wrapped connection

extension AuthenticatedConnectionClient: ConnectionClientDelegate {
  /// For the wrapped connection.
  public func connectionChanged(to state: ConnectionState) {
    forgetLogin()
    permissionFrames = [:]
    permissionsDue = nil
    surplusLogins = 0
    guard state.isConnected else {
      // Until the answer is here, an end is none: with it the connection is made anew.
      if state.phase == .disconnected, unmetRequest != nil { return }
      return changeState(state)
    }
    isInnerActive = true
    changeState(ConnectionState(.authenticating))
    // What was refused once is not tried again: the answer is waited for.
    guard connectionState.phase == .authenticating, unmetRequest == nil else { return }
    if let deadline = inner.openingDeadline { waitForLogin(until: deadline) }
    logIn()
  }

  /// For the wrapped connection.
  public func received(_ frame: ReceivedFrame) {
    if frame.scan.form == .error, errorArrived(frame) { return }
    switch frame.scan.type {
    case .loginResult where pendingLogin != nil: loginAnswered(frame)
    case .loginResult where surplusLogins > 0: surplusLogins -= 1
    case .rateLimitExceeded where pendingLogin != nil:
      forward(frame)
      retryLogin(after: frame)
    case .rateLimitExceeded where !permissionFrames.isEmpty:
      forward(frame)
      askAgain(after: frame)
    case .permissionRequest, .permissionResponse: permissionArrived(frame)
    default: forward(frame)
    }
  }

  private func forward(_ frame: ReceivedFrame) {
    streams.received(frame)
    delegate?.received(frame)
  }

  /// Errors about what was sent here rather than by the user of the client.
  private func errorArrived(_ frame: ReceivedFrame) -> Bool {
    guard connectionState.phase == .authenticating || !permissionFrames.isEmpty,
      case .error(let number, let info)? = try? Envelope<ServerMessage>(parsing: frame.bytes)
    else { return false }
    let id = number?.int ?? -1
    if let permission = permissionFrames.removeValue(forKey: id) {
      authSource.refused(permission, info)
      return true
    }
    // Before the login nothing else can be meant by an error that names nothing.
    guard let login = pendingLogin, login.frameID == id || id <= 0 else { return false }
    guard connectionState.phase == .authenticating || login.frameID == id else { return false }
    loginRefused(info)
    return true
  }

  private func permissionArrived(_ frame: ReceivedFrame) {
    let isTaken =
      switch frame.serverMessage() {
      case .permissionRequest(let request)?: authSource.received(request, from: self)
      case .permissionResponse(let response)?: authSource.received(response, from: self)
      default: false
      }
    if !isTaken { forward(frame) }
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
    isInnerActive = false
    // A server that does not wait for a human is no reason to give up.
    if unmetRequest != nil, case .connectionLost = error { return waitWithoutConnection() }
    unmetRequest = nil
    end(error)
  }

  private func waitWithoutConnection() {
    var state = ConnectionState(.connecting)
    state.reason = "waiting for credentials"
    changeState(state)
  }
}

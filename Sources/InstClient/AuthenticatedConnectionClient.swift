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
  public private(set) var indicator: ConnectionIndicator?
  /// How long the last login took, in milliseconds.
  public private(set) var roundTripMilliseconds: Double?
  /// The inst for which tokens are made from a key.
  public let inst: InstAddress?

  private let inner: any ConnectionClient
  private let authSource: PartitionAuthSource
  /// A login that is not answered yet.
  private var pendingLogin: (frameID: Int, sent: MonotonicTime)?
  /// Why credentials are waited for.
  private var unmetRequest: AuthRequest?
  /// Whether the wrapped client makes connections, or has one.
  private var isInnerActive = false
  private var isAsking = false
  /// Ends what takes too long, or what cannot begin.
  private var timer: Reactor.TimerID?
  private var permissionFrames: [Int: PendingPermission] = [:]

  /// Wraps a connection.
  ///
  /// - Parameter inst: the inst that the connection is for. Nil where there is none, or any public one:
  ///   see ``ConnectionCredentials/indicator(for:atMilliseconds:)``.
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
  /// Bytes that wait for the server to take them.
  public var pendingOutput: Int { inner.pendingOutput }
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

  private func connectInner() {
    isInnerActive = true
    inner.connect()
  }

  private func changeState(_ state: ConnectionState) {
    // Whoever is without a connection already needs no other news of the same.
    if !state.isConnected, state == connectionState { return }
    if state.phase == .disconnected, connectionState.phase == .disconnected { return }
    connectionState = state
    streams.connectionChanged(to: state)
    delegate?.connectionChanged(to: state)
  }

  /// Ends the client for good, or until the next ``connect()``.
  private func fail(_ error: ClientError) {
    if isInnerActive { inner.dropConnection(because: error) } else { end(error) }
  }

  private func end(_ error: ClientError) {
    authSource.detach(self)
    inner.delegate = nil
    var state = ConnectionState(.disconnected)
    state.reason = error.description
    changeState(state)
    delegate?.failed(error)
  }

  // MARK: Login

  /// Gets the indicator; where there is none that could be used, asks for one.
  private func findIndicator() -> Bool {
    do throws(ErrorInfo) {
      indicator = try authSource.indicator(forOrigin: originName, inst: inst)
      if indicator != nil { return true }
      ask(.needIndicator(origin: originName))
    } catch {
      indicator = nil
      ask(.invalidIndicator(origin: originName, error))
    }
    return false
  }

  private func ask(_ request: AuthRequest) {
    forgetLogin()
    guard authSource.answersAuthRequests else {
      if !isConnected { giveUp(because: .loginRefused(request.failure)) }
      return
    }
    if !isConnected { unmetRequest = request }
    // The answer may come within the call, and be as bad: then the next request waits a turn.
    if isAsking {
      Reactor.shared.atEndOfTurn { [weak self] in
        guard let self, self.unmetRequest == request else { return }
        self.authSource.sendAuthRequest(request)
      }
    } else {
      isAsking = true
      authSource.sendAuthRequest(request)
      isAsking = false
    }
  }

  private func giveUp(because error: ClientError) {
    if isInnerActive { return fail(error) }
    // Not within the call: who has just called connect() is not ready for the end.
    timer = Reactor.shared.schedule(at: Reactor.shared.now) { [self] in
      timer = nil
      fail(error)
    }
  }

  private func logIn() {
    guard findIndicator(), let indicator else { return }
    do throws(ClientError) {
      pendingLogin = (try inner.send(.login(Login(indicator))), Reactor.shared.now)
    } catch {
      inner.dropConnection(because: error)
    }
  }

  private func waitForLogin(until deadline: Deadline) {
    if let timer { Reactor.shared.cancel(timer) }
    // Not weak: that would slow down every later use, and the timer ends with the login.
    timer = Reactor.shared.schedule(at: deadline.time) { [self] in
      timer = nil
      inner.dropConnection(because: .loginTimedOut(milliseconds: deadline.milliseconds))
    }
  }

  private func forgetLogin() {
    if let timer { Reactor.shared.cancel(timer) }
    timer = nil
    pendingLogin = nil
  }

  private func loginAnswered(_ frame: ReceivedFrame) {
    guard case .loginResult(let result)? = frame.serverMessage() else {
      return inner.dropConnection(because: .protocolViolation("a login_result without its fields"))
    }
    switch result.outcome {
    case .success(let info): loggedIn(info)
    case .failure(let error): loginRefused(error)
    }
  }

  private func loggedIn(_ info: ConnectionInfo) {
    if let sent = pendingLogin?.sent {
      let elapsed = Reactor.shared.now.nanoseconds - sent.nanoseconds
      roundTripMilliseconds = Double(elapsed) / 1_000_000
    }
    forgetLogin()
    inner.markEstablished()
    changeState(ConnectionState(.connected, info: info))
    if isConnected { authSource.clientIsReady(self) }
  }

  private func loginRefused(_ info: ErrorInfo) {
    ask(.invalidIndicator(origin: originName, info))
  }

  /// The login itself went over the server's rate: it was dropped, so it goes again when the server
  /// says, as long as the deadline allows.
  private func retryLogin(after frame: ReceivedFrame) {
    guard let dropped = pendingLogin?.frameID,
      case .rateLimitExceeded(let notice)? = frame.serverMessage()
    else { return }
    let due = Reactor.shared.now.advanced(byMilliseconds: notice.waitMilliseconds)
    Reactor.shared.schedule(at: due) { [weak self] in
      if let self, self.pendingLogin?.frameID == dropped { self.logIn() }
    }
  }
}

// MARK: - The wrapped connection

extension AuthenticatedConnectionClient: ConnectionClientDelegate {
  /// For the wrapped connection.
  public func connectionChanged(to state: ConnectionState) {
    forgetLogin()
    permissionFrames = [:]
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
    case .rateLimitExceeded where pendingLogin != nil:
      forward(frame)
      retryLogin(after: frame)
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

// MARK: - The source of credentials

extension AuthenticatedConnectionClient: AuthSourceClient {
  var originName: String { inner.origin ?? "" }
  var isReady: Bool { isConnected }

  func credentialsChanged() {
    let wasWaiting = unmetRequest != nil
    unmetRequest = nil
    if isConnected {
      let new = try? authSource.indicator(forOrigin: originName, inst: inst)
      if new != indicator || new == nil { logIn() }
    } else if connectionState.phase == .authenticating, inner.isConnected {
      guard wasWaiting || pendingLogin != nil else { return }
      if let allowance = inner.openingDeadline?.milliseconds {
        waitForLogin(until: Deadline(milliseconds: allowance, from: Reactor.shared.now))
      }
      logIn()
    } else if wasWaiting, !isInnerActive {
      if findIndicator() { connectInner() }
    }
  }

  func authRefused(_ request: AuthRequest) {
    guard let unmet = unmetRequest, unmet.asksTheSame(as: request) else { return }
    unmetRequest = nil
    fail(.loginRefused(request.failure))
  }

  func sendPermissionRequest(_ permission: PendingPermission) {
    // A message without a form in the dialect stays unsent, as one for which there is no connection.
    guard let id = try? inner.send(.permissionRequest(permission.request)) else { return }
    let pending = Set(authSource.pendingPermissions.map(\.id))
    permissionFrames = permissionFrames.filter { pending.contains($0.value.id) }
    permissionFrames[id] = permission
  }

  func sendPermissionResponse(_ response: PermissionResponse) -> Bool {
    guard isConnected else { return false }
    var response = response
    // The documented dialect does not say which request is meant.
    if inner.dialect == .documented { response.subject = nil }
    return (try? inner.send(.permissionResponse(response))) != nil
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

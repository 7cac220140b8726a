import InstProtocol
import Transport
import WebSocket

extension AuthenticatedConnectionClient {
  /// Gets the indicator; where there is none that could be used, asks for one.
  func findIndicator() -> Bool {
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

  func logIn() {
    guard findIndicator(), let indicator else { return }
    do throws(ClientError) {
      pendingLogin = (try inner.send(.login(Login(indicator))), Reactor.shared.now)
      repeatLogin(after: Self.silenceMilliseconds)
    } catch {
      inner.dropConnection(because: error)
    }
  }

  func waitForLogin(until deadline: Deadline) {
    if let timer { Reactor.shared.cancel(timer) }
    // Not weak: that would slow down every later use, and the timer ends with the login.
    timer = Reactor.shared.schedule(at: deadline.time) { [self] in
      timer = nil
      inner.dropConnection(because: loginTimedOut(deadline.milliseconds))
    }
  }

  private func loginTimedOut(_ milliseconds: Int64) -> ClientError {
    guard isLoginLimited else { return .loginTimedOut(milliseconds: milliseconds) }
    return .loginRefused(
      ErrorInfo(
        errorCode: .rateLimitExceeded,
        errorMessage: "the server limits the rate, and did not answer within \(milliseconds) ms"))
  }

  func forgetLogin() {
    if let timer { Reactor.shared.cancel(timer) }
    timer = nil
    if let loginRepeat { Reactor.shared.cancel(loginRepeat) }
    loginRepeat = nil
    pendingLogin = nil
    isLoginLimited = false
  }

  func loginAnswered(_ frame: ReceivedFrame) {
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

  func loginRefused(_ info: ErrorInfo) {
    ask(.invalidIndicator(origin: originName, info))
  }

  /// The login itself went over the server's rate: it was dropped, so it goes again when the server
  /// says, as long as the deadline allows.
  func retryLogin(after frame: ReceivedFrame) {
    guard case .rateLimitExceeded(let notice)? = frame.serverMessage() else { return }
    isLoginLimited = true
    repeatLogin(after: notice.silenceMilliseconds)
  }

  /// Sends the login again if it has no answer by then: a server does not tell of each message that it drops.
  private func repeatLogin(after milliseconds: Int64) {
    if let loginRepeat { Reactor.shared.cancel(loginRepeat) }
    let due = Reactor.shared.now.advanced(byMilliseconds: milliseconds)
    loginRepeat = Reactor.shared.schedule(at: due) { [weak self] in
      guard let self, self.pendingLogin != nil else { return }
      self.loginRepeat = nil
      self.surplusLogins += 1
      self.logIn()
    }
  }

  /// So long a login is waited for before it is sent again.
  private static var silenceMilliseconds: Int64 { 3000 }
}

extension Login {
  fileprivate init(_ indicator: ConnectionIndicator) {
    switch indicator {
    case .connectionID(let id): self.init(connectionID: id)
    case .token(let token): self.init(connectionToken: token)
    }
  }
}

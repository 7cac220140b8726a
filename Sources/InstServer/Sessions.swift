import InstProtocol
import JSONText

/// One connection: from where it comes, who it is, what it watches.
struct Session: Sendable {
  /// The client's address.
  let address: String
  /// Who it has logged in as.
  var info: ConnectionInfo?
  /// The one inst that its token opens besides public ones.
  var tokenInst: InstAddress?
  /// Whether it was told to go: nothing of it is heard any more.
  var isClosing = false
  var watchedBranches: Set<BranchAddress> = []
  var watchedDevices: Set<BranchAddress> = []
  /// When it was last told of the rate limit.
  var lastNotice: Int64?

  init(address: String) {
    self.address = address
  }
}

extension InstServerCore {
  /// Logs a connection in. A later login replaces the one before.
  mutating func logIn(
    _ login: Login, _ client: ClientID, now: Int64, effects: inout [Effect]
  ) {
    let outcome: LoginResult.Outcome
    var tokenInst: InstAddress?
    if let text = login.connectionToken, !text.text.isEmpty {
      // The token wins over the connection id.
      (outcome, tokenInst) = self.outcome(of: text, now: now)
    } else {
      outcome = self.outcome(of: login.connectionID)
    }
    if case .success(let info) = outcome {
      if sessions[client]?.info == nil { loggedInCount += 1 }
      sessions[client]?.info = info
      sessions[client]?.tokenInst = tokenInst
    }
    send(.loginResult(LoginResult(outcome)), to: client, effects: &effects)
  }

  /// Who a connection id makes of a connection. An empty one is as good as none.
  private func outcome(of connectionID: String?) -> LoginResult.Outcome {
    guard let connectionID, !connectionID.isEmpty else {
      return .failure(
        ErrorInfo(
          errorCode: .unacceptableConnectionID,
          errorMessage: "A login needs a connection id or a connection token."))
    }
    return .success(ConnectionInfo(connectionID: connectionID))
  }

  /// Who a token makes of a connection, and the inst that it opens.
  private func outcome(
    of text: Secret, now: Int64
  ) -> (LoginResult.Outcome, tokenInst: InstAddress?) {
    let token: ConnectionToken
    do throws(KeyError) { token = try ConnectionToken(parsing: text.text) } catch {
      let error = ErrorInfo(
        errorCode: .unacceptableConnectionToken,
        errorMessage: "The text is no connection token: \(error).")
      return (.failure(error), nil)
    }
    guard let authority else { return (.failure(SignInError.invalidToken.info), nil) }
    switch authority.user(of: token, now: now) {
    case .failure(let error): return (.failure(error.info), nil)
    case .success(let user):
      let info = ConnectionInfo(
        connectionID: token.connectionID, sessionID: token.sessionID, userID: user.id)
      let key = token.recordName.flatMap { RecordKey(of: $0) }
      let inst = InstAddress(recordName: key?.recordName ?? token.recordName, inst: token.inst)
      return (.success(info), inst)
    }
  }

  /// Who the connection is. When it has not logged in, it is told so and closed.
  mutating func requireLogin(
    _ client: ClientID, about address: BranchAddress?, effects: inout [Effect]
  ) -> ConnectionInfo? {
    if let info = sessions[client]?.info { return info }
    let error = ErrorInfo(
      errorCode: .invalidConnectionState, errorMessage: "The connection has not logged in.",
      address: address)
    send(error: error, id: -1, to: client, effects: &effects)
    effects.append(.close(client, code: nil))
    sessions[client]?.isClosing = true
    return nil
  }
}

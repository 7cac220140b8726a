import InstProtocol
import JSONText

/// One connection: from where it comes, who it is, what it watches.
struct Session: Sendable {
  /// The client's address.
  let address: String
  /// Who it has logged in as.
  var info: ConnectionInfo?
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
  mutating func logIn(_ login: Login, _ client: ClientID, effects: inout [Effect]) {
    let outcome = outcome(of: login)
    if case .success(let info) = outcome {
      if sessions[client]?.info == nil { loggedInCount += 1 }
      sessions[client]?.info = info
    }
    send(.loginResult(LoginResult(outcome)), to: client, effects: &effects)
  }

  /// Who a login makes of a connection. An empty token or id is as good as none.
  private func outcome(of login: Login) -> LoginResult.Outcome {
    if let token = login.connectionToken, !token.text.isEmpty {
      return .failure(refusal(of: token))
    }
    guard let connectionID = login.connectionID, !connectionID.isEmpty else {
      return .failure(
        ErrorInfo(
          errorCode: .unacceptableConnectionID,
          errorMessage: "A login needs a connection id or a connection token."))
    }
    return .success(ConnectionInfo(connectionID: connectionID))
  }

  private func refusal(of token: Secret) -> ErrorInfo {
    do throws(KeyError) {
      _ = try ConnectionToken(parsing: token.text)
      return ErrorInfo(
        errorCode: .invalidToken, errorMessage: "This server knows no users, so no token is valid.")
    } catch {
      return ErrorInfo(
        errorCode: .unacceptableConnectionToken,
        errorMessage: "The text is no connection token: \(error).")
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

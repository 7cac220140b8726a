import InstProtocol
import Transport
import WebSocket

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

  /// What the server has dropped it does not say: every request that waits goes again.
  func askAgain(after frame: ReceivedFrame) {
    guard case .rateLimitExceeded(let notice)? = frame.serverMessage() else { return }
    let due = Reactor.shared.now.advanced(byMilliseconds: notice.silenceMilliseconds)
    permissionsDue = due
    Reactor.shared.schedule(at: due) { [weak self] in
      guard let self, self.permissionsDue == due, self.isConnected else { return }
      self.permissionsDue = nil
      self.authSource.clientIsReady(self)
    }
  }
}

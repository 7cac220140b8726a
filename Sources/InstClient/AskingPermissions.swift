public import InstProtocol
import Transport

extension PartitionAuthSource {
  /// Permissions that others ask for, from now on.
  public func onExternalPermissionRequest() -> EventStream<PendingPermission> {
    externalPermissionHub.stream(pausing: self)
  }

  /// Answers to the permissions that were asked for here, from now on.
  public func onPermissionResult() -> EventStream<PermissionResult> {
    permissionResultHub.stream(pausing: self)
  }

  /// The permissions that others ask for and that wait for an answer.
  public var pendingExternalPermissions: [PendingPermission] {
    externalPermissions.map(\.permission)
  }

  /// The permissions that were asked for here and wait for an answer.
  public var pendingPermissions: [PendingPermission] { ownPermissions }

  /// Asks others for a permission, over a connection to the origin: now or as soon as there is one, and
  /// again with each new connection, and after a limit of rates that may have dropped it, until somebody answers. One that is asked for already is that one.
  ///
  /// - Returns: The number that the ``PermissionResult`` will have.
  @discardableResult
  public func requestPermission(_ reason: MissingPermission, fromOrigin origin: String) -> Int {
    let pending = ownPermissions.first { $0.origin == origin && $0.request.reason == reason }
    if let pending { return pending.id }
    let permission = PendingPermission(
      id: nextID(), origin: origin, request: PermissionRequest(reason: reason))
    if ownPermissions.count >= Self.maximumPending { ownPermissions.removeFirst() }
    ownPermissions.append(permission)
    carrier(of: permission)?.sendPermissionRequest(permission)
    return permission.id
  }

  /// Asks no longer.
  public func withdrawPermissionRequest(_ id: Int) { ownPermissions.removeAll { $0.id == id } }

  /// Answers a permission that somebody else asks for, over the connection by which the request came, or
  /// another one to its origin.
  ///
  /// - Returns: Whether the answer went out. Without a connection, or for a request that does not name
  ///   all that an answer must repeat, it does not.
  @discardableResult
  public func respondToPermissionRequest(_ id: Int, _ answer: PermissionAnswer) -> Bool {
    guard let index = externalPermissions.firstIndex(where: { $0.permission.id == id }) else {
      return false
    }
    let (permission, from) = externalPermissions.remove(at: index)
    let client = from.isReady ? from.client : clients(of: permission.origin).first(where: \.isReady)
    return client?.sendPermissionResponse(
      PermissionResponse(answer, to: permission.request.reason)) ?? false
  }

  // MARK: What connections tell

  /// A connection has logged in: what was asked goes with it.
  func clientIsReady(_ client: any AuthSourceClient) {
    for permission in ownPermissions where carrier(of: permission) === client {
      client.sendPermissionRequest(permission)
    }
  }

  /// The server relays a request.
  ///
  /// - Returns: Whether anybody listens.
  func received(_ request: PermissionRequest, from client: any AuthSourceClient) -> Bool {
    guard permissionRequestHandler != nil || externalPermissionHub.isUsed else { return false }
    let isPending = externalPermissions.contains {
      $0.permission.origin == client.originName && $0.permission.request == request
    }
    guard !isPending else { return true }
    // Whoever answers nothing for so long will not answer the oldest either.
    if externalPermissions.count >= Self.maximumPending { externalPermissions.removeFirst() }
    let permission = PendingPermission(id: nextID(), origin: client.originName, request: request)
    externalPermissions.append((permission, WeakClient(client: client)))
    externalPermissionHub.post(permission)
    permissionRequestHandler?(permission)
    return true
  }

  /// The server relays an answer.
  ///
  /// - Returns: Whether anybody listens, or has asked.
  func received(_ response: PermissionResponse, from client: any AuthSourceClient) -> Bool {
    let asked = ownPermissions.first { permission in
      guard permission.origin == client.originName else { return false }
      // An answer of the documented dialect does not say to what.
      guard let subject = response.subject else { return ownPermissions.count == 1 }
      return permission.request.reason.subject == subject
    }
    if let asked { ownPermissions.removeAll { $0.id == asked.id } }
    tell(PermissionResult(id: asked?.id, origin: client.originName, response: response))
    return asked != nil || permissionResultHandler != nil || permissionResultHub.isUsed
  }

  /// The server has refused to relay a request of ours.
  func refused(_ permission: PendingPermission, _ info: ErrorInfo) {
    guard ownPermissions.contains(where: { $0.id == permission.id }) else { return }
    ownPermissions.removeAll { $0.id == permission.id }
    let response = PermissionResponse(
      .denied(info.errorCode, message: info.errorMessage), to: permission.request.reason)
    tell(PermissionResult(id: permission.id, origin: permission.origin, response: response))
  }

  private func tell(_ result: PermissionResult) {
    permissionResultHub.post(result)
    permissionResultHandler?(result)
  }

  /// The connection for a request of ours: the server relays it to devices of the inst it is about.
  private func carrier(of permission: PendingPermission) -> (any AuthSourceClient)? {
    let reason = permission.request.reason
    let ready = clients(of: permission.origin).filter(\.isReady)
    let inst = reason.resourceID.map { InstAddress(recordName: reason.recordName, inst: $0) }
    return ready.first { $0.inst == inst } ?? ready.first
  }
}

extension PermissionResponse {
  fileprivate init(_ answer: PermissionAnswer, to reason: MissingPermission) {
    switch answer {
    case .granted: self.init(success: true, subject: reason.subject)
    case .denied(let code, let message):
      self.init(success: false, subject: reason.subject, errorCode: code, errorMessage: message)
    }
  }
}

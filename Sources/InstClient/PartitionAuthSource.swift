public import InstProtocol
public import Transport

/// Where connections get what they log in with, by the server's origin, and where they turn to when it is
/// missing or refused; and the place where permissions are asked for and given (PROTOCOL section 7).
///
/// Whoever wants to answer sets a handler, which is told at once, or reads a stream. Where there is
/// neither, connections without good credentials fail at once.
@EventLoop
public final class PartitionAuthSource {
  /// Told of each request at once; it may answer it during the call.
  public var authRequestHandler: (@EventLoop (AuthRequest) -> Void)?
  /// Told of each permission that somebody else asks for; it may answer during the call.
  public var permissionRequestHandler: (@EventLoop (PendingPermission) -> Void)?
  /// Told of each answer to a permission that was asked for here.
  public var permissionResultHandler: (@EventLoop (PermissionResult) -> Void)?

  private let wallClock: @EventLoop () -> Double
  private var credentials: [String: ConnectionCredentials] = [:]
  private var clients: [WeakClient] = []
  private var lastID = 0

  private var authRequests: [AuthRequest] = []
  private var ownPermissions: [PendingPermission] = []
  private var externalPermissions: [(permission: PendingPermission, from: WeakClient)] = []

  private let authRequestHub = EventHub<AuthRequest>()
  private let externalPermissionHub = EventHub<PendingPermission>()
  private let permissionResultHub = EventHub<PermissionResult>()
  private var paused: [[WeakClient]] = []

  /// So many requests of one kind may wait for their answers; what others ask for beyond is dropped.
  static let maximumPending = 256

  /// A source without credentials.
  ///
  /// - Parameter wallClock: milliseconds since the Unix epoch, by which keys expire; nil for this
  ///   machine's.
  public init(wallClock: (@EventLoop () -> Double)? = nil) {
    self.wallClock = wallClock ?? { wallClockMilliseconds() }
  }

  // MARK: Credentials

  /// Sets what to log in with at an origin, `https://host[:port]`; nil forgets it. Connections that are open,
  /// or wait for it, log in again.
  public func setCredentials(_ credentials: ConnectionCredentials?, forOrigin origin: String) {
    self.credentials[origin] = credentials
    guard credentials != nil else { return }
    authRequests.removeAll { $0.origin == origin && $0.kind != .notAuthorized }
    for client in clients(of: origin) { client.credentialsChanged() }
  }

  /// What to log in with at an origin; nil where nothing is known.
  public func credentials(forOrigin origin: String) -> ConnectionCredentials? {
    credentials[origin]
  }

  /// What a connection logs in with; nil where nothing is known for its origin.
  ///
  /// - Throws: ``ErrorInfo`` where what is known cannot be used, as after its time.
  public func indicator(
    forOrigin origin: String, inst: InstAddress?
  ) throws(ErrorInfo) -> ConnectionIndicator? {
    let now = wallClock()
    let milliseconds = Int64(exactly: now.rounded(.down)) ?? .max
    return try credentials[origin]?.indicator(for: inst, atMilliseconds: milliseconds)
  }

  // MARK: Requests

  /// Whether anybody answers requests.
  public var answersAuthRequests: Bool { authRequestHandler != nil || authRequestHub.isUsed }

  /// The requests that wait for an answer.
  public var pendingAuthRequests: [AuthRequest] { authRequests }

  /// Requests for credentials from now on; those that wait already are in ``pendingAuthRequests``.
  public func onAuthRequest() -> EventStream<AuthRequest> {
    authRequestHub.stream(pausing: self)
  }

  /// Asks for credentials. A request that is the same as one that waits (origin, kind, error code,
  /// resource) is that one.
  ///
  /// - Returns: The request's number, by which it is answered.
  @discardableResult
  public func sendAuthRequest(_ request: AuthRequest) -> Int {
    if let pending = authRequests.first(where: { $0.asksTheSame(as: request) }) {
      return pending.id
    }
    var request = request
    request.id = nextID()
    // Whoever answers nothing for so long will not answer the oldest either.
    if authRequests.count >= Self.maximumPending { authRequests.removeFirst() }
    authRequests.append(request)
    authRequestHub.post(request)
    authRequestHandler?(request)
    return request.id
  }

  /// Answers a request; one that does not wait any more is left alone.
  public func respondToAuthRequest(_ id: Int, _ answer: AuthAnswer) {
    guard let index = authRequests.firstIndex(where: { $0.id == id }) else { return }
    let request = authRequests.remove(at: index)
    switch answer {
    case .credentials(let credentials):
      setCredentials(credentials, forOrigin: request.origin)
    case .refused:
      for client in clients(of: request.origin) { client.authRefused(request) }
    }
  }

  // MARK: Permissions

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
  /// with each new connection until somebody answers. One that is asked for already is that one.
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

  func attach(_ client: any AuthSourceClient) {
    detach(client)
    clients.append(WeakClient(client: client))
  }

  func detach(_ client: any AuthSourceClient) {
    clients.removeAll { $0.client == nil || $0.client === client }
  }

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
    guard !isPending, externalPermissions.count < Self.maximumPending else { return true }
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

  private func nextID() -> Int {
    lastID += 1
    return lastID
  }

  private func clients(of origin: String) -> [any AuthSourceClient] {
    clients.compactMap(\.client).filter { $0.originName == origin }
  }

  /// The connection for a request of ours: the server relays it to devices of the inst it is about.
  private func carrier(of permission: PendingPermission) -> (any AuthSourceClient)? {
    let reason = permission.request.reason
    let ready = clients(of: permission.origin).filter(\.isReady)
    let inst = reason.resourceID.map { InstAddress(recordName: reason.recordName, inst: $0) }
    return ready.first { $0.inst == inst } ?? ready.first
  }
}

extension PartitionAuthSource: ReadingPausable {
  func pauseReading() {
    paused.append(clients)
    for entry in clients { entry.client?.pauseReading() }
  }

  func resumeReading() {
    for entry in paused.popLast() ?? [] { entry.client?.resumeReading() }
  }
}

/// What a ``PartitionAuthSource`` needs of a connection.
@EventLoop
protocol AuthSourceClient: ReadingPausable {
  /// The server's origin, empty where there is none.
  var originName: String { get }
  /// The inst that the connection is for.
  var inst: InstAddress? { get }
  /// Whether it has logged in.
  var isReady: Bool { get }
  func credentialsChanged()
  func authRefused(_ request: AuthRequest)
  func sendPermissionRequest(_ permission: PendingPermission)
  /// - Returns: Whether the message went out.
  func sendPermissionResponse(_ response: PermissionResponse) -> Bool
}

@EventLoop
private struct WeakClient {
  weak var client: (any AuthSourceClient)?

  var isReady: Bool { client?.isReady ?? false }
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

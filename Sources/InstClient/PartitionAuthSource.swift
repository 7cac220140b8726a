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
  var ownPermissions: [PendingPermission] = []
  var externalPermissions: [(permission: PendingPermission, from: WeakClient)] = []

  private let authRequestHub = EventHub<AuthRequest>()
  let externalPermissionHub = EventHub<PendingPermission>()
  let permissionResultHub = EventHub<PermissionResult>()
  private var paused: [[WeakClient]] = []

  /// So many requests of one kind may wait for their answers; beyond that the oldest are forgotten.
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
  /// - Throws: `ErrorInfo` where what is known cannot be used, as after its time.
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

  // MARK: What connections tell

  func attach(_ client: any AuthSourceClient) {
    detach(client)
    clients.append(WeakClient(client: client))
  }

  func detach(_ client: any AuthSourceClient) {
    clients.removeAll { $0.client == nil || $0.client === client }
  }

  func nextID() -> Int {
    lastID += 1
    return lastID
  }

  func clients(of origin: String) -> [any AuthSourceClient] {
    clients.compactMap(\.client).filter { $0.originName == origin }
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
struct WeakClient {
  weak var client: (any AuthSourceClient)?

  var isReady: Bool { client?.isReady ?? false }
}

import InstProtocol
import JSONText

/// An inst server without its sockets: frames and the time go in, effects
/// come out (PROTOCOL section 5).
///
/// Who logs in with a connection id is let in. Without ``ServerConfiguration/auth`` any token is
/// invalid, and a record is a name like any other, open to everyone.
///
/// The driver calls ``connect(_:address:)``, then ``receive(_:from:now:effects:)`` for each text frame
/// (a binary one is ignored), then ``disconnect(_:effects:)``, and carries out the effects in order.
public struct InstServerCore: Sendable {
  /// What the server allows.
  public let configuration: ServerConfiguration

  var sessions: [ClientID: Session] = [:]
  var branches: [BranchAddress: Branch] = [:]
  var insts: [InstAddress: InstUsage] = [:]
  var usedBytes = 0
  var loggedInCount = 0
  var rateLimiter: RateLimiter?
  /// Who may do what; nil where everybody may do everything.
  var authority: Authority?
  var pendingPermissions: [PendingPermission] = []
  /// Where large messages are; nil where there is no gateway.
  var store: MessageStore?
  var signIns: [String: SignIn] = [:]
  var loginCodes: [LoginCode] = []
  var generator: any RandomNumberGenerator & Sendable

  /// A server without any branch.
  ///
  /// - Parameters:
  ///   - configuration: What the server allows.
  ///   - generator: Chooses the device when an action is for any one, codes and keys.
  public init(
    configuration: ServerConfiguration = ServerConfiguration(),
    generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
  ) {
    self.configuration = configuration
    self.generator = generator
    rateLimiter = configuration.rateLimit.map { RateLimiter($0) }
    authority = configuration.auth.map { Authority($0) }
    store = configuration.messageStorageURL.map {
      MessageStore(url: $0, maximumBytes: configuration.maxStorageBytes)
    }
  }

  /// Takes back what was stored by an earlier run, record by record in the order of storing.
  public mutating func restore(_ record: StoredUpdates) {
    restoreUpdates(record)
  }

  /// The codes for signing in that were made since the last call.
  public mutating func takeLoginCodes() -> [LoginCode] {
    defer { loginCodes = [] }
    return loginCodes
  }

  /// A connection was opened.
  ///
  /// - Parameters:
  ///   - client: The number that the driver gives it.
  ///   - address: The client's address, by which messages are counted for the rate limit.
  public mutating func connect(_ client: ClientID, address: String) {
    sessions[client] = Session(address: address)
  }

  /// A connection is gone, for whatever reason.
  public mutating func disconnect(_ client: ClientID, effects: inout [Effect]) {
    guard let session = sessions.removeValue(forKey: client) else { return }
    if session.info != nil { loggedInCount -= 1 }
    pendingPermissions.removeAll { $0.requester == client }
    for address in session.watchedDevices { removeDeviceWatcher(client, from: address) }
    for address in session.watchedBranches {
      removeWatcher(client, info: session.info, from: address, effects: &effects)
    }
  }

  /// A connection has sent a text frame.
  ///
  /// - Parameters:
  ///   - frame: The text, known to be UTF-8.
  ///   - client: From whom it comes.
  ///   - now: Milliseconds since the Unix epoch.
  ///   - effects: Where to put what is to be done.
  public mutating func receive(
    _ frame: UnsafeRawBufferPointer, from client: ClientID, now: Int64, effects: inout [Effect]
  ) {
    guard isWithinRate(client, now: now, effects: &effects) else { return }
    let start = effects.count
    if store != nil, Self.isTooLong(frame) {
      sessions[client]?.isClosing = true
      // A gateway closes as for a message that is too big (RFC 6455 section 7.4.1).
      return effects.append(.close(client, code: 1009))
    }
    receiveFrame(frame, from: client, now: now, effects: &effects)
    divertLongFrames(from: start, now: now, effects: &effects)
  }

  /// Handles a frame that is not too much and not too long.
  mutating func receiveFrame(
    _ frame: UnsafeRawBufferPointer, from client: ClientID, now: Int64, effects: inout [Effect]
  ) {
    let scan: MessageScan
    do throws(MessageScanError) {
      scan = try MessageScan(frame)
    } catch {
      return refuseEnvelope(frame, because: error, from: client, effects: &effects)
    }
    guard let id = scan.number(scan.id, in: frame) else {
      return refuse(frame, from: client, effects: &effects)
    }
    switch scan.form {
    case .message:
      receiveMessage(scan, id: id, in: frame, from: client, now: now, effects: &effects)
    case .uploadRequest: reserveUpload(id, client, now: now, effects: &effects)
    case .downloadRequest: receiveUpload(frame, id: id, client, now: now, effects: &effects)
    case .uploadResponse, .error: break
    }
  }

  private mutating func receiveMessage(
    _ scan: MessageScan, id: JSONNumber, in frame: UnsafeRawBufferPointer, from client: ClientID,
    now: Int64, effects: inout [Effect]
  ) {
    if scan.type == .addUpdates, scan.isPlainAddUpdates(in: frame) {
      return addUpdates(
        scan, size: scan.updateBytes, in: frame, from: client, now: now, effects: &effects)
    }
    guard let content = scan.content?.bytes(in: frame) else { return }
    do throws(MessageError) {
      let message = try ClientMessage(parsing: content, only: configuration.dialect)
      handle(message, id: id, from: client, now: now, effects: &effects)
    } catch {
      refuse(error, id: id, from: client, effects: &effects)
    }
  }

  private mutating func handle(
    _ message: ClientMessage, id: JSONNumber, from client: ClientID, now: Int64,
    effects: inout [Effect]
  ) {
    switch message {
    case .login(let login): logIn(login, client, now: now, effects: &effects)
    case .watchBranch(let request): watchBranch(request, client, effects: &effects)
    case .unwatchBranch(let request): unwatchBranch(request.address, client, effects: &effects)
    case .getUpdates(let request): getUpdates(request.address, client, effects: &effects)
    case .addUpdates(let request): addUpdates(request, client, now: now, effects: &effects)
    case .sendAction(let request): sendAction(request, client, effects: &effects)
    case .watchBranchDevices(let request):
      watchDevices(request.address, client, effects: &effects)
    case .unwatchBranchDevices(let request): unwatchDevices(request.address, client)
    case .connectionCount(let request):
      countConnections(request, id: id, client, effects: &effects)
    case .timeSync(let request): tellTime(request, client, now: now, effects: &effects)
    case .httpRequest(let request): answerHTTP(request, client, now: now, effects: &effects)
    case .permissionRequest(let request): requestPermission(request, client, effects: &effects)
    case .permissionResponse(let response): answerPermission(response, client, effects: &effects)
    case .unknown:
      let issue = FieldIssue(path: [.name("type")], problem: .unknownValue)
      refuse(.invalidFields([issue]), id: id, from: client, effects: &effects)
    }
  }
}

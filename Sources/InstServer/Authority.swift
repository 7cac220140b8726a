import InstProtocol

/// What a server that checks who does what remembers: the database, and what has been added to it.
struct Authority: Sendable {
  /// A permission that one user was granted.
  private struct Grant: Hashable, Sendable {
    var inst: InstAddress
    var userID: String
    var action: InstAction
  }

  private(set) var users: [String: AuthDatabase.User]
  var sessions: [String: AuthDatabase.Session]
  private(set) var records: [String: AuthDatabase.Record]
  /// The insts of records, by what they are open to.
  private(set) var insts: [InstAddress: Set<String>] = [:]
  private var grants: Set<Grant> = []

  init(_ database: AuthDatabase) {
    users = Dictionary(database.users.map { ($0.id, $0) }) { $1 }
    sessions = Dictionary(database.sessions.map { ($0.connectionKey.sessionID, $0) }) { $1 }
    records = Dictionary(database.records.map { ($0.name, $0) }) { $1 }
    for record in database.records {
      for inst in record.insts {
        makeInst(InstAddress(recordName: record.name, inst: inst.name), markers: inst.markers)
      }
    }
  }

  /// Remembers that an inst of a record was made.
  mutating func makeInst(_ address: InstAddress, markers: [String]) {
    guard let name = address.recordName, records[name] != nil, insts[address] == nil else { return }
    insts[address] = Set(markers)
  }

  /// Whether no more insts may be made.
  var isFull: Bool { insts.count >= 100_000 }

  /// Grants a permission for an inst, as far as it is one that is asked for here.
  mutating func grant(_ permission: MissingPermission) {
    guard let action = InstAction(rawValue: permission.action), let inst = permission.resourceID,
      let userID = permission.subjectID
    else { return }
    let address = InstAddress(recordName: permission.recordName, inst: inst)
    grants.insert(Grant(inst: address, userID: userID, action: action))
  }

  /// Whether a user, or with nil anybody, may do something with an inst of a record.
  func allows(
    _ action: InstAction, on address: InstAddress, of record: AuthDatabase.Record,
    to userID: String?
  ) -> Bool {
    let markers = insts[address] ?? []
    if action == .read && markers.contains("publicRead") { return true }
    if action != .create && markers.contains("publicWrite") { return true }
    guard let userID else { return false }
    if record.owner == userID || record.members.contains(userID) { return true }
    return grants.contains(Grant(inst: address, userID: userID, action: action))
  }

  /// Who a token makes of a connection at this time.
  func user(of token: ConnectionToken, now: Int64) -> Result<AuthDatabase.User, SignInError> {
    guard let session = sessions[token.sessionID], session.connectionKey.userID == token.userID,
      let user = users[token.userID],
      (try? token.isSigned(with: session.connectionKey.secret)) == true
    else { return .failure(.invalidToken) }
    return usable(session, user, now: now)
  }

  /// Whether a session and its user are still in good standing.
  func usable(
    _ session: AuthDatabase.Session, _ user: AuthDatabase.User, now: Int64
  ) -> Result<AuthDatabase.User, SignInError> {
    if user.isBanned { return .failure(.userIsBanned) }
    guard !session.isRevoked, !session.connectionKey.expiry.isExpired(atMilliseconds: now) else {
      return .failure(.sessionExpired)
    }
    return .success(user)
  }
}

/// Why nobody is let in.
enum SignInError: Error {
  case invalidToken
  case sessionExpired
  case userIsBanned

  var info: ErrorInfo {
    switch self {
    case .invalidToken:
      ErrorInfo(
        errorCode: .invalidToken,
        errorMessage: "The user or session is unknown, or the signature is wrong.")
    case .sessionExpired:
      ErrorInfo(errorCode: .sessionExpired, errorMessage: "The session is over.")
    case .userIsBanned:
      ErrorInfo(errorCode: .userIsBanned, errorMessage: "The user may not log in any more.")
    }
  }
}

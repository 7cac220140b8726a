public import InstProtocol
import JSONText

/// A code with which somebody proves an address: a real server mails it, this one hands it to its
/// ``InstServer/onLoginCode``.
public struct LoginCode: Sendable, Hashable {
  /// The user who signs in.
  public var userID: String
  /// Where a real server would send the code.
  public var address: String
  /// Which request it completes.
  public var requestID: String
  /// The six digits.
  public var code: Secret
}

/// A sign-in that waits for its code.
struct SignIn: Sendable {
  let userID: String
  let code: String
  let expires: Int64
  var attempts = 0
}

extension OperationError {
  static let notLoggedIn = OperationError(
    "not_logged_in", status: 401, "This needs a session key.")
  fileprivate static let noSuchRequest = OperationError(
    "invalid_request", status: 400, "There is no such request to sign in, or it is too old.")
}

extension InstServerCore {
  /// How long a code is good, and how many guesses there are.
  private static let codeMilliseconds: Int64 = 5 * 60_000
  private static let maximumAttempts = 5
  private static let sessionMilliseconds: Int64 = 7 * 24 * 3_600_000
  /// How many sign-ins may wait together, and how many sessions there may be.
  private static let maximumSignIns = 1_000
  private static let maximumSessions = 100_000

  /// `POST /api/v2/login {address, addressType}`: makes a code (PROTOCOL section 6).
  mutating func requestLogin(
    _ request: OperationRequest, now: Int64
  ) throws(OperationError) -> OperationResponse {
    try requireOrigin(request)
    let body = try request.bodyObject()
    guard let address = body["address"]?.stringValue, !address.isEmpty else {
      throw OperationError("unacceptable_address", status: 400, "There is no address.")
    }
    let user = try user(at: address, type: body["addressType"]?.stringValue)
    if user.isBanned { throw .init("user_is_banned", status: 403, "The user may not sign in.") }
    signIns = signIns.filter { $0.value.expires > now }
    guard signIns.count < Self.maximumSignIns else {
      throw OperationError("rate_limit_exceeded", status: 429, "Too many sign-ins wait.")
    }
    let requestID = randomText()
    let digits = String(Int.random(in: 0..<1_000_000, using: &generator))
    let code = String(repeating: "0", count: 6 - digits.count) + digits
    signIns[requestID] = SignIn(
      userID: user.id, code: code, expires: now + Self.codeMilliseconds)
    loginCodes.append(
      LoginCode(userID: user.id, address: address, requestID: requestID, code: Secret(code)))
    return OperationResponse(
      json: [
        "success": true, "userId": .string(user.id), "requestId": .string(requestID),
        "address": .string(address), "addressType": body["addressType"] ?? .null,
        "expireTimeMs": JSONValue(Int(now + Self.codeMilliseconds)),
      ])
  }

  /// `POST /api/v2/completeLogin {userId, requestId, code}`: makes a session with its keys.
  mutating func completeLogin(
    _ request: OperationRequest, now: Int64
  ) throws(OperationError) -> OperationResponse {
    try requireOrigin(request)
    let body = try request.bodyObject()
    guard let userID = body["userId"]?.stringValue, let code = body["code"]?.stringValue,
      let requestID = body["requestId"]?.stringValue
    else { throw .unacceptable("userId, requestId and code must be texts.") }
    guard var signIn = signIns[requestID], signIn.userID == userID, signIn.expires > now else {
      throw .noSuchRequest
    }
    guard signIn.code == code else {
      signIn.attempts += 1
      signIns[requestID] = signIn.attempts < Self.maximumAttempts ? signIn : nil
      throw OperationError("invalid_code", status: 403, "The code is wrong.")
    }
    signIns[requestID] = nil
    guard (authority?.sessions.count ?? 0) < Self.maximumSessions else {
      throw OperationError("server_error", status: 500, "There are too many sessions.")
    }
    return addSession(userID, expires: now + Self.sessionMilliseconds)
  }

  /// `POST /api/v2/revokeSession {sessionId?}`, with a session key: ends a session of the user, by
  /// default that of the key.
  mutating func revokeSession(
    _ request: OperationRequest, now: Int64
  ) throws(OperationError) -> OperationResponse {
    try requireOrigin(request)
    guard let own = try session(of: request, now: now) else { throw .notLoggedIn }
    let userID = own.connectionKey.userID
    let named = request.body == nil ? nil : try request.bodyObject()["sessionId"]?.stringValue
    let sessionID = named ?? own.connectionKey.sessionID
    guard authority?.sessions[sessionID]?.connectionKey.userID == userID else {
      throw OperationError("session_not_found", status: 404, "The user has no such session.")
    }
    authority?.sessions[sessionID]?.isRevoked = true
    return OperationResponse(json: ["success": true])
  }

  /// The user whose session key a request has. Nil when it has none.
  func sessionUser(of request: OperationRequest, now: Int64) throws(OperationError) -> String? {
    try session(of: request, now: now)?.connectionKey.userID
  }

  private func session(
    of request: OperationRequest, now: Int64
  ) throws(OperationError) -> AuthDatabase.Session? {
    guard let field = request.headers["authorization"] else { return nil }
    guard let authority, field.hasPrefix("Bearer "),
      let key = try? SessionKey(parsing: String(field.dropFirst(7)))
    else {
      throw OperationError("unacceptable_session_key", status: 400, "That is no session key.")
    }
    guard let session = authority.sessions[key.sessionID], let known = session.sessionKey,
      known.userID == key.userID, known.secret == key.secret, let user = authority.users[key.userID]
    else { throw OperationError("invalid_key", status: 403, "The session key is not valid.") }
    var standing = authority.usable(session, user, now: now)
    if known.expiry.isExpired(atMilliseconds: now) { standing = .failure(.sessionExpired) }
    if case .failure(let error) = standing {
      throw OperationError(error.info.errorCode.rawValue, status: 401, error.info.errorMessage)
    }
    return session
  }

  private func requireOrigin(_ request: OperationRequest) throws(OperationError) {
    guard request.headers["origin"]?.isEmpty == false else {
      throw OperationError("invalid_origin", status: 403, "The request has no Origin.")
    }
  }

  private func user(
    at address: String, type: String?
  ) throws(OperationError) -> AuthDatabase.User {
    let users = authority?.users.values.map(\.self) ?? []
    let user: AuthDatabase.User?
    switch type {
    case "email": user = users.first { $0.email?.lowercased() == address.lowercased() }
    case "phone": user = users.first { $0.phone == address }
    default:
      throw OperationError(
        "unacceptable_address_type", status: 400, "The addressType is neither email nor phone.")
    }
    guard let user else {
      throw OperationError("unacceptable_address", status: 400, "Nobody has that address.")
    }
    return user
  }

  private mutating func addSession(_ userID: String, expires: Int64) -> OperationResponse {
    let sessionID = randomText()
    let expiry = KeyExpiry.at(milliseconds: expires)
    let connectionKey = ConnectionKey(
      userID: userID, sessionID: sessionID, secret: Secret(randomText()), expiry: expiry)
    let sessionKey = SessionKey(
      userID: userID, sessionID: sessionID, secret: Secret(randomText()), expiry: expiry)
    authority?.sessions[sessionID] = AuthDatabase.Session(
      connectionKey: connectionKey, sessionKey: sessionKey)
    return OperationResponse(
      json: [
        "success": true, "userId": .string(userID), "sessionKey": .string(sessionKey.formatted),
        "connectionKey": .string(connectionKey.formatted),
        "expireTimeMs": JSONValue(Int(expires)),
      ])
  }

  /// 16 random bytes in base64.
  private mutating func randomText() -> String {
    Base64.encode((0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) })
  }
}

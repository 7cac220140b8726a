public import InstProtocol
import JSONText
import Transport

/// By what somebody who signs in is known, and where the code is sent.
public enum SignInAddress: Hashable, Sendable {
  /// An email address.
  case email(String)
  /// A phone number.
  case phone(String)

  /// The address itself.
  public var text: String {
    switch self {
    case .email(let text), .phone(let text): text
    }
  }

  /// What kind of address it is, as the API names it.
  public var type: String {
    switch self {
    case .email: "email"
    case .phone: "phone"
    }
  }
}

/// A sign-in that waits for its code.
public struct SignInRequest: Hashable, Sendable {
  /// The user who signs in.
  public var userID: String
  /// Which request the code completes.
  public var requestID: String

  /// A request that was made before.
  public init(userID: String, requestID: String) {
    self.userID = userID
    self.requestID = requestID
  }
}

/// What signing in gives: the keys of a session.
public struct SignedIn: Hashable, Sendable {
  /// The user who has signed in.
  public var userID: String
  /// For requests to the HTTP API.
  public var sessionKey: SessionKey
  /// From which tokens for the socket are made.
  public var connectionKey: ConnectionKey

  /// The keys of a session.
  public init(userID: String, sessionKey: SessionKey, connectionKey: ConnectionKey) {
    self.userID = userID
    self.sessionKey = sessionKey
    self.connectionKey = connectionKey
  }
}

extension InstAPI {
  /// Asks the server to send a code to an address (`POST /api/v2/login`).
  @EventLoop
  public func login(_ address: SignInAddress) async throws(InstAPIError) -> SignInRequest {
    try SignInRequest(try await answer(to: .login(address)))
  }

  /// Signs in with the code that was sent (`POST /api/v2/completeLogin`).
  @EventLoop
  public func completeLogin(
    _ request: SignInRequest, code: Secret
  ) async throws(InstAPIError) -> SignedIn {
    try SignedIn(try await answer(to: .completeLogin(request, code: code)))
  }

  /// Ends the session that a key belongs to (`POST /api/v2/revokeSession`).
  @EventLoop
  public func revokeSession(_ key: SessionKey) async throws(InstAPIError) {
    _ = try await answer(to: .revokeSession(key))
  }
}

extension InstAPIRequest {
  static func login(_ address: SignInAddress) -> InstAPIRequest {
    InstAPIRequest(
      method: "POST", path: "login",
      body: ["address": .string(address.text), "addressType": .string(address.type)])
  }

  static func completeLogin(_ request: SignInRequest, code: Secret) -> InstAPIRequest {
    InstAPIRequest(
      method: "POST", path: "completeLogin",
      body: [
        "userId": .string(request.userID), "requestId": .string(request.requestID),
        "code": .string(code.text),
      ])
  }

  static func revokeSession(_ key: SessionKey) -> InstAPIRequest {
    InstAPIRequest(
      method: "POST", path: "revokeSession",
      body: ["userId": .string(key.userID), "sessionId": .string(key.sessionID)],
      sessionKey: key)
  }
}

extension SignInRequest {
  init(_ answer: JSONValue) throws(InstAPIError) {
    userID = try answer.text("userId")
    requestID = try answer.text("requestId")
  }
}

extension SignedIn {
  init(_ answer: JSONValue) throws(InstAPIError) {
    userID = try answer.text("userId")
    let sessionKey = try answer.text("sessionKey")
    let connectionKey = try answer.text("connectionKey")
    do throws(KeyError) {
      self.sessionKey = try SessionKey(parsing: sessionKey)
      self.connectionKey = try ConnectionKey(parsing: connectionKey)
    } catch { throw .brokenAnswer(reason: "one of its keys is none: \(error)") }
  }
}

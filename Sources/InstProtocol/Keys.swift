/// A key that stands for a signed-in session over HTTP: `vSK1.userId.sessionId.secret.expiry`.
public struct SessionKey: Hashable, Sendable {
  /// The user who signed in.
  public var userID: String
  /// The session.
  public var sessionID: String
  /// What proves it.
  public var secret: Secret
  /// Until when it is valid.
  public var expiry: KeyExpiry

  /// A session key of these parts.
  public init(userID: String, sessionID: String, secret: Secret, expiry: KeyExpiry) {
    self.userID = userID
    self.sessionID = sessionID
    self.secret = secret
    self.expiry = expiry
  }

  /// Reads a session key.
  ///
  /// - Throws: ``KeyError`` when the text is none.
  public init(parsing text: String) throws(KeyError) {
    let parts = try KeyParts(text, mark: "vSK1", count: 5)
    userID = try parts.decoded(1, "user id")
    sessionID = try parts.decoded(2, "session id")
    secret = Secret(try parts.decoded(3, "secret"))
    guard let expiry = KeyExpiry(try parts.decoded(4, "expiry")) else { throw .invalidExpiry }
    self.expiry = expiry
  }

  /// The key as it is stored and sent, secret included.
  public var formatted: String {
    KeyParts.join("vSK1", userID, sessionID, secret.text, expiry.text)
  }
}

/// A key from which a client makes connection tokens: `vCK1.userId.sessionId.secret.expiry`.
public struct ConnectionKey: Hashable, Sendable {
  /// The user who signed in.
  public var userID: String
  /// The session.
  public var sessionID: String
  /// What tokens are signed with: a text in base64.
  public var secret: Secret
  /// Until when it is valid.
  public var expiry: KeyExpiry

  /// A connection key of these parts.
  public init(userID: String, sessionID: String, secret: Secret, expiry: KeyExpiry) {
    self.userID = userID
    self.sessionID = sessionID
    self.secret = secret
    self.expiry = expiry
  }

  /// Reads a connection key.
  ///
  /// - Throws: ``KeyError`` when the text is none.
  public init(parsing text: String) throws(KeyError) {
    let parts = try KeyParts(text, mark: "vCK1", count: 5)
    userID = try parts.decoded(1, "user id")
    sessionID = try parts.decoded(2, "session id")
    secret = Secret(try parts.decoded(3, "secret"))
    guard let expiry = KeyExpiry(try parts.decoded(4, "expiry")) else { throw .invalidExpiry }
    self.expiry = expiry
  }

  /// The key as it is stored, secret included.
  public var formatted: String {
    KeyParts.join("vCK1", userID, sessionID, secret.text, expiry.text)
  }
}

/// A key that opens a record; where a record's name is asked for, it stands for the name:
/// `vRK1.name.secret` or `vRK2.name.secret.policy`.
public struct RecordKey: Hashable, Sendable {
  /// Whether who uses the key must be signed in as well.
  public enum Policy: String, Hashable, Sendable {
    /// A user must be signed in.
    case subjectfull
    /// Nobody need be signed in.
    case subjectless
  }

  /// The record's name.
  public var recordName: String
  /// What proves the right.
  public var secret: Secret
  /// The policy. Nil for a key of the first version, which has none.
  public var policy: Policy?

  /// A record key of these parts.
  public init(recordName: String, secret: Secret, policy: Policy?) {
    self.recordName = recordName
    self.secret = secret
    self.policy = policy
  }

  /// Reads a record key of either version.
  ///
  /// - Throws: ``KeyError`` when the text is none.
  public init(parsing text: String) throws(KeyError) {
    let isFirstVersion = text.hasPrefix("vRK1.")
    guard isFirstVersion || text.hasPrefix("vRK2.") else {
      throw .wrongPrefix(expected: "vRK1 or vRK2")
    }
    let parts = try KeyParts(
      text, mark: isFirstVersion ? "vRK1" : "vRK2", count: isFirstVersion ? 3 : 4)
    recordName = try parts.decoded(1, "record name")
    secret = Secret(try parts.decoded(2, "secret"))
    guard !isFirstVersion else { return }
    guard let policy = Policy(rawValue: String(parts[3])) else { throw .invalidPolicy }
    self.policy = policy
  }

  /// The key as it is stored and sent, secret included.
  public var formatted: String {
    guard let policy else { return KeyParts.join("vRK1", recordName, secret.text) }
    return KeyParts.join("vRK2", recordName, secret.text) + ".\(policy.rawValue)"
  }
}

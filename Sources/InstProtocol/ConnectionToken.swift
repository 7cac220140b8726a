import JSONText

/// What a signed-in client logs in with: a connection id for one inst, signed with the connection
/// key of its session: `vCT1.userId.sessionId.connectionId.recordName.inst.hash`.
///
/// It opens that one inst of a record, and every public inst (PROTOCOL section 6).
public struct ConnectionToken: Hashable, Sendable {
  /// The user who signed in.
  public var userID: String
  /// The session.
  public var sessionID: String
  /// The connection id, the one that counts.
  public var connectionID: String
  /// The record's name. Nil for a public inst.
  public var recordName: String?
  /// The inst.
  public var inst: String
  /// The signature, in lowercase hexadecimal digits.
  public var hash: Secret

  /// A token of these parts. ``ConnectionKey/makeToken(connectionID:recordName:inst:)`` signs one.
  public init(
    userID: String, sessionID: String, connectionID: String, recordName: String?, inst: String,
    hash: Secret
  ) {
    self.userID = userID
    self.sessionID = sessionID
    self.connectionID = connectionID
    self.recordName = recordName
    self.inst = inst
    self.hash = hash
  }

  /// Reads a token. Whether its signature is right, ``isSigned(with:)`` says.
  ///
  /// - Throws: ``KeyError`` when the text is none.
  public init(parsing text: String) throws(KeyError) {
    let parts = try KeyParts(text, mark: "vCT1", count: 7)
    userID = try parts.decoded(1, "user id")
    sessionID = try parts.decoded(2, "session id")
    connectionID = try parts.decoded(3, "connection id")
    let recordName = try parts.decoded(4, "record name")
    self.recordName = recordName.isEmpty ? nil : recordName
    inst = try parts.decoded(5, "inst")
    hash = Secret(try parts.decoded(6, "hash"))
  }

  /// The token as it is sent, signature included.
  public var formatted: String {
    KeyParts.join("vCT1", userID, sessionID, connectionID, recordName ?? "", inst, hash.text)
  }

  /// Whether the token was signed with a connection key's secret. It takes as long for a wrong
  /// signature as for a right one.
  ///
  /// - Throws: ``KeyError/unusableSecret``.
  public func isSigned(with secret: Secret) throws(KeyError) -> Bool {
    let expected = try Self.signature(
      secret: secret, connectionID: connectionID, recordName: recordName, inst: inst)
    return HMAC.equals(Array(expected.utf8), Array(hash.text.utf8))
  }

  /// The signature of what a token opens.
  ///
  /// - Throws: ``KeyError/unusableSecret``.
  static func signature(
    secret: Secret, connectionID: String, recordName: String?, inst: String
  ) throws(KeyError) -> String {
    guard let key = Base64.decode(secret.text) else { throw .unusableSecret }
    let text = connectionID + (recordName ?? "") + inst
    return HMAC.sha256(Array(text.utf8), key: key).map { byte in
      let digits = String(byte, radix: 16)
      return byte < 16 ? "0" + digits : digits
    }.joined()
  }
}

extension ConnectionKey {
  /// Makes the token with which to log in.
  ///
  /// - Parameters:
  ///   - connectionID: The id that the connection shall have.
  ///   - recordName: The record of the inst to open. Nil for a public inst.
  ///   - inst: The inst to open.
  /// - Throws: ``KeyError/unusableSecret``.
  public func makeToken(
    connectionID: String, recordName: String?, inst: String
  ) throws(KeyError) -> ConnectionToken {
    let hash = try ConnectionToken.signature(
      secret: secret, connectionID: connectionID, recordName: recordName, inst: inst)
    return ConnectionToken(
      userID: userID, sessionID: sessionID, connectionID: connectionID, recordName: recordName,
      inst: inst, hash: Secret(hash))
  }
}

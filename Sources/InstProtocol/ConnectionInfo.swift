import JSONText

/// Who a connection is (PROTOCOL section 1).
public struct ConnectionInfo: Hashable, Sendable {
  /// The id that the client has logged in with.
  public var connectionID: String
  /// The session. Nil when nobody is signed in.
  public var sessionID: String?
  /// The user. Nil when nobody is signed in.
  public var userID: String?
  /// Whatever else the server has said.
  public var unknownFields: [UnknownField]

  /// A connection.
  public init(
    connectionID: String, sessionID: String? = nil, userID: String? = nil,
    unknownFields: [UnknownField] = []
  ) {
    self.connectionID = connectionID
    self.sessionID = sessionID
    self.userID = userID
    self.unknownFields = unknownFields
  }
}

extension ConnectionInfo: FieldGroup {
  init(from fields: inout FieldReader) {
    connectionID = fields.string("connectionId")
    sessionID = fields.nullableString("sessionId", mayBeAbsent: true)
    userID = fields.nullableString("userId", mayBeAbsent: true)
    unknownFields = fields.unknownFields()
  }

  func write(to writer: inout JSONWriter, dialect: Dialect) throws(DialectError) {
    writer.field("connectionId", connectionID)
    writer.nullableField("sessionId", sessionID)
    writer.nullableField("userId", userID)
    writer.unknownFields(unknownFields)
  }
}

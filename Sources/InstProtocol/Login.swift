import JSONText

/// `login`: the first message on a socket (PROTOCOL section 5).
public struct Login: Hashable, Sendable {
  /// A connection token, which wins over the connection id.
  public var connectionToken: Secret?
  /// A bare connection id.
  public var connectionID: String?
  /// Whatever else was said.
  public var unknownFields: [UnknownField]

  /// A login with a token or a bare id.
  public init(
    connectionToken: Secret? = nil, connectionID: String? = nil,
    unknownFields: [UnknownField] = []
  ) {
    self.connectionToken = connectionToken
    self.connectionID = connectionID
    self.unknownFields = unknownFields
  }
}

extension Login: FieldGroup {
  init(from fields: inout FieldReader) {
    connectionToken = fields.optionalString("connectionToken").map { Secret($0) }
    connectionID = fields.optionalString("connectionId")
    unknownFields = fields.unknownFields()
  }

  func write(to writer: inout JSONWriter, dialect: Dialect) throws(DialectError) {
    writer.optionalField("connectionToken", connectionToken?.text)
    writer.optionalField("connectionId", connectionID)
    writer.unknownFields(unknownFields)
  }
}

/// `login_result`: who the client is from now on, or why it is nobody.
public struct LoginResult: Hashable, Sendable {
  /// How a login ends.
  public enum Outcome: Hashable, Sendable {
    /// The connection is logged in as this.
    case success(ConnectionInfo)
    /// The login was refused; the socket stays open for another try.
    case failure(ErrorInfo)
  }

  /// How the login ended.
  public var outcome: Outcome
  /// Whatever else the server has said about a success.
  public var unknownFields: [UnknownField]

  /// A result.
  public init(_ outcome: Outcome, unknownFields: [UnknownField] = []) {
    self.outcome = outcome
    self.unknownFields = unknownFields
  }
}

extension LoginResult: FieldGroup {
  init(from fields: inout FieldReader) {
    if fields.bool("success") {
      let info = fields.object("info") { ConnectionInfo(from: &$0) }
      outcome = .success(info ?? ConnectionInfo(connectionID: ""))
      unknownFields = fields.unknownFields()
    } else {
      outcome = .failure(ErrorInfo(from: &fields))
      unknownFields = []
    }
  }

  func write(to writer: inout JSONWriter, dialect: Dialect) throws(DialectError) {
    switch outcome {
    case .success(let info):
      writer.field("success", true)
      try writer.field("info", info, dialect)
    case .failure(let error): try error.write(to: &writer, dialect: dialect)
    }
    writer.unknownFields(unknownFields)
  }
}

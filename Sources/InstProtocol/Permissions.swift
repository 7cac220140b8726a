public import JSONText

/// Which permission a user lacks: the reason of a denial, and what is asked of others.
public struct MissingPermission: Hashable, Sendable {
  /// The record.
  public var recordName: String
  /// What kind of thing it is about, such as `inst`.
  public var resourceKind: String
  /// Which one. Always in the deployed dialect.
  public var resourceID: String?
  /// What was to be done with it, such as `read`.
  public var action: String
  /// Who lacks the permission: `user`, `inst` or `role`.
  public var subjectType: String
  /// Which one. Always in the deployed dialect.
  public var subjectID: String?
  /// Whatever else was said.
  public var unknownFields: [UnknownField]

  /// A permission that is missing.
  public init(
    recordName: String, resourceKind: String, resourceID: String?, action: String,
    subjectType: String, subjectID: String?, unknownFields: [UnknownField] = []
  ) {
    self.recordName = recordName
    self.resourceKind = resourceKind
    self.resourceID = resourceID
    self.action = action
    self.subjectType = subjectType
    self.subjectID = subjectID
    self.unknownFields = unknownFields
  }
}

extension MissingPermission: FieldGroup {
  private static let type = "missing_permission"

  init(from fields: inout FieldReader) {
    if !fields.hasString("type", "missing_permission") { fields.note(.unknownValue, at: "type") }
    _ = fields.optionalRaw("type")
    let mayLackIDs = fields.accepts(.documented)
    recordName = fields.string("recordName")
    resourceKind = fields.string("resourceKind")
    resourceID =
      mayLackIDs ? fields.optionalString("resourceId") : fields.string("resourceId")
    action = fields.string("action")
    subjectType = fields.string("subjectType")
    subjectID = mayLackIDs ? fields.optionalString("subjectId") : fields.string("subjectId")
    unknownFields = fields.unknownFields()
  }

  func write(to writer: inout JSONWriter, dialect: Dialect) throws(DialectError) {
    if dialect == .deployed && (resourceID == nil || subjectID == nil) {
      throw DialectError("a missing permission without resourceId and subjectId", in: dialect)
    }
    writer.field("type", Self.type)
    writer.field("recordName", recordName)
    writer.field("resourceKind", resourceKind)
    writer.optionalField("resourceId", resourceID)
    writer.field("action", action)
    writer.field("subjectType", subjectType)
    writer.optionalField("subjectId", subjectID)
    writer.unknownFields(unknownFields)
  }
}

extension ErrorInfo {
  /// The permission that is missing, when that is the reason.
  public var missingPermission: MissingPermission? {
    reason?.bytes.withUnsafeBytes { bytes in
      guard var fields = FieldReader(bytes, only: nil) else { return nil }
      let permission = MissingPermission(from: &fields)
      return fields.issues.isEmpty ? permission : nil
    }
  }
}

/// `permission/request/missing`: asks for a permission; the server relays it to devices of the inst
/// whose users can grant it.
public struct PermissionRequest: Hashable, Sendable {
  /// The permission.
  public var reason: MissingPermission
  /// Who asks. Set by a deployed server.
  public var connection: ConnectionInfo?
  /// The user who asks, as it came. Set by a deployed server.
  public var user: RawJSON?
  /// Whatever else was said.
  public var unknownFields: [UnknownField]

  /// A request for a permission.
  public init(
    reason: MissingPermission, connection: ConnectionInfo? = nil, user: RawJSON? = nil,
    unknownFields: [UnknownField] = []
  ) {
    self.reason = reason
    self.connection = connection
    self.user = user
    self.unknownFields = unknownFields
  }
}

extension PermissionRequest: FieldGroup {
  init(from fields: inout FieldReader) {
    reason =
      fields.object("reason") { MissingPermission(from: &$0) }
      ?? MissingPermission(
        recordName: "", resourceKind: "", resourceID: nil, action: "", subjectType: "",
        subjectID: nil)
    connection = fields.optionalObject("connection") { ConnectionInfo(from: &$0) }
    user = fields.optionalRaw("user")
    unknownFields = fields.unknownFields()
  }

  func write(to writer: inout JSONWriter, dialect: Dialect) throws(DialectError) {
    if dialect == .documented && (connection != nil || user != nil) {
      throw DialectError("who asks for a permission", in: dialect)
    }
    try writer.field("reason", reason, dialect)
    if let connection { try writer.field("connection", connection, dialect) }
    writer.optionalField("user", user)
    writer.unknownFields(unknownFields)
  }
}

/// `permission/request/missing/response`: whether a permission was granted.
public struct PermissionResponse: Hashable, Sendable {
  /// Which request is answered. Only the deployed dialect says so, and there it always does.
  public struct Subject: Hashable, Sendable {
    /// The record.
    public var recordName: String
    /// What kind of thing it is about.
    public var resourceKind: String
    /// Which one.
    public var resourceID: String
    /// Who asked: `user`, `inst` or `role`.
    public var subjectType: String
    /// Which one.
    public var subjectID: String

    /// The five parts that tell a request from others.
    public init(
      recordName: String, resourceKind: String, resourceID: String, subjectType: String,
      subjectID: String
    ) {
      self.recordName = recordName
      self.resourceKind = resourceKind
      self.resourceID = resourceID
      self.subjectType = subjectType
      self.subjectID = subjectID
    }
  }

  /// Whether the permission was granted.
  public var success: Bool
  /// Which request is answered.
  public var subject: Subject?
  /// Why not.
  public var errorCode: ErrorCode?
  /// Why not, in words.
  public var errorMessage: String?
  /// Who has answered. Set by a deployed server.
  public var connection: ConnectionInfo?
  /// Whatever else was said.
  public var unknownFields: [UnknownField]

  /// An answer.
  public init(
    success: Bool, subject: Subject?, errorCode: ErrorCode? = nil, errorMessage: String? = nil,
    connection: ConnectionInfo? = nil, unknownFields: [UnknownField] = []
  ) {
    self.success = success
    self.subject = subject
    self.errorCode = errorCode
    self.errorMessage = errorMessage
    self.connection = connection
    self.unknownFields = unknownFields
  }
}

extension PermissionResponse: FieldGroup {
  init(from fields: inout FieldReader) {
    success = fields.bool("success")
    let names: [StaticString] = [
      "recordName", "resourceKind", "resourceId", "subjectType", "subjectId",
    ]
    let namesRequest = names.contains { fields.has($0) }
    subject =
      namesRequest || !fields.accepts(.documented)
      ? Subject(
        recordName: fields.string("recordName"), resourceKind: fields.string("resourceKind"),
        resourceID: fields.string("resourceId"), subjectType: fields.string("subjectType"),
        subjectID: fields.string("subjectId"))
      : nil
    errorCode = fields.optionalString("errorCode").map(ErrorCode.init(rawValue:))
    errorMessage = fields.optionalString("errorMessage")
    connection = fields.optionalObject("connection") { ConnectionInfo(from: &$0) }
    unknownFields = fields.unknownFields()
  }

  func write(to writer: inout JSONWriter, dialect: Dialect) throws(DialectError) {
    writer.field("success", success)
    switch (dialect, subject) {
    case (.deployed, let subject?):
      writer.field("recordName", subject.recordName)
      writer.field("resourceKind", subject.resourceKind)
      writer.field("resourceId", subject.resourceID)
      writer.field("subjectType", subject.subjectType)
      writer.field("subjectId", subject.subjectID)
    case (.documented, nil): break
    case (.deployed, nil): throw DialectError("an answer to no certain request", in: dialect)
    case (.documented, _?): throw DialectError("which request is answered", in: dialect)
    }
    writer.optionalField("errorCode", errorCode?.rawValue)
    writer.optionalField("errorMessage", errorMessage)
    if let connection {
      if dialect == .documented { throw DialectError("who has answered", in: dialect) }
      try writer.field("connection", connection, dialect)
    }
    writer.unknownFields(unknownFields)
  }
}

public import JSONText

/// `repo/connection_count` from a client: how many connections watch a branch.
///
/// Without a branch, deployed servers count every connection that is logged in, whatever the inst.
public struct ConnectionCountRequest: Hashable, Sendable {
  /// The record's name. Nil for a public inst.
  public var recordName: String?
  /// The inst. Nil for none.
  public var inst: String?
  /// The branch. Nil for all connections.
  public var branch: String?
  /// Whatever else was said.
  public var unknownFields: [UnknownField]

  /// A request to count.
  public init(
    recordName: String?, inst: String?, branch: String?, unknownFields: [UnknownField] = []
  ) {
    self.recordName = recordName
    self.inst = inst
    self.branch = branch
    self.unknownFields = unknownFields
  }
}

extension ConnectionCountRequest: FieldGroup {
  init(from fields: inout FieldReader) {
    recordName = fields.nullableString("recordName", mayBeEmpty: false)
    inst = fields.nullableString("inst")
    branch = fields.nullableString("branch")
    unknownFields = fields.unknownFields()
  }

  func write(to writer: inout JSONWriter, dialect: Dialect) throws(DialectError) {
    if dialect == .documented && (inst == nil || branch == nil) {
      throw DialectError("a count of all connections", in: dialect)
    }
    writer.nullableField("recordName", recordName)
    writer.nullableField("inst", inst)
    writer.nullableField("branch", branch)
    writer.unknownFields(unknownFields)
  }
}

/// `repo/connection_count` from a server: the answer.
public struct ConnectionCount: Hashable, Sendable {
  /// What was asked.
  public var request: ConnectionCountRequest
  /// How many connections there are.
  public var count: JSONNumber

  /// An answer.
  public init(_ request: ConnectionCountRequest, count: JSONNumber) {
    self.request = request
    self.count = count
  }
}

extension ConnectionCount: FieldGroup {
  init(from fields: inout FieldReader) {
    count = fields.number("count")
    request = ConnectionCountRequest(from: &fields)
  }

  func write(to writer: inout JSONWriter, dialect: Dialect) throws(DialectError) {
    writer.field("count", count)
    try request.write(to: &writer, dialect: dialect)
  }
}

import JSONText

/// `repo/watch_branch`: asks for a branch's updates, present and future.
public struct WatchBranch: Hashable, Sendable {
  /// The branch.
  public var address: BranchAddress
  /// Whether the branch shall be one that lives until its last watcher leaves.
  public var temporary: Bool?
  /// How changes are sent: `updates`.
  public var `protocol`: String?
  /// The markers that the inst gets when it is made now.
  public var markers: [String]?
  /// Whatever else was said.
  public var unknownFields: [UnknownField]

  /// A request to watch a branch.
  public init(
    _ address: BranchAddress, temporary: Bool? = nil, protocol: String? = nil,
    markers: [String]? = nil, unknownFields: [UnknownField] = []
  ) {
    self.address = address
    self.temporary = temporary
    self.protocol = `protocol`
    self.markers = markers
    self.unknownFields = unknownFields
  }
}

extension WatchBranch: FieldGroup {
  init(from fields: inout FieldReader) {
    address = BranchAddress(from: &fields)
    temporary = fields.optionalBool("temporary")
    `protocol` = fields.optionalString("protocol")
    markers = fields.optionalStrings("markers")
    unknownFields = fields.unknownFields()
  }

  func write(to writer: inout JSONWriter, dialect: Dialect) throws(DialectError) {
    address.write(to: &writer)
    writer.optionalField("temporary", temporary)
    writer.optionalField("protocol", `protocol`)
    if let markers { writer.field("markers", markers) }
    writer.unknownFields(unknownFields)
  }
}

/// A request that names a branch and nothing else: `repo/unwatch_branch`, `repo/get_updates`,
/// `repo/watch_branch_devices` and `repo/unwatch_branch_devices`.
public struct BranchRequest: Hashable, Sendable {
  /// The branch.
  public var address: BranchAddress
  /// Whatever else was said.
  public var unknownFields: [UnknownField]

  /// A request about a branch.
  public init(_ address: BranchAddress, unknownFields: [UnknownField] = []) {
    self.address = address
    self.unknownFields = unknownFields
  }
}

extension BranchRequest: FieldGroup {
  init(from fields: inout FieldReader) {
    address = BranchAddress(from: &fields)
    unknownFields = fields.unknownFields()
  }

  func write(to writer: inout JSONWriter, dialect: Dialect) throws(DialectError) {
    address.write(to: &writer)
    writer.unknownFields(unknownFields)
  }
}

/// `repo/watch_branch_result`: whether the branch is watched from now on.
public struct WatchBranchResult: Hashable, Sendable {
  /// The branch, a record key given for its record replaced by the record's name.
  public var address: BranchAddress
  /// Why not. Nil when the branch is watched.
  public var failure: ErrorInfo?
  /// Whatever else the server has said about a success.
  public var unknownFields: [UnknownField]

  /// A result. The address within a failure is that of the result, whatever it was.
  public init(
    _ address: BranchAddress, failure: ErrorInfo? = nil, unknownFields: [UnknownField] = []
  ) {
    self.address = address
    self.failure = failure
    self.failure?.address = address
    self.unknownFields = unknownFields
  }
}

extension WatchBranchResult: FieldGroup {
  init(from fields: inout FieldReader) {
    let address = BranchAddress(from: &fields)
    if fields.bool("success") {
      self.init(address, unknownFields: fields.unknownFields())
    } else {
      self.init(address, failure: ErrorInfo(from: &fields))
    }
  }

  func write(to writer: inout JSONWriter, dialect: Dialect) throws(DialectError) {
    address.write(to: &writer)
    if var failure {
      failure.address = nil
      try failure.write(to: &writer, dialect: dialect)
    } else {
      writer.field("success", true)
    }
    writer.unknownFields(unknownFields)
  }
}

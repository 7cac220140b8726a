import JSONText

/// `repo/connected_to_branch`: a device watches the branch.
public struct ConnectedToBranch: Hashable, Sendable {
  /// Clients act on the messages where this is false.
  public var broadcast: Bool
  /// The watch message of the device.
  public var branch: WatchBranch
  /// The device.
  public var connection: ConnectionInfo
  /// Whatever else the server has said; in the documented dialect `recordName` and `inst`, once more.
  public var unknownFields: [UnknownField]

  /// The news that a device has come.
  public init(
    broadcast: Bool, branch: WatchBranch, connection: ConnectionInfo,
    unknownFields: [UnknownField] = []
  ) {
    self.broadcast = broadcast
    self.branch = branch
    self.connection = connection
    self.unknownFields = unknownFields
  }
}

extension ConnectedToBranch: FieldGroup {
  init(from fields: inout FieldReader) {
    broadcast = fields.bool("broadcast")
    branch =
      fields.object("branch") { Self.watchMessage(&$0) }
      ?? WatchBranch(BranchAddress(recordName: nil, inst: "", branch: ""))
    connection =
      fields.object("connection") { ConnectionInfo(from: &$0) } ?? ConnectionInfo(connectionID: "")
    unknownFields = fields.unknownFields()
  }

  private static func watchMessage(_ fields: inout FieldReader) -> WatchBranch {
    if !fields.hasString("type", MessageType.watchBranch.name) {
      fields.note(.unknownValue, at: "type")
    }
    _ = fields.optionalRaw("type")
    return WatchBranch(from: &fields)
  }

  func write(to writer: inout JSONWriter, dialect: Dialect) throws(DialectError) {
    writer.field("broadcast", broadcast)
    writer.key("branch")
    writer.beginObject()
    writer.field("type", MessageType.watchBranch.name.description)
    try branch.write(to: &writer, dialect: dialect)
    writer.endObject()
    try writer.field("connection", connection, dialect)
    writer.unknownFields(unknownFields)
  }
}

/// `repo/disconnected_from_branch`: a device no longer watches the branch.
public struct DisconnectedFromBranch: Hashable, Sendable {
  /// Clients act on the messages where this is false.
  public var broadcast: Bool
  /// The branch.
  public var address: BranchAddress
  /// The device.
  public var connection: ConnectionInfo
  /// Whatever else the server has said.
  public var unknownFields: [UnknownField]

  /// The news that a device has gone.
  public init(
    broadcast: Bool, _ address: BranchAddress, connection: ConnectionInfo,
    unknownFields: [UnknownField] = []
  ) {
    self.broadcast = broadcast
    self.address = address
    self.connection = connection
    self.unknownFields = unknownFields
  }
}

extension DisconnectedFromBranch: FieldGroup {
  init(from fields: inout FieldReader) {
    broadcast = fields.bool("broadcast")
    address = BranchAddress(from: &fields)
    connection =
      fields.object("connection") { ConnectionInfo(from: &$0) } ?? ConnectionInfo(connectionID: "")
    unknownFields = fields.unknownFields()
  }

  func write(to writer: inout JSONWriter, dialect: Dialect) throws(DialectError) {
    writer.field("broadcast", broadcast)
    address.write(to: &writer)
    try writer.field("connection", connection, dialect)
    writer.unknownFields(unknownFields)
  }
}

public import JSONText

/// `repo/add_updates`: updates of a branch, from a client or from the server.
public struct AddUpdates: Hashable, Sendable {
  /// The branch.
  public var address: BranchAddress
  /// Yjs updates in base64, as they came: nobody checks them on the way.
  public var updates: [String]
  /// From a client: asks for an acknowledgement that names this number.
  public var updateID: JSONNumber?
  /// From a server: whether these are the updates that a watch begins with.
  public var initial: Bool?
  /// From a server, as answer to `repo/get_updates`: when it has got each update, in milliseconds
  /// since the Unix epoch.
  public var timestamps: [JSONNumber]?
  /// Whatever else was said.
  public var unknownFields: [UnknownField]

  /// Updates for a branch.
  public init(
    _ address: BranchAddress, updates: [String], updateID: JSONNumber? = nil,
    initial: Bool? = nil, timestamps: [JSONNumber]? = nil, unknownFields: [UnknownField] = []
  ) {
    self.address = address
    self.updates = updates
    self.updateID = updateID
    self.initial = initial
    self.timestamps = timestamps
    self.unknownFields = unknownFields
  }
}

extension AddUpdates: FieldGroup {
  init(from fields: inout FieldReader) {
    address = BranchAddress(from: &fields)
    updates = fields.strings("updates")
    updateID = fields.optionalNumber("updateId")
    initial = fields.optionalBool("initial")
    timestamps = fields.optionalNumbers("timestamps")
    unknownFields = fields.unknownFields()
  }

  func write(to writer: inout JSONWriter, dialect: Dialect) throws(DialectError) {
    address.write(to: &writer)
    writer.field("updates", updates)
    writer.optionalField("updateId", updateID)
    writer.optionalField("initial", initial)
    if let timestamps { writer.field("timestamps", timestamps) }
    writer.unknownFields(unknownFields)
  }
}

/// `repo/updates_received`: updates with an id have arrived, or found no room.
public struct UpdatesReceived: Hashable, Sendable {
  /// The branch.
  public var address: BranchAddress
  /// The id of the updates. Nil only in a refusal of updates without an id.
  public var updateID: JSONNumber?
  /// Why nothing was stored or passed on, such as `max_size_reached`. Nil when all is well.
  public var errorCode: ErrorCode?
  /// How large the branch may be, in bytes.
  public var maxBranchSizeInBytes: JSONNumber?
  /// How large the branch would have become, in bytes.
  public var neededBranchSizeInBytes: JSONNumber?
  /// Whatever else the server has said.
  public var unknownFields: [UnknownField]

  /// An acknowledgement, or with a code a refusal.
  public init(
    _ address: BranchAddress, updateID: JSONNumber?, errorCode: ErrorCode? = nil,
    maxBranchSizeInBytes: JSONNumber? = nil, neededBranchSizeInBytes: JSONNumber? = nil,
    unknownFields: [UnknownField] = []
  ) {
    self.address = address
    self.updateID = updateID
    self.errorCode = errorCode
    self.maxBranchSizeInBytes = maxBranchSizeInBytes
    self.neededBranchSizeInBytes = neededBranchSizeInBytes
    self.unknownFields = unknownFields
  }
}

extension UpdatesReceived: FieldGroup {
  init(from fields: inout FieldReader) {
    address = BranchAddress(from: &fields)
    updateID = fields.optionalNumber("updateId")
    errorCode = fields.optionalString("errorCode").map(ErrorCode.init(rawValue:))
    maxBranchSizeInBytes = fields.optionalNumber("maxBranchSizeInBytes")
    neededBranchSizeInBytes = fields.optionalNumber("neededBranchSizeInBytes")
    unknownFields = fields.unknownFields()
  }

  func write(to writer: inout JSONWriter, dialect: Dialect) throws(DialectError) {
    let isRefusal =
      errorCode != nil || maxBranchSizeInBytes != nil || neededBranchSizeInBytes != nil
    if dialect == .documented && isRefusal {
      throw DialectError("a refusal in repo/updates_received", in: dialect)
    }
    address.write(to: &writer)
    writer.optionalField("updateId", updateID)
    writer.optionalField("errorCode", errorCode?.rawValue)
    writer.optionalField("maxBranchSizeInBytes", maxBranchSizeInBytes)
    writer.optionalField("neededBranchSizeInBytes", neededBranchSizeInBytes)
    writer.unknownFields(unknownFields)
  }
}

public import JSONText

/// `repo/receive_action`: an action for this device.
public struct ReceiveAction: Hashable, Sendable {
  /// The branch.
  public var address: BranchAddress
  /// The action.
  public var action: DeviceAction
  /// Whatever else the server has said.
  public var unknownFields: [UnknownField]

  /// An action that a device gets.
  public init(
    _ address: BranchAddress, action: DeviceAction, unknownFields: [UnknownField] = []
  ) {
    self.address = address
    self.action = action
    self.unknownFields = unknownFields
  }
}

extension ReceiveAction: FieldGroup {
  init(from fields: inout FieldReader) {
    address = BranchAddress(from: &fields)
    action =
      fields.object("action") { DeviceAction(from: &$0) }
      ?? DeviceAction(.event(nil), from: nil)
    unknownFields = fields.unknownFields()
  }

  func write(to writer: inout JSONWriter, dialect: Dialect) throws(DialectError) {
    address.write(to: &writer)
    try writer.field("action", action, dialect)
    writer.unknownFields(unknownFields)
  }
}

/// An action as a device gets it.
public struct DeviceAction: Hashable, Sendable {
  /// What the action carries.
  public var content: ActionContent
  /// Who has sent it. Deployed servers always say so.
  public var connection: ConnectionInfo?
  /// A string or number that a result must repeat.
  public var taskID: RawJSON?
  /// Whatever else the server has said.
  public var unknownFields: [UnknownField]

  /// An action from a connection.
  public init(
    _ content: ActionContent, from connection: ConnectionInfo?, taskID: RawJSON? = nil,
    unknownFields: [UnknownField] = []
  ) {
    self.content = content
    self.connection = connection
    self.taskID = taskID
    self.unknownFields = unknownFields
  }
}

extension DeviceAction: FieldGroup {
  private static let types: (StaticString, StaticString, StaticString) =
    ("device", "device_result", "device_error")

  init(from fields: inout FieldReader) {
    self.init(.event(nil), from: nil)
    if fields.isString("type"), let content = ActionContent(from: &fields, types: Self.types) {
      self.content = content
    } else {
      fields.note(.unknownValue, at: "type")
    }
    connection = fields.optionalObject("connection") { ConnectionInfo(from: &$0) }
    taskID = fields.optionalStringOrNumber("taskId")
    unknownFields = fields.unknownFields()
  }

  func write(to writer: inout JSONWriter, dialect: Dialect) throws(DialectError) {
    if dialect == .documented && !content.isEvent {
      throw DialectError("the result of an action", in: dialect)
    }
    if dialect == .deployed && connection == nil {
      throw DialectError("an action from nobody", in: dialect)
    }
    content.write(to: &writer, types: Self.types)
    if let connection { try writer.field("connection", connection, dialect) }
    writer.optionalField("taskId", taskID)
    writer.unknownFields(unknownFields)
  }
}

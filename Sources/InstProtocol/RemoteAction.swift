public import JSONText

/// `repo/send_action`: an action for devices that watch a branch.
public struct SendAction: Hashable, Sendable {
  /// The branch.
  public var address: BranchAddress
  /// The action.
  public var action: RemoteAction
  /// Whatever else was said.
  public var unknownFields: [UnknownField]

  /// A request to pass an action on.
  public init(
    _ address: BranchAddress, action: RemoteAction, unknownFields: [UnknownField] = []
  ) {
    self.address = address
    self.action = action
    self.unknownFields = unknownFields
  }
}

extension SendAction: FieldGroup {
  init(from fields: inout FieldReader) {
    address = BranchAddress(from: &fields)
    action =
      fields.object("action") { RemoteAction(from: &$0) } ?? RemoteAction(.event(nil))
    unknownFields = fields.unknownFields()
  }

  func write(to writer: inout JSONWriter, dialect: Dialect) throws(DialectError) {
    address.write(to: &writer)
    try writer.field("action", action, dialect)
    writer.unknownFields(unknownFields)
  }
}

/// For which of the devices that watch a branch an action is: those that match any part that is set.
///
/// With no part set, deployed servers pick one device at random, which the documented dialect cannot
/// ask for. ``everyone`` is what the documented dialect says by naming no device.
public struct DeviceSelector: Hashable, Sendable {
  /// The device with this connection id.
  public var connectionID: String?
  /// The devices of this session.
  public var sessionID: String?
  /// The devices of this user.
  public var userID: String?
  /// Every device; `false` is a part that is set and matches none.
  public var broadcast: Bool?
  /// Whatever else was said within the documented dialect's `device`.
  public var unknownFields: [UnknownField]

  /// A selector of these parts.
  public init(
    connectionID: String? = nil, sessionID: String? = nil, userID: String? = nil,
    broadcast: Bool? = nil, unknownFields: [UnknownField] = []
  ) {
    self.connectionID = connectionID
    self.sessionID = sessionID
    self.userID = userID
    self.broadcast = broadcast
    self.unknownFields = unknownFields
  }

  /// Every device that watches the branch.
  public static let everyone = DeviceSelector(broadcast: true)

  /// Whether no part is set.
  public var isEmpty: Bool {
    connectionID == nil && sessionID == nil && userID == nil && broadcast == nil
  }

  /// Whether a device matches any part that is set.
  public func matches(_ device: ConnectionInfo) -> Bool {
    if broadcast == true { return true }
    if let connectionID, isSameUTF8(connectionID, device.connectionID) { return true }
    if let sessionID, isSameUTF8(sessionID, device.sessionID) { return true }
    if let userID, isSameUTF8(userID, device.userID) { return true }
    return false
  }
}

/// An action as the sender gives it to the server.
public struct RemoteAction: Hashable, Sendable {
  /// What the action carries.
  public var content: ActionContent
  /// For whom it is.
  public var selector: DeviceSelector
  /// A string or number by which a result can name the event; a result must have one.
  public var taskID: RawJSON?
  /// Whether the server may join it with others.
  public var allowBatching: Bool?
  /// Whatever else was said.
  public var unknownFields: [UnknownField]

  /// An action.
  public init(
    _ content: ActionContent, to selector: DeviceSelector = DeviceSelector(),
    taskID: RawJSON? = nil, allowBatching: Bool? = nil, unknownFields: [UnknownField] = []
  ) {
    self.content = content
    self.selector = selector
    self.taskID = taskID
    self.allowBatching = allowBatching
    self.unknownFields = unknownFields
  }
}

extension RemoteAction: FieldGroup {
  private static let types: (StaticString, StaticString, StaticString) =
    ("remote", "remote_result", "remote_error")

  init(from fields: inout FieldReader) {
    self.init(.event(nil))
    if fields.accepts(.documented), fields.hasString("type", "device") {
      _ = fields.string("type")
      content = .event(fields.optionalRaw("event"))
      selector = fields.optionalObject("device") { Self.documentedSelector(&$0) } ?? .everyone
    } else if fields.accepts(.deployed), fields.isString("type"),
      let content = ActionContent(from: &fields, types: Self.types)
    {
      self.content = content
      selector = DeviceSelector(
        connectionID: fields.optionalString("connectionId"),
        sessionID: fields.optionalString("sessionId"),
        userID: fields.optionalString("userId"), broadcast: fields.optionalBool("broadcast"))
      allowBatching = fields.optionalBool("allowBatching")
    } else {
      fields.note(.unknownValue, at: "type")
    }
    taskID = fields.optionalStringOrNumber("taskId")
    if taskID == nil && !content.isEvent {
      fields.note(.wrongType(expected: "string or number", found: nil), at: "taskId")
    }
    unknownFields = fields.unknownFields()
  }

  /// An object that names nobody means the same as none: everyone.
  private static func documentedSelector(_ fields: inout FieldReader) -> DeviceSelector {
    var selector = DeviceSelector(
      connectionID: fields.optionalString("connectionId"),
      sessionID: fields.optionalString("sessionId"))
    if selector.isEmpty { selector = .everyone }
    selector.unknownFields = fields.unknownFields()
    return selector
  }

  func write(to writer: inout JSONWriter, dialect: Dialect) throws(DialectError) {
    switch dialect {
    case .deployed:
      guard selector.unknownFields.isEmpty else {
        throw DialectError("unknown fields in an action's device", in: dialect)
      }
      content.write(to: &writer, types: Self.types)
      writer.optionalField("connectionId", selector.connectionID)
      writer.optionalField("sessionId", selector.sessionID)
      writer.optionalField("userId", selector.userID)
      writer.optionalField("broadcast", selector.broadcast)
      writer.optionalField("allowBatching", allowBatching)
    case .documented: try writeDocumented(to: &writer)
    }
    writer.optionalField("taskId", taskID)
    writer.unknownFields(unknownFields)
  }

  private func writeDocumented(to writer: inout JSONWriter) throws(DialectError) {
    guard case .event(let event) = content else {
      throw DialectError("the result of an action", in: .documented)
    }
    guard allowBatching == nil else { throw DialectError("allowBatching", in: .documented) }
    let namesDevice = selector.connectionID != nil || selector.sessionID != nil
    guard selector.userID == nil, selector.broadcast == (namesDevice ? nil : true) else {
      throw DialectError("this choice of devices", in: .documented)
    }
    writer.field("type", "device")
    if namesDevice || !selector.unknownFields.isEmpty {
      writer.key("device")
      writer.beginObject()
      writer.optionalField("connectionId", selector.connectionID)
      writer.optionalField("sessionId", selector.sessionID)
      writer.unknownFields(selector.unknownFields)
      writer.endObject()
    }
    writer.optionalField("event", event)
  }
}

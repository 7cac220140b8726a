public import JSONText

/// What an action carries, as it came. Nil, where the field is absent, is not the same as `null`.
public enum ActionContent: Hashable, Sendable {
  /// An event for the device.
  case event(RawJSON?)
  /// The result of an earlier event with the same task id.
  case result(RawJSON?)
  /// The failure of an earlier event with the same task id.
  case error(RawJSON?)

  /// Reads the content by the action's `type`, which must be one of these three.
  init?(from fields: inout FieldReader, types: (StaticString, StaticString, StaticString)) {
    let type = fields.string("type")
    if type == types.0.description {
      self = .event(fields.optionalRaw("event"))
    } else if type == types.1.description, fields.accepts(.deployed) {
      self = .result(fields.optionalRaw("result"))
    } else if type == types.2.description, fields.accepts(.deployed) {
      self = .error(fields.optionalRaw("error"))
    } else {
      return nil
    }
  }

  /// Writes `type` and the content.
  func write(
    to writer: inout JSONWriter, types: (StaticString, StaticString, StaticString)
  ) {
    switch self {
    case .event(let event):
      writer.field("type", types.0.description)
      writer.optionalField("event", event)
    case .result(let result):
      writer.field("type", types.1.description)
      writer.optionalField("result", result)
    case .error(let error):
      writer.field("type", types.2.description)
      writer.optionalField("error", error)
    }
  }

  var isEvent: Bool {
    if case .event = self { true } else { false }
  }
}

public import JSONText

/// `sync/time`, documented as `repo/time_sync`: asks for the server's clock.
public struct TimeSyncRequest: Hashable, Sendable {
  /// Which request it is.
  public var id: JSONNumber
  /// The client's clock when it was sent, in milliseconds since the Unix epoch.
  public var clientRequestTime: JSONNumber
  /// Whatever else was said.
  public var unknownFields: [UnknownField]

  /// A request.
  public init(
    id: JSONNumber, clientRequestTime: JSONNumber, unknownFields: [UnknownField] = []
  ) {
    self.id = id
    self.clientRequestTime = clientRequestTime
    self.unknownFields = unknownFields
  }
}

extension TimeSyncRequest: FieldGroup {
  init(from fields: inout FieldReader) {
    id = fields.number("id")
    clientRequestTime = fields.number("clientRequestTime")
    unknownFields = fields.unknownFields()
  }

  func write(to writer: inout JSONWriter, dialect: Dialect) throws(DialectError) {
    writer.field("id", id)
    writer.field("clientRequestTime", clientRequestTime)
    writer.unknownFields(unknownFields)
  }
}

/// `sync/time/response`, documented as `repo/time_sync_response`: the server's clock.
public struct TimeSyncResponse: Hashable, Sendable {
  /// The id of the request.
  public var id: JSONNumber
  /// The time in the request.
  public var clientRequestTime: JSONNumber
  /// The server's clock when the request came, in milliseconds since the Unix epoch.
  public var serverReceiveTime: JSONNumber
  /// The server's clock when this was sent, in milliseconds since the Unix epoch.
  public var serverTransmitTime: JSONNumber
  /// Whatever else the server has said.
  public var unknownFields: [UnknownField]

  /// An answer.
  public init(
    id: JSONNumber, clientRequestTime: JSONNumber, serverReceiveTime: JSONNumber,
    serverTransmitTime: JSONNumber, unknownFields: [UnknownField] = []
  ) {
    self.id = id
    self.clientRequestTime = clientRequestTime
    self.serverReceiveTime = serverReceiveTime
    self.serverTransmitTime = serverTransmitTime
    self.unknownFields = unknownFields
  }
}

extension TimeSyncResponse: FieldGroup {
  init(from fields: inout FieldReader) {
    id = fields.number("id")
    clientRequestTime = fields.number("clientRequestTime")
    serverReceiveTime = fields.number("serverReceiveTime")
    serverTransmitTime = fields.number("serverTransmitTime")
    unknownFields = fields.unknownFields()
  }

  func write(to writer: inout JSONWriter, dialect: Dialect) throws(DialectError) {
    writer.field("id", id)
    writer.field("clientRequestTime", clientRequestTime)
    writer.field("serverReceiveTime", serverReceiveTime)
    writer.field("serverTransmitTime", serverTransmitTime)
    writer.unknownFields(unknownFields)
  }
}

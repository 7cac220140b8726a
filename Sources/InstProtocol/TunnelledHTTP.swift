public import JSONText

/// `http_request`, documented as `http/request`: an HTTP request to the server, sent as a message.
public struct HTTPRequestMessage: Hashable, Sendable {
  /// What the request asks for.
  public struct Request: Hashable, Sendable {
    /// The path of the URL.
    public var path: String
    /// The method.
    public var method: String
    /// The query of the URL, an object.
    public var query: RawJSON
    /// What the path's variable parts stand for, an object.
    public var pathParams: RawJSON
    /// The header fields, an object.
    public var headers: RawJSON
    /// The body. Nil for none.
    public var body: String?
    /// Whatever else was said.
    public var unknownFields: [UnknownField]

    /// A request.
    public init(
      path: String, method: String, query: RawJSON, pathParams: RawJSON, headers: RawJSON,
      body: String?, unknownFields: [UnknownField] = []
    ) {
      self.path = path
      self.method = method
      self.query = query
      self.pathParams = pathParams
      self.headers = headers
      self.body = body
      self.unknownFields = unknownFields
    }
  }

  /// Which request it is. Only the deployed dialect has ids, and there it must be set.
  public var id: JSONNumber?
  /// What it asks for.
  public var request: Request
  /// Whatever else was said.
  public var unknownFields: [UnknownField]

  /// A request message.
  public init(id: JSONNumber?, request: Request, unknownFields: [UnknownField] = []) {
    self.id = id
    self.request = request
    self.unknownFields = unknownFields
  }
}

extension HTTPRequestMessage.Request: FieldGroup {
  init(from fields: inout FieldReader) {
    path = fields.string("path")
    method = fields.string("method")
    query = fields.raw("query", .object, expected: "object")
    pathParams = fields.raw("pathParams", .object, expected: "object")
    headers = fields.raw("headers", .object, expected: "object")
    body = fields.nullableString("body")
    unknownFields = fields.unknownFields()
  }

  func write(to writer: inout JSONWriter, dialect: Dialect) throws(DialectError) {
    writer.field("path", path)
    writer.field("method", method)
    writer.field("query", query)
    writer.field("pathParams", pathParams)
    writer.field("headers", headers)
    writer.nullableField("body", body)
    writer.unknownFields(unknownFields)
  }
}

extension HTTPRequestMessage: FieldGroup {
  init(from fields: inout FieldReader) {
    id = fields.accepts(.documented) ? fields.optionalNumber("id") : fields.number("id")
    request =
      fields.object("request") { Request(from: &$0) }
      ?? Request(path: "", method: "", query: .null, pathParams: .null, headers: .null, body: nil)
    unknownFields = fields.unknownFields()
  }

  func write(to writer: inout JSONWriter, dialect: Dialect) throws(DialectError) {
    try writer.messageID(id, in: dialect, of: "an HTTP request")
    try writer.field("request", request, dialect)
    writer.unknownFields(unknownFields)
  }
}

/// An HTTP response, or a part of one.
public struct TunnelledResponse: Hashable, Sendable {
  /// The status. Always in a whole response, and in the first part.
  public var statusCode: JSONNumber?
  /// The header fields, an object. Always in a whole response, and in the first part.
  public var headers: RawJSON?
  /// The body, usually a string, or a part of it.
  public var body: RawJSON?
  /// Whatever else the server has said.
  public var unknownFields: [UnknownField]

  /// A response.
  public init(
    statusCode: JSONNumber? = nil, headers: RawJSON? = nil, body: RawJSON? = nil,
    unknownFields: [UnknownField] = []
  ) {
    self.statusCode = statusCode
    self.headers = headers
    self.body = body
    self.unknownFields = unknownFields
  }
}

extension TunnelledResponse: FieldGroup {
  init(from fields: inout FieldReader) {
    statusCode = fields.optionalNumber("statusCode")
    headers = fields.optionalRaw("headers")
    body = fields.optionalRaw("body")
    unknownFields = fields.unknownFields()
  }

  func write(to writer: inout JSONWriter, dialect: Dialect) throws(DialectError) {
    writer.optionalField("statusCode", statusCode)
    writer.optionalField("headers", headers)
    writer.optionalField("body", body)
    writer.unknownFields(unknownFields)
  }
}

/// `http_response`, documented as `http/response`: the whole response.
public struct HTTPResponseMessage: Hashable, Sendable {
  /// The id of the request. Only the deployed dialect has ids, and there it must be set.
  public var id: JSONNumber?
  /// The response.
  public var response: TunnelledResponse
  /// Whatever else the server has said.
  public var unknownFields: [UnknownField]

  /// A response message.
  public init(id: JSONNumber?, response: TunnelledResponse, unknownFields: [UnknownField] = []) {
    self.id = id
    self.response = response
    self.unknownFields = unknownFields
  }
}

extension HTTPResponseMessage: FieldGroup {
  init(from fields: inout FieldReader) {
    id = fields.optionalNumber("id")
    response =
      fields.object("response") { TunnelledResponse(from: &$0) } ?? TunnelledResponse()
    unknownFields = fields.unknownFields()
  }

  func write(to writer: inout JSONWriter, dialect: Dialect) throws(DialectError) {
    try writer.messageID(id, in: dialect, of: "an HTTP response")
    try writer.field("response", response, dialect)
    writer.unknownFields(unknownFields)
  }
}

/// `http_partial_response`, documented as `http/response/part`: a part of the response. Parts can
/// arrive out of order.
public struct HTTPPartialResponseMessage: Hashable, Sendable {
  /// The id of the request. Only the deployed dialect has ids, and there it must be set.
  public var id: JSONNumber?
  /// Which part it is, from 0 on. Only the deployed dialect numbers parts, and there it must be set.
  public var index: JSONNumber?
  /// Whether it is the last part. Only the deployed dialect says so.
  public var final: Bool?
  /// The part.
  public var response: TunnelledResponse?
  /// Whatever else the server has said.
  public var unknownFields: [UnknownField]

  /// A part of a response.
  public init(
    id: JSONNumber?, index: JSONNumber?, final: Bool?, response: TunnelledResponse?,
    unknownFields: [UnknownField] = []
  ) {
    self.id = id
    self.index = index
    self.final = final
    self.response = response
    self.unknownFields = unknownFields
  }
}

extension HTTPPartialResponseMessage: FieldGroup {
  init(from fields: inout FieldReader) {
    id = fields.optionalNumber("id")
    index = fields.optionalNumber("index")
    final = fields.optionalBool("final")
    response = fields.optionalObject("response") { TunnelledResponse(from: &$0) }
    unknownFields = fields.unknownFields()
  }

  func write(to writer: inout JSONWriter, dialect: Dialect) throws(DialectError) {
    try writer.messageID(id, in: dialect, of: "a part of an HTTP response")
    switch dialect {
    case .deployed:
      guard let index else { throw DialectError("a part without its index", in: dialect) }
      writer.field("index", index)
      writer.optionalField("final", final)
    case .documented:
      guard index == nil, final == nil else {
        throw DialectError("the index of a part", in: dialect)
      }
    }
    if let response { try writer.field("response", response, dialect) }
    writer.unknownFields(unknownFields)
  }
}

extension JSONWriter {
  /// Writes the id that messages about HTTP have in the deployed dialect, and only there.
  fileprivate mutating func messageID(
    _ id: JSONNumber?, in dialect: Dialect, of subject: String
  ) throws(DialectError) {
    switch (dialect, id) {
    case (.deployed, let id?): field("id", id)
    case (.documented, nil): break
    case (.deployed, nil): throw DialectError("\(subject) without an id", in: dialect)
    case (.documented, _?): throw DialectError("\(subject) with an id", in: dialect)
    }
  }
}

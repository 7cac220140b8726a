public import JSONText

/// One frame: a JSON array around a message, or around what moves a large message (PROTOCOL section
/// 3).
///
/// A client numbers its frames 1, 2, 3, …; a server writes -1 or 0, and in errors the number of the
/// frame that was wrong, or null. Elements behind those that a form has are ignored.
public enum Envelope<Message: InstMessage>: Hashable, Sendable {
  /// `[1, id, message]`
  case message(id: JSONNumber?, Message)
  /// `[2, id]`: asks where to upload a message.
  case uploadRequest(id: JSONNumber?)
  /// `[3, id, url, method, headers]`: says where.
  case uploadResponse(id: JSONNumber?, StorageRequest)
  /// `[4, id, url, method, headers]`: tells where to fetch a message. Nil when the frame ends behind
  /// its id.
  case downloadRequest(id: JSONNumber?, StorageRequest?)
  /// `[5, id, info]`: something failed.
  case error(id: JSONNumber?, ErrorInfo)

  /// The id of the frame, as written.
  public var id: JSONNumber? {
    switch self {
    case .message(let id, _), .uploadRequest(let id), .uploadResponse(let id, _),
      .downloadRequest(let id, _), .error(let id, _):
      id
    }
  }
}

/// Why a text is not a frame.
public enum EnvelopeError: Error, Hashable, Sendable {
  /// The text is not JSON.
  case notJSON(JSONError)
  /// The text is JSON, but not of one of the five forms.
  case invalidEnvelope([FieldIssue])
  /// The envelope is right, but what is in it is not: paths begin at the third element.
  case invalidContent(id: JSONNumber?, [FieldIssue])
}

extension EnvelopeError: CustomStringConvertible {
  /// One sentence part for people.
  public var description: String {
    switch self {
    case .notJSON(let error): "not JSON: \(error)"
    case .invalidEnvelope(let issues):
      "not a frame of the protocol: \(issues.map(\.description).joined(separator: "; "))"
    case .invalidContent(_, let issues): issues.map(\.description).joined(separator: "; ")
    }
  }
}

// MARK: - Reading

extension Envelope<ClientMessage> {
  /// Reads a client's frame, which must have a number as its id.
  ///
  /// - Parameters:
  ///   - text: The text of the frame.
  ///   - only: The one dialect whose forms are known. Nil knows both.
  /// - Throws: ``EnvelopeError`` with all that is wrong.
  public init(
    parsing text: UnsafeRawBufferPointer, only: Dialect? = nil
  ) throws(EnvelopeError) {
    self = try parse(text, only: only, idMayBeNull: false)
  }
}

extension Envelope<ServerMessage> {
  /// Reads a server's frame.
  ///
  /// - Parameters:
  ///   - text: The text of the frame.
  ///   - only: The one dialect whose forms are known. Nil knows both.
  /// - Throws: ``EnvelopeError`` with all that is wrong.
  public init(
    parsing text: UnsafeRawBufferPointer, only: Dialect? = nil
  ) throws(EnvelopeError) {
    self = try parse(text, only: only, idMayBeNull: true)
  }
}

private func parse<Message: InstMessageCases>(
  _ text: UnsafeRawBufferPointer, only: Dialect?, idMayBeNull: Bool
) throws(EnvelopeError) -> Envelope<Message> {
  let elements = try EnvelopeElements(text)
  let (form, id) = try elements.head(idMayBeNull: idMayBeNull)
  switch form {
  case 1: return .message(id: id, try elements.message(id: id, only: only))
  case 2: return .uploadRequest(id: id)
  case 3: return .uploadResponse(id: id, try elements.storageRequest())
  case 4 where elements.ranges.count == 2: return .downloadRequest(id: id, nil)
  case 4: return .downloadRequest(id: id, try elements.storageRequest())
  default: return .error(id: id, try elements.errorInfo(id: id))
  }
}

// MARK: - Writing

extension Envelope {
  /// Writes the frame.
  ///
  /// - Throws: ``DialectError`` when the dialect has no form for the message; what has been written by
  ///   then is to be thrown away.
  public func write(
    to writer: inout JSONWriter, dialect: Dialect = .deployed
  ) throws(DialectError) {
    writer.beginArray()
    switch self {
    case .message(let id, let message):
      writer.head(1, id)
      try message.write(to: &writer, dialect: dialect)
    case .uploadRequest(let id): writer.head(2, id)
    case .uploadResponse(let id, let request):
      writer.head(3, id)
      writer.elements(of: request)
    case .downloadRequest(let id, let request):
      writer.head(4, id)
      if let request { writer.elements(of: request) }
    case .error(let id, let info):
      writer.head(5, id)
      writer.beginObject()
      try info.write(to: &writer, dialect: dialect)
      writer.endObject()
    }
    writer.endArray()
  }
}

extension JSONWriter {
  fileprivate mutating func head(_ form: Int, _ id: JSONNumber?) {
    number(form)
    if let id { number(id) } else { null() }
  }

  fileprivate mutating func elements(of request: StorageRequest) {
    string(request.url)
    string(request.method)
    beginObject()
    for header in request.headers {
      key(string: header.name)
      string(header.value)
    }
    endObject()
  }
}

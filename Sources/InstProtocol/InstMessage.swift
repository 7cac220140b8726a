public import JSONText

/// What ``ClientMessage`` and ``ServerMessage`` have in common: a JSON object whose `type` says what
/// it is.
public protocol InstMessage: Hashable, Sendable {
  /// Reads the message object that `text` is.
  ///
  /// A type that is not known gives the case `unknown`, and unknown fields are kept.
  ///
  /// - Parameters:
  ///   - text: The object alone, without the envelope: the form of uploads and downloads.
  ///   - only: The one dialect whose forms are known. Nil knows both.
  /// - Throws: ``MessageError`` when the text is not such an object, or known fields are missing or
  ///   of a wrong type.
  init(parsing text: UnsafeRawBufferPointer, only: Dialect?) throws(MessageError)

  /// Writes the message as one JSON object.
  ///
  /// - Throws: ``DialectError`` when the dialect has no form for it; what has been written by then is
  ///   to be thrown away.
  func write(to writer: inout JSONWriter, dialect: Dialect) throws(DialectError)
}

/// How the two read their cases.
protocol InstMessageCases: InstMessage {
  /// Reads the message of a type. Nil when it goes the other way.
  init?(_ type: MessageType, from fields: inout FieldReader)

  /// The message of a type that is not known.
  init(unknownType type: String, _ message: RawJSON)
}

extension ClientMessage {
  /// Reads the message object that `text` is. See ``InstMessage/init(parsing:only:)``.
  public init(
    parsing text: UnsafeRawBufferPointer, only: Dialect? = nil
  ) throws(MessageError) {
    self = try parse(text, only: only)
  }
}

extension ServerMessage {
  /// Reads the message object that `text` is. See ``InstMessage/init(parsing:only:)``.
  public init(
    parsing text: UnsafeRawBufferPointer, only: Dialect? = nil
  ) throws(MessageError) {
    self = try parse(text, only: only)
  }
}

private func parse<Message: InstMessageCases>(
  _ text: UnsafeRawBufferPointer, only: Dialect?
) throws(MessageError) -> Message {
  do throws(JSONError) {
    try JSON.validate(text)
  } catch { throw .notJSON(error) }
  return try read(trimmed(text), only: only)
}

/// Reads the message that JSON without whitespace around it is.
func read<Message: InstMessageCases>(
  _ json: UnsafeRawBufferPointer, only: Dialect?
) throws(MessageError) -> Message {
  guard var fields = FieldReader(json, only: only) else {
    throw .invalidFields([.notAnObject(json)])
  }
  let (type, name) = fields.messageType()
  guard fields.issues.isEmpty else { throw .invalidFields(fields.issues) }
  let isKnown = type.dialect.map { fields.accepts($0) } ?? true
  guard isKnown, let message = Message(type, from: &fields) else {
    return Message(unknownType: name, RawJSON(scanned: json))
  }
  guard fields.issues.isEmpty else { throw .invalidFields(fields.issues) }
  return message
}

private func trimmed(_ json: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
  var cursor = JSONCursor(json)
  // It was validated: there is no error left to throw.
  return (try? cursor.skipValue())?.bytes(in: json) ?? json
}

extension FieldReader {
  /// Takes the field `type`.
  fileprivate mutating func messageType() -> (MessageType, name: String) {
    let type = typeRange.map { MessageType($0, in: text) } ?? .unknown
    return (type, string("type"))
  }
}

extension JSONWriter {
  /// Writes a message object.
  mutating func message(
    _ type: MessageType, _ body: some FieldGroup, _ dialect: Dialect
  ) throws(DialectError) {
    beginObject()
    key("type")
    string(utf8: type.name.bytes)
    try body.write(to: &self, dialect: dialect)
    endObject()
  }
}

extension StaticString {
  /// The UTF-8 of the literal, which lives as long as the program.
  var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
  }
}

extension FieldIssue {
  /// A value stands where an object is due, or nothing.
  static func notAnObject(_ json: UnsafeRawBufferPointer?) -> FieldIssue {
    let found = json?.first.flatMap(JSONKind.init(beginningWith:))
    return FieldIssue(path: [], problem: .wrongType(expected: "object", found: found))
  }
}

extension JSONKind {
  /// The kind of a value by its first byte.
  init?(beginningWith byte: UInt8) {
    switch byte {
    case UInt8(ascii: "n"): self = .null
    case UInt8(ascii: "t"), UInt8(ascii: "f"): self = .boolean
    case UInt8(ascii: "\""): self = .string
    case UInt8(ascii: "["): self = .array
    case UInt8(ascii: "{"): self = .object
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): self = .number
    default: return nil
    }
  }
}

extension JSONCursor {
  /// Reads the next value as a tree.
  ///
  /// - Throws: ``JSONError`` when something in it is not JSON, or is nested too deep.
  public mutating func readValue() throws(JSONError) -> JSONValue {
    switch try peekKind() {
    case .null:
      try readNull()
      return .null
    case .boolean: return .bool(try readBool())
    case .number: return .number(JSONNumber(scanned: try readNumber().bytes(in: bytes)))
    case .string: return .string(try readString().decoded(in: bytes))
    case .array:
      var elements: [JSONValue] = []
      try beginArray()
      while try nextElement() { elements.append(try readValue()) }
      return .array(elements)
    case .object:
      var members: [JSONMember] = []
      try beginObject()
      while let name = try nextKey() {
        members.append(JSONMember(name: name.decoded(in: bytes), value: try readValue()))
      }
      return .object(members)
    }
  }
}

extension JSONValue {
  /// Parses a text, by the rules of ``JSON``.
  ///
  /// - Throws: ``JSONError``, with the offset of what is wrong.
  public init(
    parsing text: UnsafeRawBufferPointer, maximumDepth: Int = JSON.defaultMaximumDepth
  ) throws(JSONError) {
    try JSON.validateUTF8(text)
    var cursor = JSONCursor(text, maximumDepth: maximumDepth)
    self = try cursor.readValue()
    try cursor.end()
  }

  /// Parses a text.
  ///
  /// - Throws: ``JSONError``, with the offset of what is wrong.
  public init(
    parsing text: [UInt8], maximumDepth: Int = JSON.defaultMaximumDepth
  ) throws(JSONError) {
    self = try text.span.withUnsafeBytes { (text) throws(JSONError) in
      try JSONValue(parsing: text, maximumDepth: maximumDepth)
    }
  }

  /// Parses a text.
  ///
  /// - Throws: ``JSONError``, with the offset of what is wrong, in bytes of UTF-8.
  public init(
    parsing text: String, maximumDepth: Int = JSON.defaultMaximumDepth
  ) throws(JSONError) {
    try self.init(parsing: Array(text.utf8), maximumDepth: maximumDepth)
  }
}

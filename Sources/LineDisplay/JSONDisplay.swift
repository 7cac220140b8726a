import JSONText

extension StyledText {
  /// Adds JSON for reading: a space behind colons and commas, long base64 by its ends and size, and other
  /// strings that no row has room for by their beginning and length.
  ///
  /// - Parameter name: the member whose value it is, if any.
  mutating func append(json value: JSONValue, of name: String? = nil) {
    switch value {
    case .null: append("null", .literal)
    case .bool(let value): append(value ? "true" : "false", .literal)
    case .number(let number): append(number.text, .number)
    case .string(let text): append(jsonString: text, of: name)
    case .array(let elements):
      append("[", .dim)
      for (index, element) in elements.enumerated() {
        guard !isFull else { return }
        if index > 0 { append(", ", .dim) }
        append(json: element, of: name)
      }
      append("]", .dim)
    case .object(let members):
      append("{", .dim)
      for (index, member) in members.enumerated() {
        guard !isFull else { return }
        if index > 0 { append(", ", .dim) }
        append("\"", .key)
        append(quoted: member.name, .key)
        append("\"", .key)
        append(": ", .dim)
        append(json: member.value, of: member.name)
      }
      append("}", .dim)
    }
  }

  private mutating func append(jsonString text: String, of name: String?) {
    if let name, Base64Form.fields.contains(name), let form = Base64Form(text), form.isShortened {
      append(form.ends, .string)
      append(" \(Quantity.bytes(form.decodedCount))", .dim)
      return
    }
    append("\"", .string)
    guard let length = lengthIfLong(text) else {
      append(quoted: text, .string)
      append("\"", .string)
      return
    }
    let told = " \(Quantity.count(length, "character"))"
    var beginning = StyledText(limit: rowWidth)
    beginning.append(quoted: text, .string)
    // Its end, and the mark that the row's own end is cut off.
    let room = rowWidth - columns - 2 - told.utf8.count
    append(beginning.cut(to: max(8, min(rowWidth / 2, room))))
    append("\"", .string)
    append(told, .dim)
  }

  /// How many characters it has, if not even a whole row would hold it.
  private func lengthIfLong(_ text: String) -> Int? {
    guard text.utf8.count > rowWidth else { return nil }
    let length = text.unicodeScalars.count
    return length > rowWidth ? length : nil
  }

  /// The content of a string of JSON; control characters are escaped in any case.
  private mutating func append(quoted text: String, _ style: Style) {
    var start = text.startIndex
    while let mark = text[start...].firstIndex(where: { $0 == "\"" || $0 == "\\" }), !isFull {
      append(String(text[start..<mark]) + "\\\(text[mark])", style)
      start = text.index(after: mark)
    }
    append(String(text[start...]), style)
  }

  /// Adds a value as `name=value`: a string without quotes where nothing is lost by that.
  mutating func append(member name: String, _ value: JSONValue) {
    append(name, .key)
    append("=", .dim)
    append(value, of: name)
  }

  /// Adds a value: a string without quotes where nothing is lost by that.
  mutating func append(_ value: JSONValue, of name: String? = nil) {
    let isBase64 = name.map(Base64Form.fields.contains) ?? false
    if let text = value.stringValue, text.isWord, text.utf8.count <= rowWidth, !isBase64 {
      append(text, .plain)
    } else {
      append(json: value, of: name)
    }
  }
}

extension Base64Form {
  init?(_ text: String) {
    var text = text
    guard let form = text.withUTF8({ Base64Form(UnsafeRawBufferPointer($0)) }) else { return nil }
    self = form
  }
}

extension String {
  /// Whether it could not be taken for anything else without quotes around it.
  fileprivate var isWord: Bool {
    guard let first = utf8.first, utf8.count < 256 else { return false }
    let startsLikeText =
      (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first & ~0x20) || first == UInt8(ascii: "/")
    let literals = ["true", "false", "null"]
    return startsLikeText && !literals.contains(self)
      && utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") }
  }
}

import JSONText

/// The members of one line, each taken by whoever shows it; what nobody takes is shown as it is.
struct LineFields {
  private let text: UnsafeRawBufferPointer
  private var members: [(name: String, range: JSONRange)] = []

  /// Nil when the text is not one JSON object. The text is borrowed.
  init?(_ text: UnsafeRawBufferPointer) {
    self.text = text
    do throws(JSONError) {
      try JSON.validateUTF8(text)
      var cursor = JSONCursor(text)
      try cursor.beginObject()
      while let name = try cursor.nextKey() {
        members.append((name.decoded(in: text), try cursor.skipValue()))
      }
      try cursor.end()
    } catch {
      return nil
    }
  }

  /// Whether there is such a member, not taken yet.
  func has(_ name: String) -> Bool { members.contains { $0.name == name } }

  /// Takes a member as it is written.
  mutating func takeText(_ name: String) -> UnsafeRawBufferPointer? {
    guard let index = members.lastIndex(where: { $0.name == name }) else { return nil }
    return members.remove(at: index).range.bytes(in: text)
  }

  /// Takes a member.
  mutating func take(_ name: String) -> JSONValue? {
    takeText(name).flatMap { text in
      var cursor = JSONCursor(text)
      return try? cursor.readValue()
    }
  }

  /// Takes a member that is a string; one that is none stays.
  mutating func takeString(_ name: String) -> String? {
    isOf(.string, name) ? take(name)?.stringValue : nil
  }

  /// Takes a member that is a number; one that is none stays.
  mutating func takeNumber(_ name: String) -> Double? {
    isOf(.number, name) ? take(name)?.doubleValue : nil
  }

  /// Takes a member that is true or false; one that is neither stays.
  mutating func takeBool(_ name: String) -> Bool? {
    isOf(.boolean, name) ? take(name)?.boolValue : nil
  }

  private func isOf(_ kind: JSONKind, _ name: String) -> Bool {
    members.last { $0.name == name }?.range.kind == kind
  }

  /// Takes the next of what is left.
  mutating func takeNext() -> (name: String, value: JSONValue)? {
    guard let name = members.first?.name else { return nil }
    return take(name).map { (name, $0) }
  }
}

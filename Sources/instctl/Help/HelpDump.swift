import JSONText

extension HelpTopic {
  /// All pages as one JSON array, from which man pages are made.
  static var dump: [UInt8] {
    var writer = JSONWriter()
    writer.value(.array(all.map(\.json)))
    writer.finishLine()
    return writer.bytes
  }

  private var json: JSONValue {
    .object([
      JSONMember(name: "name", value: .string(name)),
      JSONMember(name: "abstract", value: .string(abstract)),
      JSONMember(name: "parts", value: .array(parts.map(\.json))),
    ])
  }
}

extension HelpTopic.Part {
  fileprivate var json: JSONValue {
    switch self {
    case .text(let text): .object([JSONMember(name: "text", value: .string(text))])
    case .heading(let text): .object([JSONMember(name: "heading", value: .string(text))])
    case .code(let lines):
      .object([JSONMember(name: "code", value: .array(lines.map(JSONValue.string)))])
    case .table(let rows):
      .object([
        JSONMember(
          name: "table",
          value: .array(rows.map { .array([.string($0.name), .string($0.meaning)]) }))
      ])
    }
  }
}

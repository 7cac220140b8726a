import Glibc
import InstDocument
import JSONText
import Transport

/// Changes as JSON lines on stdin, in the form in which changes are printed.
enum BotEditLines {
  /// All of them, to the end of the input.
  @EventLoop
  static func read() async throws(Failure) -> [BotEdit] {
    let reader = LineReader(descriptor: STDIN_FILENO, limit: JSONInput.limit)
    var edits: [BotEdit] = []
    var number = 0
    while let line = try await nextLine(reader, number + 1) {
      number += 1
      if JSONInput.isBlank(line) { continue }
      let value = try JSONInput.value(line, "line \(number) of stdin", line: number).value
      // As add-updates does, so that all that watch --state prints can be fed back.
      if let type = value["type"]?.stringValue, type != "change" { continue }
      guard let made = Self.edits(value) else {
        throw .badInput(
          "line \(number) of stdin is no change",
          hint: #"{"bot":"…","tag":"…","to":…}; "tag":null means the bot itself"#,
          facts: [JSONMember(name: "line", value: JSONValue(number))])
      }
      guard made.allSatisfy(\.isWhole) else {
        throw .noNumber(in: "line \(number) of stdin", line: number)
      }
      edits += made
    }
    return edits
  }

  @EventLoop
  private static func nextLine(
    _ reader: LineReader, _ number: Int
  ) async throws(Failure) -> [UInt8]? {
    switch await reader.next() {
    case .line(let line): return line
    case .end, .cancelled: return nil
    case .tooLong(let limit):
      throw .badInput("line \(number) of stdin is longer than \(limit) bytes")
    case .failed(let code):
      throw Failure(
        code: "read_failed", layer: .io, message: "reading failed: \(systemMessage(code))",
        exit: .inputOutput)
    }
  }

  /// Nil for what is no change.
  private static func edits(_ change: JSONValue) -> [BotEdit]? {
    guard let bot = change["bot"]?.stringValue else { return nil }
    let to = change["to"].flatMap { $0 == .null ? nil : $0 }
    // A bot goes by what is said, not by what is left out.
    guard let tag = change["tag"] else { return nil }
    if tag == .null {
      guard change["mask"] != true else { return nil }
      guard let to else { return [.removeBot(bot)] }
      guard let tags = to.objectValue else { return nil }
      let given = tags.map { Bot.Tag(name: $0.name, value: TagValue($0.value)) }
      if let from = change["from"], from != .null { return [.replaceBot(bot, tags: given)] }
      return [.addBot(bot)] + given.map { .setTag($0.name, ofBot: bot, to: $0.value) }
    }
    guard let tag = tag.stringValue else { return nil }
    if change["mask"] == true {
      return [
        to.map { .setMask(tag, ofBot: bot, to: TagValue($0)) } ?? .removeMask(tag, ofBot: bot)
      ]
    }
    return [
      to.map { .setTag(tag, ofBot: bot, to: TagValue($0)) } ?? .removeTag(tag, ofBot: bot)
    ]
  }
}

extension BotEdit {
  /// Whether the document can hold the value as it was given.
  var isWhole: Bool {
    switch self {
    case .setTag(_, ofBot: _, to: let value), .setMask(_, ofBot: _, to: let value): value.isWhole
    case .replaceBot(_, let tags): tags.allSatisfy(\.value.isWhole)
    default: true
    }
  }
}

extension TagValue {
  /// The value that somebody gives a tag.
  ///
  /// - Parameter place: where it is given, for the message.
  init(given json: JSONValue, as place: String) throws(Failure) {
    self.init(json)
    guard isWhole else { throw .noNumber(in: place) }
  }
}

extension Failure {
  /// A value has a number that JavaScript does not know.
  static func noNumber(in place: String, line: Int? = nil) -> Failure {
    .badInput(
      "a number in \(place) is larger than any that JavaScript knows",
      hint: "the largest is about 1.8e308",
      facts: line.map { [JSONMember(name: "line", value: JSONValue($0))] } ?? [])
  }
}

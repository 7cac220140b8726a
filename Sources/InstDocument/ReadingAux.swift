import JSONText
import Yjs

extension AuxFile {
  /// The longest file that is read where nothing else is said, in bytes: 256 MiB.
  public static var defaultLimit: Int { 256 << 20 }

  /// Reads a file.
  ///
  /// Memory: some times the file.
  ///
  /// - Parameters:
  ///   - text: the file's bytes.
  ///   - limit: the most that is accepted, in bytes.
  /// - Throws: ``AuxError``
  public init(reading text: [UInt8], limit: Int = defaultLimit) throws(AuxError) {
    guard text.count <= limit else {
      throw AuxError(reason: .tooLarge(limit: limit), offset: limit)
    }
    self = try text.span.bytes.withUnsafeBytes { (bytes) throws(AuxError) in
      try AuxReader(bytes).file()
    }
  }
}

/// Reads the parts of a file, where they lie.
private struct AuxReader {
  private let bytes: UnsafeRawBufferPointer

  /// Tags may be nested as deep as a document takes them; masks stand one deeper in the file.
  private static let maximumDepth = AnyValue.maximumDepth + 5

  init(_ bytes: UnsafeRawBufferPointer) throws(AuxError) {
    self.bytes = bytes
    do throws(JSONError) {
      try JSON.validate(bytes, maximumDepth: Self.maximumDepth)
      try JSON.validateUTF8(bytes)
    } catch { throw AuxError(reason: .json(error.kind), offset: error.offset) }
  }

  func file() throws(AuxError) -> AuxFile {
    let root = try whole()
    try require(root, "the file", .object)
    let members = try members(of: root)
    guard let version = members.last(where: { $0.name == "version" })?.value else {
      return .state(AuxState(bots: try bots(root)))
    }
    let others = try others(members, but: ["version", "state", "updates"])
    switch version.int(in: bytes) {
    case 1:
      let state = try member("state", of: members, at: root)
      return .state(AuxState(bots: try bots(state), others: others))
    case 2:
      let updates = try member("updates", of: members, at: root)
      return .updates(AuxUpdates(updates: try self.updates(updates), others: others))
    default:
      let text = String(decoding: version.bytes(in: bytes).prefix(64), as: UTF8.self)
      throw AuxError(reason: .unknownVersion(text), offset: version.start)
    }
  }

  // MARK: Version 1

  private func bots(_ state: JSONRange) throws(AuxError) -> [AuxState.Bot] {
    try require(state, "the state", .object)
    var bots: [AuxState.Bot] = []
    for (key, value) in try members(of: state) {
      try require(value, "the bot '\(key)'", .object)
      bots.append(try bot(value, key))
    }
    return bots
  }

  private func bot(_ range: JSONRange, _ key: String) throws(AuxError) -> AuxState.Bot {
    let members = try members(of: range)
    var bot = AuxState.Bot(id: key)
    for (name, value) in members {
      switch name {
      case "id":
        guard let id = try json(value).stringValue else {
          throw AuxError(reason: .wrongKind(of: "'id'", expected: .string), offset: value.start)
        }
        // By UTF-8: names are not normalised, as comparing Strings would do.
        guard id.utf8.elementsEqual(key.utf8) else {
          throw AuxError(reason: .otherID(id, of: key), offset: value.start)
        }
      case "space": bot.space = try json(value).stringValue
      case "tags":
        try require(value, "'tags'", .object)
        bot.tags = try json(value).objectValue ?? []
      case "masks":
        try require(value, "'masks'", .object)
        for (space, tags) in try self.members(of: value) {
          try require(tags, "the masks of '\(space)'", .object)
          bot.masks.append(.init(space: space, tags: try json(tags).objectValue ?? []))
        }
      default: break
      }
    }
    guard members.contains(where: { $0.name == "tags" }) else {
      throw AuxError(reason: .missing("tags"), offset: range.start)
    }
    return bot
  }

  // MARK: Version 2

  private func updates(_ list: JSONRange) throws(AuxError) -> [AuxUpdates.Update] {
    try require(list, "'updates'", .array)
    var updates: [AuxUpdates.Update] = []
    for element in try elements(of: list) {
      try require(element, "an update", .object)
      let members = try members(of: element)
      let update = try member("update", of: members, at: element)
      try require(update, "'update'", .string)
      updates.append(
        AuxUpdates.Update(
          id: try members.last { $0.name == "id" }.map { (_, value) throws(AuxError) in
            try json(value)
          },
          timestamp: try members.last { $0.name == "timestamp" }
            .map { (_, value) throws(AuxError) in try json(value) },
          base64: try json(update).stringValue ?? "", offset: element.start,
          others: try others(members, but: ["id", "timestamp", "update"])))
    }
    return updates
  }

  // MARK: Parts

  private typealias Member = (name: String, value: JSONRange)

  private func require(
    _ range: JSONRange, _ what: @autoclosure () -> String, _ kind: JSONKind
  ) throws(AuxError) {
    guard range.kind == kind else {
      throw AuxError(reason: .wrongKind(of: what(), expected: kind), offset: range.start)
    }
  }

  private func member(
    _ name: String, of members: [Member], at range: JSONRange
  ) throws(AuxError) -> JSONRange {
    guard let found = members.last(where: { $0.name == name }) else {
      throw AuxError(reason: .missing(name), offset: range.start)
    }
    return found.value
  }

  private func others(_ members: [Member], but known: [String]) throws(AuxError) -> [JSONMember] {
    var others: [JSONMember] = []
    for (name, value) in members where !known.contains(name) {
      others.append(JSONMember(name: name, value: try json(value)))
    }
    return others
  }

  private func whole() throws(AuxError) -> JSONRange {
    try reading(0..<bytes.count) { (cursor) throws(JSONError) in try cursor.skipValue() }
  }

  private func members(of object: JSONRange) throws(AuxError) -> [Member] {
    try reading(object.start..<object.end) { (cursor) throws(JSONError) in
      var members: [Member] = []
      let text = cursor.bytes
      try cursor.beginObject()
      while let name = try cursor.nextKey() {
        members.append((name.decoded(in: text), try cursor.skipValue().moved(by: object.start)))
      }
      return members
    }
  }

  private func elements(of array: JSONRange) throws(AuxError) -> [JSONRange] {
    try reading(array.start..<array.end) { (cursor) throws(JSONError) in
      var elements: [JSONRange] = []
      try cursor.beginArray()
      while try cursor.nextElement() {
        elements.append(try cursor.skipValue().moved(by: array.start))
      }
      return elements
    }
  }

  private func json(_ value: JSONRange) throws(AuxError) -> JSONValue {
    try reading(value.start..<value.end) { (cursor) throws(JSONError) in try cursor.readValue() }
  }

  private func reading<Result>(
    _ range: Range<Int>, _ body: (inout JSONCursor) throws(JSONError) -> Result
  ) throws(AuxError) -> Result {
    var cursor = JSONCursor(
      UnsafeRawBufferPointer(rebasing: bytes[range]), maximumDepth: Self.maximumDepth)
    do throws(JSONError) { return try body(&cursor) } catch {
      throw AuxError(reason: .json(error.kind), offset: range.lowerBound + error.offset)
    }
  }
}

extension JSONRange {
  fileprivate func moved(by offset: Int) -> JSONRange {
    JSONRange(kind: kind, hasEscapes: hasEscapes, start: start + offset, end: end + offset)
  }
}

import JSONText

/// An update as it stands in a source; whether it is one, is not known yet.
struct FoundUpdate: Sendable {
  /// What stands there.
  enum Content: Sendable {
    case bytes([UInt8])
    /// Nothing that could be an update, and why.
    case unreadable(reason: String)
  }

  var content: Content
  /// Where it stands, for messages: `line 3`, `update 5`.
  var place: String
  /// Its number in a file.
  var id: JSONValue?
  /// When it was made or stored, as the source has it.
  var timestamp: JSONValue?
  /// What else a file says of it.
  var others: [JSONMember] = []
}

extension FoundUpdate.Content {
  /// What a text in base64 holds.
  init(base64: UnsafeRawBufferPointer) {
    guard !base64.isEmpty else {
      self = .unreadable(reason: "the update is empty")
      return
    }
    self = Base64.decode(base64).map { .bytes($0) } ?? .unreadable(reason: "not base64")
  }

  init(base64: String) {
    var text = base64
    self = text.withUTF8 { Self(base64: UnsafeRawBufferPointer($0)) }
  }
}

/// A line of text in which updates can stand.
enum UpdatesLine {
  /// An empty line, or a JSON line of another type.
  case nothing
  case updates([FoundUpdate])
  /// The beginning of a file that is one JSON object, or the whole of it.
  case object
  /// What is neither.
  case unreadable(reason: String)

  /// - Parameter number: the number of the line, for the places of the updates.
  init(_ line: [UInt8], number: Int) {
    let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
    let start = line.firstIndex { !isSpace($0) } ?? line.endIndex
    let end = line.lastIndex { !isSpace($0) } ?? line.endIndex
    guard start < line.endIndex else {
      self = .nothing
      return
    }
    self = line[start...end].withUnsafeBytes { bytes in
      if bytes.first == UInt8(ascii: "{") { return Self.object(bytes, "line \(number)") }
      return .updates([FoundUpdate(content: .init(base64: bytes), place: "line \(number)")])
    }
  }

  /// The updates of an object that has some, as `get-updates` and `watch` print it and servers send it.
  static func object(_ bytes: UnsafeRawBufferPointer, _ place: String) -> UpdatesLine {
    var cursor = JSONCursor(bytes)
    var updates: JSONRange?
    var timestamps: JSONRange?
    var hasType = false
    do throws(JSONError) {
      try cursor.beginObject()
      while let name = try cursor.nextKey() {
        let value = try cursor.skipValue()
        if name.equals("updates", in: bytes) { updates = value }
        if name.equals("timestamps", in: bytes) { timestamps = value }
        if name.equals("type", in: bytes) { hasType = true }
        // Only files have a version.
        if name.equals("version", in: bytes) { return .object }
      }
      try cursor.end()
    } catch {
      return error.kind == .unexpectedEnd
        ? .object : .unreadable(reason: "not valid JSON: \(error)")
    }
    guard let updates else { return hasType ? .nothing : .object }
    guard updates.kind == .array else { return .unreadable(reason: "updates is not an array") }
    return .updates(list(updates.bytes(in: bytes), times(timestamps?.bytes(in: bytes)), place))
  }

  private static func list(
    _ array: UnsafeRawBufferPointer, _ times: [JSONValue], _ place: String
  ) -> [FoundUpdate] {
    var found: [FoundUpdate] = []
    var cursor = JSONCursor(array)
    do throws(JSONError) {
      try cursor.beginArray()
      while try cursor.nextElement() {
        let value = try cursor.skipValue()
        let index = found.count
        found.append(
          FoundUpdate(
            content: content(value, in: array), place: "\(place), update \(index)",
            timestamp: index < times.count ? times[index] : nil))
      }
    } catch {
      // It has been scanned once; what cannot be read cannot have come this far.
    }
    return found
  }

  private static func content(
    _ value: JSONRange, in text: UnsafeRawBufferPointer
  ) -> FoundUpdate.Content {
    guard let string = value.string else { return .unreadable(reason: "the update is no text") }
    return string.hasEscapes
      ? FoundUpdate.Content(base64: string.decoded(in: text))
      : FoundUpdate.Content(base64: string.bytes(in: text))
  }

  private static func times(_ array: UnsafeRawBufferPointer?) -> [JSONValue] {
    array.flatMap { try? JSONValue(parsing: $0) }?.arrayValue ?? []
  }
}

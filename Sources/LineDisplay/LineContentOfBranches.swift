public import JSONText

// The forms of what happens on a branch: updates, actions, devices.

extension LineContent {
  // MARK: Updates

  mutating func updates(_ fields: inout LineFields) {
    let isReplay = fields.takeBool("replay") ?? false
    let isState = fields.takeBool("initial")
    let list = fields.takeText("updates").map(UpdateList.init) ?? UpdateList()
    switch isState {
    case nil: append("stored", .strong)
    case true?: append(isReplay ? "again " : "state ", .strong)
    case false?: append("new   ", .good)
    }
    let count = Quantity.count(list.count, "update")
    append(" \(Self.right(count, 11)) ")
    append(Self.right(Quantity.bytes(list.byteCount), 8), .number)
    if let span = fields.takeText("timestamps").flatMap(TimestampSpan.init) {
      append("  \(span.text)", .dim)
    }
    guard let first = list.first else { return }
    append("  \(first)", .string)
    if list.count > 1 { append(" …", .dim) }
  }

  private static func right(_ text: String, _ columns: Int) -> String {
    String(repeating: " ", count: max(0, columns - text.utf8.count)) + text
  }

  // MARK: Actions

  mutating func action(_ action: JSONValue) {
    var rest = action.objectValue ?? []
    func take(_ name: String) -> JSONValue? {
      guard let index = rest.lastIndex(where: { $0.name == name }) else { return nil }
      return rest.remove(at: index).value
    }
    guard !rest.isEmpty else { return text.append(json: action) }
    let type = take("type")
    if let connection = take("connection") {
      append(DeviceName(connection).short, .name)
      append(" → ", .dim)
    }
    switch type?.stringValue {
    case "device_result": append("result", .good)
    case "device_error": append("error", .bad)
    case "device", nil: break
    case let other?: append(other, .strong)
    }
    if let id = take("taskId"), id != .null {
      append(" #", .dim)
      text.append(id)
      append(" ")
    }
    for name in ["event", "result", "error"] {
      if let value = take(name) { event(value, isFirst: type?.stringValue == "device") }
    }
    for member in rest {
      append(" ")
      text.append(member: member.name, member.value)
    }
  }

  /// An event's name first, then what else it has.
  private mutating func event(_ event: JSONValue, isFirst: Bool) {
    if !isFirst { append(" ") }
    guard let members = event.objectValue,
      let name = members.last(where: { $0.name == "name" })?.value.stringValue
    else { return text.append(json: event) }
    append(name, .strong)
    let others = members.filter { $0.name != "name" }
    guard !others.isEmpty else { return }
    append(" ")
    text.append(json: .object(others))
  }

  // MARK: Devices

  mutating func device(_ fields: inout LineFields, isThere: Bool) {
    append(isThere ? "● " : "○ ", isThere ? .good : .dim)
    append(isThere ? "here  " : "gone  ", isThere ? .plain : .dim)
    if let connection = fields.take("connection") { appendDevice(connection) }
  }

  /// All that is known of a device.
  mutating func appendDevice(_ connection: JSONValue) {
    guard let members = connection.objectValue else { return text.append(json: connection) }
    if let id = connection["connectionId"]?.stringValue { append(id, .name) }
    for (name, word) in [("userId", "user"), ("sessionId", "session")] {
      guard let id = connection[name]?.stringValue else { continue }
      append("  \(word) ", .dim)
      append(id)
    }
    let known = ["connectionId", "userId", "sessionId"]
    for member in members where !known.contains(member.name) {
      append("  ")
      text.append(member: member.name, member.value)
    }
  }
}

/// What a device is called where there is little room.
public struct DeviceName: Hashable, Sendable {
  /// Its user, if it has one, or its connection: the beginning of it when it is long.
  public let short: String

  /// - Parameter connection: the protocol's ConnectionInfo.
  public init(_ connection: JSONValue) {
    self.init(
      connectionID: connection["connectionId"]?.stringValue ?? "?",
      userID: connection["userId"]?.stringValue)
  }

  /// The name of a device.
  public init(connectionID: String, userID: String?) {
    let name = userID ?? connectionID
    short = name.count > 20 ? name.prefix(8) + "…" : name
  }
}

/// What a list of updates holds, found without making a string of each.
struct UpdateList {
  private(set) var count = 0
  /// Of what their base64 stands for, or of the text of those that are none.
  private(set) var byteCount = 0
  /// The first one, its ends.
  private(set) var first: String?

  init() {}

  /// - Parameter text: a JSON array. What is no string in it is not counted.
  init(_ text: UnsafeRawBufferPointer) {
    var cursor = JSONCursor(text)
    do throws(JSONError) {
      try cursor.beginArray()
      while try cursor.nextElement() {
        let value = try cursor.skipValue()
        guard let content = value.string else { continue }
        add(content, in: text)
      }
    } catch {
      // What has been counted until then is what there is.
    }
  }

  private mutating func add(_ content: JSONStringRange, in text: UnsafeRawBufferPointer) {
    let form = content.hasEscapes ? nil : Base64Form(content.bytes(in: text))
    byteCount += form?.decodedCount ?? content.count
    if count == 0 {
      first =
        form?.ends ?? StyledText(content.decoded(in: text)).cut(to: 24).text(isColoured: false)
    }
    count += 1
  }
}

/// From when to when updates were stored.
struct TimestampSpan {
  private var first: Double?
  private var last: Double?

  /// - Parameter text: a JSON array of milliseconds since the Unix epoch. Nil when there are none.
  init?(_ text: UnsafeRawBufferPointer) {
    var cursor = JSONCursor(text)
    do throws(JSONError) {
      try cursor.beginArray()
      while try cursor.nextElement() {
        guard let time = try cursor.readValue().doubleValue else { continue }
        first = min(first ?? time, time)
        last = max(last ?? time, time)
      }
    } catch { return nil }
    if first == nil { return nil }
  }

  /// `2026-01-31 12:34` or `2026-01-31 12:34 to 13:00`, UTC.
  var text: String {
    guard let first, let last else { return "" }
    let (from, to) = (Self.minute(first), Self.minute(last))
    if from == to { return from }
    return from.prefix(10) == to.prefix(10)
      ? "\(from) to \(to.dropFirst(11))" : "\(from.prefix(10)) to \(to.prefix(10))"
  }

  private static func minute(_ milliseconds: Double) -> String {
    LineTime(milliseconds: milliseconds)?.minute ?? "?"
  }
}

import JSONText

// The forms of what updates say and what documents hold: bots, changes, differences, gaps.

extension LineContent {
  // MARK: Bots

  mutating func bot(_ fields: inout LineFields) {
    guard let bot = fields.take("bot") else { return }
    append(bot["id"]?.stringValue ?? "?", .name)
    tags(bot["tags"])
    guard let masks = bot["masks"]?.objectValue, !masks.isEmpty else { return }
    append("  masks", .dim)
    tags(.object(masks))
  }

  private mutating func tags(_ tags: JSONValue?) {
    for tag in tags?.objectValue ?? [] {
      append("  ")
      text.append(member: tag.name, tag.value)
    }
  }

  /// A change as a line of its own; whose it was stands behind it.
  mutating func change(_ fields: inout LineFields) {
    let names = ["bot", "tag", "mask", "from", "to", "client"]
    change(
      .object(names.compactMap { name in fields.take(name).map { .init(name: name, value: $0) } }))
  }

  private mutating func change(_ change: JSONValue) {
    let (from, to) = (change["from"] ?? .null, change["to"] ?? .null)
    subject(change)
    switch (from, to) {
    case (.null, _):
      append(" + ", .good)
      text.append(json: to)
    case (_, .null):
      append(" - ", .bad)
      text.append(json: from)
    default:
      append(" ")
      text.append(json: from)
      append(" → ", .dim)
      text.append(json: to)
    }
    if let client = change["client"]?.intValue { append("  by \(client)", .dim) }
  }

  /// The bot, and its tag if it is about one.
  private mutating func subject(_ change: JSONValue) {
    append(change["bot"]?.stringValue ?? "?", .name)
    if let tag = change["tag"]?.stringValue { append(" \(tag)", .strong) }
    if change["mask"]?.boolValue == true { append(" mask", .dim) }
  }

  // MARK: Updates

  /// What an update changes counts most; its structs and deletions are told by number.
  mutating func decoded(_ fields: inout LineFields) {
    if let index = fields.takeNumber("index") {
      append("#\(Quantity.fixed(index, digits: 0))", .strong)
    }
    if let size = fields.takeNumber("sizeBytes") {
      append("  \(Quantity.bytes(Int(exactly: size) ?? 0))", .number)
    }
    if let time = fields.takeNumber("timestamp").flatMap(LineTime.init(milliseconds:)) {
      append("  \(time.minute)", .dim)
    }
    if let error = fields.take("decodeError") {
      append("  ✗ ", .bad)
      append(error["message"]?.stringValue ?? "it cannot be decoded", .bad)
      if let offset = error["offset"]?.intValue { append(" at byte \(offset)", .dim) }
    }
    if fields.takeBool("waiting") == true { append("  ! something is missing", .warning) }
    for (name, word) in [("structs", "struct"), ("deletions", "deletion")] {
      guard let count = fields.take(name)?.arrayValue?.count, count > 0 else { continue }
      append("  \(Quantity.count(count, word))", .dim)
    }
    for client in fields.take("clients")?.arrayValue ?? [] { clocks(client) }
    for (index, change) in (fields.take("changes")?.arrayValue ?? []).enumerated() {
      append(index == 0 ? "  " : "; ", .dim)
      self.change(change)
    }
  }

  private mutating func clocks(_ client: JSONValue) {
    guard let id = client["client"]?.intValue, let clock = client["clock"]?.intValue,
      let end = client["end"]?.intValue
    else { return }
    append("  \(id):\(clock)–\(end)", .dim)
  }

  // MARK: Differences and gaps

  mutating func difference(_ fields: inout LineFields) {
    if let side = fields.takeString("only") {
      append("only in \(side)  ", side == "a" ? .good : .warning)
      return range(&fields)
    }
    let names = ["bot", "tag", "mask"]
    subject(
      .object(names.compactMap { name in fields.take(name).map { .init(name: name, value: $0) } }))
    for name in ["a", "b"] {
      guard let value = fields.take(name) else { continue }
      append("  \(name) ", .dim)
      text.append(json: value)
    }
  }

  mutating func gap(_ fields: inout LineFields) {
    append(fields.takeString("kind") ?? "?", .warning)
    append(" ")
    range(&fields)
    if let needs = fields.take("needs") {
      append("  needs ", .bad)
      append("\(needs["client"]?.intValue ?? 0):\(needs["clock"]?.intValue ?? 0)", .number)
      if let role = fields.takeString("as") { append(" as \(role)", .dim) }
    }
    if let update = fields.takeNumber("update") {
      append("  in update \(Quantity.fixed(update, digits: 0))", .dim)
    }
    if let place = fields.takeString("place") { append(" (\(place))", .dim) }
  }

  /// Some clocks of a client.
  private mutating func range(_ fields: inout LineFields) {
    let isDeletion = fields.takeBool("deletion") ?? false
    guard let client = fields.take("client")?.intValue, let clock = fields.take("clock")?.intValue
    else { return }
    append(isDeletion ? "deletion of \(client):\(clock)" : "\(client):\(clock)", .number)
    guard let length = fields.take("length")?.intValue else { return }
    append("–\(clock.addingReportingOverflow(length).partialValue)", .number)
  }
}

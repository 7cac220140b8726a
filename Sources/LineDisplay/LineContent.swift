import JSONText

/// What a line tells, in the form that its type has. Whatever a form does not take stands behind it as
/// `name=value`.
struct LineContent {
  var text: StyledText
  let hint: @Sendable (String) -> String?

  /// - Parameter text: the row's beginning.
  init(_ text: StyledText, hint: @escaping @Sendable (String) -> String?) {
    self.text = text
    self.hint = hint
  }

  mutating func append(_ kind: LineKind, _ fields: inout LineFields) {
    let start = text.columns
    switch kind {
    case .connection: connection(&fields)
    case .updates: updates(&fields)
    case .sync: sync(&fields)
    case .action: action(fields.take("action") ?? .null)
    case .error: error(&fields)
    case .rateLimit: rateLimit(&fields)
    case .ack: ack(&fields)
    case .sent: sent(&fields)
    case .actionResult: actionResult(&fields)
    case .deviceConnected: device(&fields, isThere: true)
    case .deviceDisconnected: device(&fields, isThere: false)
    case .count: count(&fields)
    case .timeSync: timeSync(&fields)
    case .inst: inst(&fields)
    case .frame: frame(&fields)
    case .httpResponse: httpResponse(&fields)
    case .listening: if let url = fields.takeString("url") { text.append(url, .name) }
    case .message: if let message = fields.take("message") { text.append(json: message) }
    case .login, .permissionResult: success(&fields)
    case .permissionRequest: reason(&fields)
    case .bot: bot(&fields)
    case .change: change(&fields)
    case .decoded: decoded(&fields)
    case .difference: difference(&fields)
    case .gap: gap(&fields)
    case .other: success(&fields)
    }
    while !text.isFull, let (name, value) = fields.takeNext() {
      if text.columns > start { text.append("  ") }
      text.append(member: name, value)
    }
  }

  mutating func append(_ text: String, _ style: Style = .plain) { self.text.append(text, style) }

  // MARK: The connection

  private mutating func connection(_ fields: inout LineFields) {
    let state = fields.takeString("state") ?? "?"
    let isConnected = fields.takeBool("connected") ?? false
    let style: Style = isConnected ? .good : state == "disconnected" ? .bad : .warning
    append(isConnected ? "● " : "○ ", style)
    append(state, style)
    if let attempt = fields.takeNumber("attempt") {
      append("  attempt \(Quantity.fixed(attempt, digits: 0))", .dim)
    }
    if let wait = fields.takeNumber("retryInMs") {
      append(wait > 0 ? " in \(Quantity.milliseconds(wait))" : " at once", .dim)
    }
    if let reason = fields.takeString("reason") { append("  \(reason)") }
    if let code = fields.takeNumber("closeCode") {
      append(" (code \(Quantity.fixed(code, digits: 0)))", .dim)
    }
  }

  private mutating func sync(_ fields: inout LineFields) {
    guard fields.takeBool("complete") == true else { return }
    append("✓ complete, from here on it is news", .good)
  }

  private mutating func rateLimit(_ fields: inout LineFields) {
    guard let wait = fields.takeNumber("retryAfterMs") else { return }
    append("! nothing is sent for \(Quantity.milliseconds(wait))", .warning)
  }

  private mutating func error(_ fields: inout LineFields) {
    let kind = fields.takeString("kind") ?? "error"
    let code = fields.takeString("errorCode") ?? fields.takeString("code")
    append("✗ ", .bad)
    append(code ?? kind, .bad)
    if code != nil, kind != "error" { append(" \(kind)", .bad) }
    for name in ["errorMessage", "message"] {
      if let message = fields.takeString(name), !message.isEmpty {
        append(": ", .bad)
        append(message, .bad)
      }
    }
    for (name, word) in [
      ("maxBranchSizeInBytes", "at most"), ("neededBranchSizeInBytes", "needed"),
    ] {
      guard let size = fields.takeNumber(name) else { continue }
      append("  \(word) \(Quantity.bytes(Int(exactly: size.rounded()) ?? 0))")
    }
    let given = fields.takeString("hint")
    if let hint = given ?? hint(code ?? kind) { append("  hint: \(hint)", .warning) }
  }

  // MARK: Answers

  private mutating func ack(_ fields: inout LineFields) {
    append("✓ ", .good)
    if let id = fields.take("updateId") {
      append("#", .dim)
      text.append(id)
    }
    if let time = fields.takeNumber("ackMs") { append("  \(Quantity.milliseconds(time))", .number) }
    guard let tries = fields.takeNumber("tries"), tries > 1 else { return }
    append("  after \(Quantity.fixed(tries, digits: 0)) tries", .warning)
  }

  private mutating func sent(_ fields: inout LineFields) {
    append("✓", .good)
    taskID(&fields)
  }

  private mutating func actionResult(_ fields: inout LineFields) {
    append(fields.takeBool("success") == false ? "✗" : "✓", fields.has("error") ? .bad : .good)
    taskID(&fields)
    if let connection = fields.take("connection") {
      append(" from ", .dim)
      append(DeviceName(connection).short, .name)
    }
    for name in ["result", "error"] {
      guard let value = fields.take(name) else { continue }
      append(" ")
      text.append(json: value)
    }
  }

  private mutating func taskID(_ fields: inout LineFields) {
    guard let id = fields.take("taskId"), id != .null else { return }
    append(" #", .dim)
    text.append(id)
  }

  private mutating func count(_ fields: inout LineFields) {
    guard let count = fields.takeNumber("count"), let whole = Int(exactly: count) else { return }
    append("\(whole)", .number)
    append(whole == 1 ? " connection" : " connections")
  }

  private mutating func timeSync(_ fields: inout LineFields) {
    if let offset = fields.takeNumber("offsetMs") {
      append("offset ", .dim)
      append("\(offset < 0 ? "" : "+")\(Quantity.fixed(offset, digits: 3))ms", .number)
    }
    if let latency = fields.takeNumber("latencyMs") {
      append("  latency ", .dim)
      append("\(Quantity.fixed(latency, digits: 3))ms", .number)
    }
    if let spread = fields.takeNumber("spreadMs") {
      append("  spread ", .dim)
      append("\(Quantity.fixed(spread, digits: 3))ms", .number)
    }
    if let samples = fields.takeNumber("samples"), let count = Int(exactly: samples) {
      append("  \(Quantity.count(count, "sample"))", .dim)
    }
  }

  private mutating func inst(_ fields: inout LineFields) {
    let record = fields.take("recordName")?.stringValue ?? ""
    append("\(record)/\(fields.takeString("inst") ?? "")", .name)
  }

  private mutating func frame(_ fields: inout LineFields) {
    let isReceived = fields.takeString("direction") == "in"
    append(isReceived ? "← " : "→ ", isReceived ? .arrival : .good)
    if let frame = fields.take("frame") { text.append(json: frame) }
  }

  private mutating func httpResponse(_ fields: inout LineFields) {
    if let status = fields.takeNumber("statusCode") {
      append(Quantity.fixed(status, digits: 0), status < 400 ? .good : .bad)
    }
    if let body = fields.take("body"), body != .null {
      append("  ")
      text.append(json: body)
    }
  }

  /// Whatever succeeds or not, and as whom.
  private mutating func success(_ fields: inout LineFields) {
    if let success = fields.takeBool("success") {
      append(success ? "✓ " : "✗ ", success ? .good : .bad)
      if let code = fields.takeString("errorCode") { append("\(code) ", .bad) }
      if let message = fields.takeString("errorMessage") { append(message, .bad) }
    }
    if let info = fields.take("info") { appendDevice(info) }
  }

  private mutating func reason(_ fields: inout LineFields) {
    guard let connection = fields.take("connection") else { return }
    append(DeviceName(connection).short, .name)
  }
}

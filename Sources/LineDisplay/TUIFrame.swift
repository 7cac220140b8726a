extension TUIModel {
  /// The rows of the screen, `rows` of them at most, none wider than `columns`.
  public func frame(columns: Int, rows: Int, at seconds: Double) -> [StyledText] {
    guard columns > 0, rows > 0 else { return [] }
    var frame = [heading(columns, at: seconds), totals(columns)]
    // Of what is left the insts take at most a third, the devices another.
    let left = max(0, rows - frame.count - (note == nil ? 0 : 1))
    frame += branchRows(columns, most: max(2, left / 3), at: seconds)
    frame += deviceRows(columns, most: max(0, left / 3), at: seconds)
    frame += eventRows(most: rows - frame.count - (note == nil ? 0 : 1))
    if let note {
      frame = Array(frame.prefix(rows - 1))
      while frame.count < rows - 1 { frame.append(StyledText()) }
      frame.append(StyledText(note, .warning))
    }
    return frame.prefix(rows).map { $0.cut(to: columns) }
  }

  // MARK: The first rows

  private func heading(_ columns: Int, at seconds: Double) -> StyledText {
    let state = connectionState
    var right = StyledText()
    right.append(state.isConnected ? "● " : "○ ", state.isConnected ? .good : .warning)
    right.append(state.text, state.isConnected ? .good : .warning)
    right.append("  \(Quantity.clock(Int64(max(0, seconds - startSeconds))))", .dim)
    right.append("  q quits", .dim)
    var row = StyledText("instctl", .strong)
    row.append("  \(title)")
    row = row.cut(to: max(7, columns - right.columns - 2))
    row.pad(to: columns - right.columns)
    row.append(right)
    return row
  }

  /// What there is room for; the first is the most important.
  private func totals(_ columns: Int) -> StyledText {
    var row = StyledText()
    func add(_ name: String, _ value: String, _ rate: String? = nil) {
      var part = StyledText(row.columns > 0 ? "   " : "")
      part.append("\(name) ", .dim)
      part.append(value, .strong)
      if let rate { part.append(" \(rate)/s", .number) }
      if row.columns + part.columns <= columns { row.append(part) }
    }
    add("updates", "\(updateCount)", Quantity.short(updateRate.perSecond))
    add("actions", "\(actionCount)", Quantity.short(actionRate.perSecond))
    if let latencyMilliseconds {
      add("latency", Quantity.milliseconds(latencyMilliseconds))
    }
    add("in", Quantity.bytes(receivedBytes), Quantity.bytes(Int(byteRate.perSecond)))
    if let offsetMilliseconds {
      add(
        "clock",
        "\(offsetMilliseconds < 0 ? "" : "+")\(Quantity.milliseconds(offsetMilliseconds))")
    }
    return row
  }

  // MARK: Insts

  /// A column of figures: its heading, how wide it is, and what it says of a branch.
  private struct Column {
    let heading: String
    let width: Int
    let text: (Branch) -> String
  }

  private func branchRows(_ columns: Int, most: Int, at seconds: Double) -> [StyledText] {
    let figures: [Column] = [
      Column(heading: "UPDATES", width: 9) { "\($0.updates)" },
      Column(heading: "/S", width: 6) { Quantity.short($0.updateRate.perSecond) },
      Column(heading: "ACTIONS", width: 9) { "\($0.actions)" },
      Column(heading: "DEVICES", width: 9) { branch in
        "\(devices.count { $0.branch == branch.name })"
      },
      Column(heading: "BYTES", width: 10) { Quantity.bytes($0.bytes) },
      Column(heading: "LAST", width: 8) { branch in
        branch.lastSeconds.map { Quantity.clock(Int64(max(0, seconds - $0))) } ?? "-"
      },
    ]
    let stateWidth = 9
    var shown: [Column] = []
    var room = columns - stateWidth - 10
    for figure in figures where room >= figure.width {
      shown.append(figure)
      room -= figure.width
    }
    let nameWidth = 10 + room

    func row(_ name: StyledText, _ state: StyledText, _ texts: [String], _ style: Style)
      -> StyledText
    {
      var row = name.cut(to: nameWidth - 1)
      row.pad(to: nameWidth)
      row.append(state)
      row.pad(to: nameWidth + stateWidth)
      for (figure, text) in zip(shown, texts) {
        row.append(String(repeating: " ", count: max(1, figure.width - text.count)) + text, style)
      }
      return row
    }
    let heading = row(
      StyledText("INST", .heading), StyledText("STATE", .heading), shown.map(\.heading), .dim)
    let rows = branches.prefix(most - 1).map { branch in
      row(
        StyledText(branch.name, .name), Self.state(of: branch), shown.map { $0.text(branch) },
        .plain)
    }
    return [heading] + rows
  }

  private static func state(of branch: Branch) -> StyledText {
    if branch.isRefused { return StyledText("✗ refused", .bad) }
    return branch.isSynced ? StyledText("✓ synced", .good) : StyledText("○ waiting", .warning)
  }

  // MARK: Devices and events

  private func deviceRows(_ columns: Int, most: Int, at seconds: Double) -> [StyledText] {
    guard most >= 2 else { return [] }
    var heading = StyledText("DEVICES", .heading)
    heading.append(" \(devices.count)", .dim)
    if devices.count == Self.greatestDeviceCount { heading.append(" or more", .dim) }
    let shown = devices.prefix(most - 1)
    let rows = shown.map { device in
      var row = StyledText("● ", .good)
      row.append(device.id, .name)
      if let user = device.user { row.append("  \(user)") }
      if branches.count > 1 { row.append("  \(device.branch)", .dim) }
      row.append("  \(Quantity.clock(Int64(max(0, seconds - device.sinceSeconds))))", .dim)
      return row
    }
    return [heading] + rows
  }

  private func eventRows(most: Int) -> [StyledText] {
    guard most >= 1 else { return [] }
    return [StyledText("ACTIONS AND EVENTS", .heading)] + events.suffix(most - 1).map(\.text)
  }
}

import JSONText

/// Turns JSON lines into lines for reading (CLI, `--output pretty`): values in, text out.
///
/// A row has the time, what the line is, whose it is where there are several insts, and its content:
///
/// ```text
/// 12:34:56Z connection ● connected
///   +0.004s updates    state  3 updates    412 B  AQGL/qSH…sbG8AA== …
///   +1.250s action     kitchen → ring {"volume": 3}
/// ```
///
/// The first line tells the time of day (UTC), the others how long after it they came. Nothing that
/// the network sent can steer the terminal.
public struct PrettyLines: Sendable {
  /// How the lines are to look.
  public struct Options: Sendable {
    /// The columns that there are: longer rows are cut, those that tell of failures continued on another row. Nil
    /// where nothing is known of a width: then every line is one row, however long.
    public var width: Int?
    /// Whether there are colours, by escape sequences.
    public var isColoured: Bool
    /// Whether each line says from the first on which branch it is about. Otherwise they do so once
    /// there was a second branch.
    public var namesBranches: Bool
    /// What to advise for an error's code.
    public var hint: @Sendable (String) -> String?

    /// The options.
    public init(
      width: Int? = nil, isColoured: Bool = false, namesBranches: Bool = false,
      hint: @escaping @Sendable (String) -> String? = { _ in nil }
    ) {
      self.width = width
      self.isColoured = isColoured
      self.namesBranches = namesBranches
      self.hint = hint
    }
  }

  /// How the lines are to look. The width may change while they come.
  public var options: Options

  private var start: LineTime?
  private var firstBranch: String?
  private var branchColumns = 0

  /// Makes lines from the first on.
  public init(_ options: Options) { self.options = options }

  /// The rows for a line, each with a line feed. They take no more columns than there are, in terminals
  /// that count columns as Unicode does.
  ///
  /// - Parameter line: one JSON value, without its line feed. Any other text is shown as it is, made
  ///   safe.
  public mutating func render(_ line: UnsafeRawBufferPointer) -> String {
    let (row, indent) = parts(line)
    return indent.map { finished(row, wrappedTo: $0) } ?? finished(row)
  }

  /// The same as one row, whatever its width.
  mutating func row(_ line: UnsafeRawBufferPointer) -> StyledText { parts(line).row }

  /// The row, and where its content begins if it may be continued on others.
  private mutating func parts(
    _ line: UnsafeRawBufferPointer
  ) -> (row: StyledText, wrappedTo: Int?) {
    guard var fields = LineFields(line) else { return (other(line), nil) }
    let type = fields.takeString("type") ?? ""
    let kind = LineKind(type)
    // Why something failed is not cut off, and neither is what an update says.
    let isWrapped = [.error, .connection, .decoded].contains(kind)
    var row = StyledText(limit: limit, rowWidth: isWrapped ? .max : rowWidth)
    let time = time(&fields)
    if !isNarrow {
      row.append(time, .dim)
      row.append(" ")
    }
    row.append(kind.label, kind.style)
    row.pad(to: labelEnd)
    row.append(" ")
    appendBranch(&fields, of: kind, to: &row)
    let indent = row.columns
    var content = LineContent(row, hint: options.hint)
    content.append(kind, &fields)
    return (content.text, isWrapped ? indent : nil)
  }

  private var rowWidth: Int { options.width ?? .max }

  /// Whether a row has no room to spare for the time.
  private var isNarrow: Bool { rowWidth < 40 }

  /// The time has nine columns, the label ten.
  private var labelEnd: Int { isNarrow ? 10 : 20 }

  private var limit: Int {
    // A failure is continued on rows of its own, but not for ever.
    options.width.map { max($0, 80) * 8 } ?? .max
  }

  private mutating func time(_ fields: inout LineFields) -> String {
    let text = fields.takeString("time") ?? ""
    guard let time = LineTime(text) else { return String(repeating: " ", count: 9) }
    guard let start else {
      self.start = time
      return time.clock
    }
    let passed = time.text(since: start)
    return String(repeating: " ", count: max(0, 9 - passed.utf8.count)) + passed
  }

  // MARK: Whose it is

  private mutating func appendBranch(
    _ fields: inout LineFields, of kind: LineKind, to row: inout StyledText
  ) {
    guard kind.isOfBranch, let name = BranchName.take(from: &fields) else { return pad(&row) }
    if firstBranch == nil { firstBranch = name }
    if name != firstBranch { options.namesBranches = true }
    guard options.namesBranches else { return }
    let text = StyledText(name, .name).cut(to: widestName)
    branchColumns = max(branchColumns, text.columns)
    row.append(text)
    pad(&row)
  }

  private var widestName: Int { min(24, rowWidth / 3) }

  /// Keeps the columns below each other, once there are names.
  private func pad(_ row: inout StyledText) {
    guard branchColumns > 0, options.namesBranches else { return }
    row.pad(to: labelEnd + 1 + min(branchColumns, widestName))
    row.append(" ")
  }

  // MARK: Rows

  /// A value that is no object, such as one that was selected; or no JSON at all.
  private func other(_ line: UnsafeRawBufferPointer) -> StyledText {
    var row = StyledText(limit: limit, rowWidth: rowWidth)
    if let value = try? JSONValue(parsing: line) {
      row.append(json: value)
    } else {
      row.append(String(decoding: line, as: UTF8.self))
    }
    return row
  }

  private func finished(_ text: StyledText) -> String {
    let row = options.width.map { text.cut(to: $0) } ?? text
    return row.text(isColoured: options.isColoured) + "\n"
  }

  private func finished(_ text: StyledText, wrappedTo indent: Int) -> String {
    guard let width = options.width else { return finished(text) }
    let indent = indent + 16 <= width ? indent : 2
    return text.wrapped(to: width, indent: indent).map(finished).joined()
  }
}

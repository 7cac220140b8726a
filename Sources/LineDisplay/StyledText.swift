/// Text with its styles, made for one row of a terminal.
///
/// Whatever is appended, nothing in it can steer a terminal: what could is replaced by its escape, in
/// characters. Escape sequences come in only when it is written out.
public struct StyledText: Sendable, Hashable {
  /// A piece in one style.
  struct Run: Sendable, Hashable {
    var text: String
    var style: Style
  }

  private(set) var runs: [Run] = []
  /// How many columns it takes.
  public private(set) var columns = 0
  /// What begins beyond so many columns is left out, for nobody would see it.
  private let limit: Int
  /// The columns of a row, as far as that is of interest to what is appended.
  let rowWidth: Int

  /// Whether nothing more is kept.
  var isFull: Bool { columns > limit }

  /// Nothing yet.
  ///
  /// - Parameters:
  ///   - limit: the columns beyond which nothing more is kept. It may be passed by a character; to fit text
  ///     into a width there is ``cut(to:)``.
  ///   - rowWidth: the columns of a row, where values that none has room for are to be shortened.
  public init(limit: Int = .max, rowWidth: Int = .max) {
    self.limit = limit
    self.rowWidth = rowWidth
  }

  /// A text in one style.
  public init(_ text: String, _ style: Style = .plain) {
    self.init()
    append(text, style)
  }

  /// Adds text. What is unsafe for a terminal becomes visible.
  public mutating func append(_ text: String, _ style: Style = .plain) {
    var run = Run(text: "", style: style)
    for character in text {
      guard !isFull else { break }
      if character.isPlainASCII {
        run.text.append(character)
        columns += 1
      } else {
        appendOther(character, to: &run)
      }
    }
    add(run)
  }

  /// More marks on one letter than any script has would cover the rows around it.
  private static let largestCharacter = 16

  private mutating func appendOther(_ character: Character, to run: inout Run) {
    let scalars = character.unicodeScalars
    guard scalars.contains(where: \.isUnsafe) || scalars.count > Self.largestCharacter else {
      run.text.append(character)
      columns += character.columns
      return
    }
    for scalar in scalars.prefix(Self.largestCharacter) {
      guard scalar.isUnsafe else {
        run.text.unicodeScalars.append(scalar)
        columns += scalar.columns
        continue
      }
      add(run)
      let escape = scalar.visibleEscape
      add(Run(text: escape, style: .escape))
      columns += escape.utf8.count
      run.text = ""
    }
  }

  /// Adds another text.
  public mutating func append(_ other: StyledText) {
    for run in other.runs { add(run) }
    columns += other.columns
  }

  /// Adds spaces up to a column.
  public mutating func pad(to column: Int) {
    if columns < column { append(String(repeating: " ", count: column - columns)) }
  }

  private mutating func add(_ run: Run) {
    if run.text.isEmpty { return }
    if let last = runs.indices.last, runs[last].style == run.style {
      runs[last].text += run.text
    } else {
      runs.append(run)
    }
  }

  // MARK: Fitting

  /// The text, with an ellipsis at the end where it had to be cut to fit. No character is cut in two.
  public func cut(to width: Int) -> StyledText {
    guard columns > width else { return self }
    guard width > 0 else { return StyledText() }
    var result = first(width - 1)
    result.append("…", .dim)
    return result
  }

  private func first(_ width: Int) -> StyledText {
    var result = StyledText()
    for run in runs {
      var piece = Run(text: "", style: run.style)
      for character in run.text {
        guard result.columns + character.columns <= width else {
          result.add(piece)
          return result
        }
        piece.text.append(character)
        result.columns += character.columns
      }
      result.add(piece)
    }
    return result
  }

  /// The text in as many rows as it takes, broken at spaces where that is possible.
  ///
  /// - Parameter indent: how many spaces each row but the first begins with.
  public func wrapped(to width: Int, indent: Int) -> [StyledText] {
    guard columns > width, indent < width - 8 else { return [self] }
    var rows: [StyledText] = []
    var row = StyledText()
    var isEmpty = true
    func nextRow() {
      row.removeTrailingSpace()
      rows.append(row)
      row = StyledText(String(repeating: " ", count: indent))
      isEmpty = true
    }
    for run in runs {
      for word in run.text.splitBehindSpaces() {
        let whole = StyledText(safe: word, run.style)
        let visible = whole.columns - (word.last == " " ? 1 : 0)
        if row.columns + visible > width, !isEmpty { nextRow() }
        for character in word {
          if row.columns + character.columns > width {
            if character == " " { continue }
            nextRow()
          }
          row.add(Run(text: String(character), style: run.style))
          row.columns += character.columns
        }
        isEmpty = false
      }
    }
    rows.append(row)
    return rows
  }

  private mutating func removeTrailingSpace() {
    guard let last = runs.indices.last, runs[last].text.last == " " else { return }
    runs[last].text.removeLast()
    columns -= 1
  }

  private init(safe text: Substring, _ style: Style) {
    self.init()
    add(Run(text: String(text), style: style))
    columns = text.reduce(0) { $0 + $1.columns }
  }

  // MARK: Writing out

  /// The text, with escape sequences for its styles if it `isColoured`. Each style is ended where its
  /// text ends, so that a row is whole in itself.
  public func text(isColoured: Bool) -> String {
    var text = ""
    for run in runs {
      guard isColoured, run.style != .plain else {
        text += run.text
        continue
      }
      text += "\u{1B}[\(run.style.parameters)m\(run.text)\u{1B}[0m"
    }
    return text
  }
}

extension Character {
  /// Whether it is printable ASCII, as most are.
  fileprivate var isPlainASCII: Bool { asciiValue.map { $0 >= 0x20 && $0 < 0x7F } ?? false }
}

extension String {
  /// Its words, each with the space behind it.
  fileprivate func splitBehindSpaces() -> [Substring] {
    var words: [Substring] = []
    var start = startIndex
    while let space = self[start...].firstIndex(of: " ") {
      let next = index(after: space)
      words.append(self[start..<next])
      start = next
    }
    if start < endIndex { words.append(self[start...]) }
    return words
  }
}

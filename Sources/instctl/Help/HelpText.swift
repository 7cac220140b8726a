extension HelpTopic {
  /// The page as text.
  ///
  /// - Parameter width: the most characters of a line, where words allow it.
  func text(width: Int) -> String {
    var lines: [String] = []
    for part in parts {
      if !lines.isEmpty { lines.append("") }
      switch part {
      case .text(let text): lines += wrapped(text, width: width)
      case .heading(let text): lines.append(text.uppercased())
      case .code(let code): lines += code.map { "  " + $0 }
      case .table(let rows): lines += Self.lines(of: rows, width: width)
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The widest first column; a longer name has a line of its own.
  private static let nameWidth = 24

  private static func lines(of rows: [Row], width: Int) -> [String] {
    let column = min(nameWidth, rows.map { $0.name.count }.max() ?? 0)
    let indent = String(repeating: " ", count: column + 4)
    return rows.flatMap { row in
      var meaning = wrapped(row.meaning, width: width - indent.count)
      guard row.name.count <= column, !meaning.isEmpty else {
        return ["  " + row.name] + meaning.map { indent + $0 }
      }
      let first = meaning.removeFirst()
      let name = "  " + row.name + String(repeating: " ", count: column - row.name.count + 2)
      return [name + first] + meaning.map { indent + $0 }
    }
  }
}

/// Lines of at most so many characters, broken between words.
private func wrapped(_ text: String, width: Int) -> [String] {
  var lines: [String] = []
  var line = ""
  for word in text.split(separator: " ") {
    if !line.isEmpty, line.count + 1 + word.count > width {
      lines.append(line)
      line = ""
    }
    line += line.isEmpty ? String(word) : " " + word
  }
  return line.isEmpty ? lines : lines + [line]
}

import Foundation
import Testing

/// A page that tells people what to type: of the manual, of `--help`, or a section of the README.
struct ExamplePage: CustomTestStringConvertible {
  let name: String
  let commands: [Command]

  struct Command {
    let text: String
    /// What the page says that it prints, with `…` for anything; nil where the page does not say.
    var output: String?
  }

  var testDescription: String { name }

  /// The page's own text, all of it.
  var text: String { commands.map(\.text).joined(separator: "\n") }

  /// Lines as commands: what ends in a backslash, or in the middle of a quoted text or a here-document,
  /// goes on in the next line. Lines that are only a comment are none.
  static func commands(_ lines: [String]) -> [Command] {
    var commands: [Command] = []
    var open = ""
    for line in lines {
      open += open.isEmpty ? line : "\n" + line
      guard isComplete(open) else { continue }
      // A comment behind a command is not typed.
      let text = open.replacing(#/\ {2,}#\ .*$/#, with: "").trimmingCharacters(in: .whitespaces)
      if !text.isEmpty, !text.hasPrefix("#") { commands.append(Command(text: text)) }
      open = ""
    }
    return commands
  }

  /// A session: what is typed stands behind a `$`, or a `>` where it goes on, and what is printed follows.
  static func session(_ lines: [String]) -> [Command] {
    var commands: [Command] = []
    for line in lines {
      if line.hasPrefix("$ ") {
        commands.append(Command(text: String(line.dropFirst(2)), output: ""))
      } else if let last = commands.popLast() {
        if line.hasPrefix("> ") {
          commands.append(Command(text: last.text + "\n" + line.dropFirst(2), output: last.output))
        } else {
          commands.append(Command(text: last.text, output: (last.output ?? "") + line + "\n"))
        }
      }
    }
    return commands
  }

  private static func isComplete(_ text: String) -> Bool {
    if text.hasSuffix("\\") { return false }
    var quote: Character?
    var isComment = false
    var last: Character = " "
    for character in text {
      if isComment {
        isComment = character != "\n"
      } else if let open = quote {
        if character == open { quote = nil }
      } else if character == "\"" || character == "'" {
        quote = character
      } else if character == "#", last.isWhitespace {
        isComment = true
      }
      last = character
    }
    guard quote == nil else { return false }
    guard let start = text.range(of: #"<<'?(\w+)'?"#, options: .regularExpression) else {
      return true
    }
    let mark = text[start].trimmingCharacters(in: CharacterSet(charactersIn: "<'"))
    return text.hasSuffix("\n" + mark)
  }
}

extension ExamplePage {
  /// The examples of `--help` of each command.
  static func ofHelp() throws -> [ExamplePage] {
    let dump = try Program(["--experimental-dump-help"]).finish().output
    let root = try JSONSerialization.jsonObject(with: Data(dump.utf8)) as? [String: Any]
    guard let command = root?["command"] as? [String: Any] else { return [] }
    return pages(of: command, [])
  }

  private static func pages(of command: [String: Any], _ parents: [String]) -> [ExamplePage] {
    let path = parents + [command["commandName"] as? String ?? ""]
    let blocks = (command["discussion"] as? String ?? "").components(separatedBy: "\n\n")
    let own = blocks.filter { $0.hasPrefix("Examples:\n") }.map { block in
      ExamplePage(
        name: path.joined(separator: " ") + " --help",
        commands: commands(
          block.components(separatedBy: "\n").dropFirst().map { String($0.dropFirst(2)) }))
    }
    let inner = command["subcommands"] as? [[String: Any]] ?? []
    return own + inner.flatMap { pages(of: $0, path) }
  }

  /// The examples of the page of the protocol, which is not made from a command.
  static func ofProtocol() throws -> ExamplePage {
    let text = try String(
      contentsOf: repository.appending(path: "docs/protocol.mdoc"), encoding: .utf8)
    let examples = text.components(separatedBy: "\n.Sh EXAMPLES\n").last ?? ""
    let literal = examples.components(separatedBy: "\n.Bd -literal -offset indent\n").dropFirst()
    return ExamplePage(
      name: "instctl-protocol(7)",
      commands: literal.flatMap { block in
        commands((block.components(separatedBy: "\n.Ed").first ?? "").components(separatedBy: "\n"))
      })
  }

  /// The README: its blocks of `sh`, to be typed, and of `console`, which also show what is printed, one
  /// behind the other.
  static func ofReadme() throws -> ExamplePage {
    let text = try String(contentsOf: repository.appending(path: "README.md"), encoding: .utf8)
    var all: [Command] = []
    var block: (kind: String, lines: [String])?
    for line in text.components(separatedBy: "\n") {
      if line.hasPrefix("```"), let open = block {
        if open.kind == "sh" { all += commands(open.lines) }
        if open.kind == "console" { all += session(open.lines) }
        block = nil
      } else if line.hasPrefix("```") {
        block = (String(line.dropFirst(3)), [])
      } else {
        block?.lines.append(line)
      }
    }
    return ExamplePage(name: "README", commands: all)
  }

  private static var repository: URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
  }
}

import ArgumentParser
import Glibc

/// `instctl help`.
struct Help: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "help",
    abstract: "Explain a command, or a topic: \(topicNames).",
    discussion: """
      Without an argument it lists commands and topics.

      Examples:
        instctl help watch
        instctl help exit-codes
        instctl help profile add
      """)

  @Argument(
    help: ArgumentHelp("A topic, or the name of a command.", valueName: "subject"),
    completion: .list(HelpTopic.names + Help.commandNames))
  var subject: [String] = []

  /// For the makers of man pages.
  @Flag(help: .hidden)
  var dump = false

  private static var topicNames: String { HelpTopic.names.joined(separator: ", ") }
  private static var commandNames: [String] {
    Instctl.configuration.subcommands.map { $0._commandName }.filter { $0 != "help" }
  }

  func run() throws {
    if dump { return try TextOutput.write(HelpTopic.dump) }
    if subject.count == 1, let topic = HelpTopic.named(subject[0]) {
      return try TextOutput.write(Array(topic.text(width: Self.width).utf8))
    }
    var command: any ParsableCommand.Type = Instctl.self
    for name in subject {
      guard
        let next = command.configuration.subcommands.first(where: { $0._commandName == name })
      else {
        throw Failure.usage(
          "there is no command or topic '\(subject.joined(separator: " "))'",
          hint: "topics: \(Self.topicNames); 'instctl --help' lists the commands")
      }
      command = next
    }
    try TextOutput.write(
      Array((Instctl.helpMessage(for: command, columns: Self.width) + "\n").utf8))
    guard subject.isEmpty else { return }
    let topics = HelpTopic.all.map { HelpTopic.Row(name: $0.name, meaning: $0.abstract) }
    let list = HelpTopic(name: "", abstract: "", parts: [.text("TOPICS:"), .table(topics)])
    try TextOutput.write(Array(("\n" + list.text(width: Self.width)).utf8))
  }

  /// As wide as the terminal, within what can be read.
  private static var width: Int {
    var size = winsize()
    guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0,
      size.ws_col > 0
    else { return 80 }
    return min(max(Int(size.ws_col), 40), 100)
  }
}

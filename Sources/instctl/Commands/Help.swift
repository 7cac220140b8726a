import ArgumentParser
import Glibc
import Transport

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
    if dump { return try Self.write(HelpTopic.dump) }
    if subject.count == 1, let topic = HelpTopic.named(subject[0]) {
      return try Self.write(Array(topic.text(width: Self.width).utf8))
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
    try Self.write(Array((Instctl.helpMessage(for: command, columns: Self.width) + "\n").utf8))
    guard subject.isEmpty else { return }
    let topics = HelpTopic.all.map { HelpTopic.Row(name: $0.name, meaning: $0.abstract) }
    let list = HelpTopic(name: "", abstract: "", parts: [.text("TOPICS:"), .table(topics)])
    try Self.write(Array(("\n" + list.text(width: Self.width)).utf8))
  }

  /// As wide as the terminal, within what can be read.
  private static var width: Int {
    var size = winsize()
    guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0,
      size.ws_col > 0
    else { return 80 }
    return min(max(Int(size.ws_col), 40), 100)
  }

  /// - Throws: where stdout does not take it; a reader that has gone away is no trouble.
  private static func write(_ bytes: [UInt8]) throws(Failure) {
    signal(SIGPIPE, SIG_IGN)
    let code = bytes.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Glibc.write(
          STDOUT_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0, errno != EINTR { return errno }
        rest = rest.dropFirst(max(0, count))
      }
      return 0
    }
    guard code != 0, code != EPIPE else { return }
    throw Failure(
      code: "write_failed", layer: .io,
      message: "stdout cannot be written: \(systemMessage(code))", exit: .inputOutput)
  }
}

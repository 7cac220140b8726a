import ArgumentParser
import InstDocument
import JSONText
import Transport

/// `instctl bots`.
struct Bots: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bots",
    abstract: "Add bots to a branch, and remove them.",
    discussion: """
      'instctl state' lists the bots, and 'instctl set' changes their tags.

      Examples:
        instctl bots add -s http://127.0.0.1:3000 /demo ball color=red
        instctl bots remove -s http://127.0.0.1:3000 /demo ball
      """,
    subcommands: [BotsAdd.self, BotsRemove.self])
}

/// `instctl bots add`.
struct BotsAdd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Add a bot, with tags.",
    discussion: """
      Sends one update that makes the bot and its tags, and prints the acknowledgement. The values of tags are \
      strings; with --json they are JSON. A bot that is there already keeps its other tags.

      Examples:
        instctl bots add -s http://127.0.0.1:3000 /demo ball color=red
        instctl bots add -s http://127.0.0.1:3000 /demo box --json size=3 'at=[1,2]'
        instctl bots add -s http://127.0.0.1:3000 /demo ball --dry-run
      """)

  @OptionGroup var edit: EditOptions

  @Argument(help: ArgumentHelp("The bot's ID.", valueName: "bot"))
  var bot: String

  @Argument(help: ArgumentHelp("Tags of the bot.", valueName: "tag=value"))
  var tags: [String] = []

  @Flag(help: "The values are JSON, not strings.")
  var json = false

  func validate() throws {
    if bot.isEmpty { throw ValidationError("the bot is empty") }
    for tag in tags where (tag.firstIndex(of: "=") ?? tag.startIndex) == tag.startIndex {
      throw ValidationError("'\(tag)' is no tag=value")
    }
  }

  func run() throws {
    var made = [BotEdit.addBot(bot)]
    for tag in tags {
      let name = tag.prefix { $0 != "=" }
      let text = String(tag.dropFirst(name.count + 1))
      let place = "the value of '\(name)'"
      let value = json ? try JSONInput.value(Array(text.utf8), place).value : .string(text)
      made.append(
        .setTag(String(name), ofBot: bot, to: try TagValue(given: value, as: place)))
    }
    let edits = made
    try edit.run { edits }
  }
}

/// `instctl bots remove`.
struct BotsRemove: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Remove bots.",
    discussion: """
      Sends one update that removes the bots, and prints the acknowledgement. Bots that are not there are no \
      error, and where none is nothing is sent. Tag masks stay, as in CasualOS.

      Examples:
        instctl bots add -s http://127.0.0.1:3000 /demo ball
        instctl bots remove -s http://127.0.0.1:3000 /demo ball
      """)

  @OptionGroup var edit: EditOptions

  @Argument(help: ArgumentHelp("The bots' IDs.", valueName: "bot"))
  var bots: [String]

  func validate() throws {
    if bots.contains("") { throw ValidationError("a bot is empty") }
  }

  func run() throws {
    let edits = bots.map(BotEdit.removeBot)
    try edit.run { edits }
  }
}

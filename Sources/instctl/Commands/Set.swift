import ArgumentParser
import InstDocument
import JSONText
import Transport

/// `instctl set`.
struct SetTag: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set",
    abstract: "Give a tag of a bot a value.",
    discussion: """
      Reads the branch, makes the smallest update that changes the tag, sends it, and waits for the \
      acknowledgement, which is printed. The value is a string, held as a text that several people can edit; \
      with --json it is any JSON value. Nothing is sent where the tag has the value already.

      With '-' in place of the bot, changes come by stdin, one JSON object a line, and go as one update: \
      {"bot":"b","tag":"t","to":VALUE} sets a tag, without "to" (or with null) it removes it, with "tag":null \
      it adds the bot, with the tags in "to", or removes it (with an object in "from", too, the bot gets the \
      tags in "to" alone); "mask":true means a tag mask. These are the \
      "changes" of decode, and the lines of type change of watch --state; lines of other types are left out.

      Examples:
        export INSTCTL_SERVER=http://127.0.0.1:3000
        instctl bots add demo ball color=red
        instctl set demo ball color blue
        instctl set demo ball position --json '[1,2]'
        echo '{"bot":"ball","tag":"color","to":"green"}' | instctl set demo -
      """)

  @OptionGroup var edit: EditOptions

  @Argument(help: ArgumentHelp("The bot's ID; '-' reads changes from stdin.", valueName: "bot"))
  var bot: String

  @Argument(help: ArgumentHelp("The tag.", valueName: "tag"))
  var tag: String?

  @Argument(help: ArgumentHelp("The value.", valueName: "value"))
  var value: String?

  @Flag(help: "The value is JSON, not a string.")
  var json = false

  @Flag(help: "Change the tag mask instead of the tag.")
  var mask = false

  func validate() throws {
    if bot.isEmpty || tag == "" { throw ValidationError("the bot or the tag is empty") }
    if bot == "-" {
      if tag != nil || value != nil || json || mask {
        throw ValidationError("changes that come by stdin say themselves what they change")
      }
    } else if tag == nil || value == nil {
      throw ValidationError("give a bot, a tag and a value; or '-' for changes by stdin")
    }
  }

  func run() throws {
    guard let tag, let value else {
      try edit.run(readsInput: true) { () throws(Failure) in try await BotEditLines.read() }
    }
    let new = try TagValue(given: json ? Self.value(value) : .string(value), as: "the value")
    let made: BotEdit =
      mask ? .setMask(tag, ofBot: bot, to: new) : .setTag(tag, ofBot: bot, to: new)
    try edit.run { [made] }
  }

  private static func value(_ text: String) throws(Failure) -> JSONValue {
    try JSONInput.value(Array(text.utf8), "the value").value
  }
}

/// `instctl unset`.
struct Unset: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unset",
    abstract: "Take a tag from a bot.",
    discussion: """
      Reads the branch, sends the smallest update that removes the tag, and waits for the acknowledgement, \
      which is printed. Nothing is sent where the bot has no such tag.

      Examples:
        export INSTCTL_SERVER=http://127.0.0.1:3000
        instctl bots add demo ball color=red
        instctl unset demo ball color
      """)

  @OptionGroup var edit: EditOptions

  @Argument(help: ArgumentHelp("The bot's ID.", valueName: "bot"))
  var bot: String

  @Argument(help: ArgumentHelp("The tag.", valueName: "tag"))
  var tag: String

  @Flag(help: "Remove the tag mask instead of the tag.")
  var mask = false

  func validate() throws {
    if bot.isEmpty || tag.isEmpty { throw ValidationError("the bot or the tag is empty") }
  }

  func run() throws {
    let made: BotEdit =
      mask ? .removeMask(tag, ofBot: bot) : .removeTag(tag, ofBot: bot)
    try edit.run { [made] }
  }
}

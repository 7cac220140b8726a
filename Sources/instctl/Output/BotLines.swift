import InstDocument
import InstProtocol
import JSONText
import Transport

/// Lines that tell of bots: of type `bot`, and `change`.
@EventLoop
final class BotLines {
  private let output: StandardOutput
  private let botHead: LineHead
  private let changeHead: LineHead

  /// - Parameters:
  ///   - address: the branch that the lines name; nil where they come from a file.
  init(_ run: CommandRun, _ address: BranchAddress?) {
    output = run.output
    botHead = LineHead("\"type\":\"bot\"", address)
    changeHead = LineHead("\"type\":\"change\"", address)
  }

  func print(_ bot: Bot) {
    output.line(botHead) { writer in
      writer.key("bot")
      writer.beginObject()
      writer.key("id")
      writer.string(bot.id)
      writer.key("tags")
      writer.object(bot.tags)
      writer.key("masks")
      writer.object(bot.masks)
      writer.endObject()
    }
  }

  func print(_ change: BotChange) {
    output.line(changeHead) { $0.members(of: change) }
  }
}

extension JSONWriter {
  fileprivate mutating func object(_ tags: [Bot.Tag]) {
    beginObject()
    for tag in tags {
      key(string: tag.name)
      value(tag.value.json)
    }
    endObject()
  }
}

public import JSONText

/// Something in which two documents differ, as CasualOS sees it.
public struct BotDifference: Hashable, Sendable {
  /// The bot's ID.
  public var bot: String
  /// What of it: the bot itself where only one document has it.
  public var subject: BotChange.Subject
  /// The value in the first document; nil where it has none. Of a bot: an object of all its tags.
  public var a: JSONValue?
  /// The value in the second document.
  public var b: JSONValue?

  /// A difference.
  public init(bot: String, subject: BotChange.Subject, a: JSONValue?, b: JSONValue?) {
    self.bot = bot
    self.subject = subject
    self.a = a
    self.b = b
  }
}

extension BotsDocument {
  /// In which bots, tags and masks this document (`a`) and another one (`b`) differ. A string that is held
  /// as a text is another value than the same string held as a value.
  public func differences(from other: BotsDocument) -> [BotDifference] {
    let others = Dictionary(other.bots.map { (Array($0.id.utf8), $0) }) { $1 }
    var seen: Set<[UInt8]> = []
    var differences: [BotDifference] = []
    for bot in bots {
      seen.insert(Array(bot.id.utf8))
      if let theirs = others[Array(bot.id.utf8)] {
        differences += Self.differences(of: bot, from: theirs)
      } else {
        differences.append(
          BotDifference(bot: bot.id, subject: .bot, a: Self.object(bot), b: nil))
      }
    }
    for bot in other.bots where !seen.contains(Array(bot.id.utf8)) {
      differences.append(
        BotDifference(bot: bot.id, subject: .bot, a: nil, b: Self.object(bot)))
    }
    return differences
  }

  private static func differences(of bot: Bot, from other: Bot) -> [BotDifference] {
    differences(of: bot.id, bot.tags, other.tags) { .tag($0) }
      + differences(of: bot.id, bot.masks, other.masks) { .mask($0) }
  }

  private static func differences(
    of bot: String, _ tags: [Bot.Tag], _ others: [Bot.Tag],
    _ subject: (String) -> BotChange.Subject
  ) -> [BotDifference] {
    var left = Dictionary(others.map { (Array($0.name.utf8), $0) }) { $1 }
    var differences: [BotDifference] = []
    for tag in tags {
      let theirs = left.removeValue(forKey: Array(tag.name.utf8))
      guard theirs?.value != tag.value else { continue }
      differences.append(
        BotDifference(
          bot: bot, subject: subject(tag.name), a: tag.value.json, b: theirs?.value.json))
    }
    for tag in others where left[Array(tag.name.utf8)] != nil {
      differences.append(
        BotDifference(bot: bot, subject: subject(tag.name), a: nil, b: tag.value.json))
    }
    return differences
  }

  private static func object(_ bot: Bot) -> JSONValue {
    .object(bot.tags.map { JSONMember(name: $0.name, value: $0.value.json) })
  }
}

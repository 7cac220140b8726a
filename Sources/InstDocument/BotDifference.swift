public import JSONText
import Yjs

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
  /// as a text is another value than the same string held as a value. The masks come last: they are
  /// compared also where their bot is in one document alone, or in none.
  public func differences(from other: BotsDocument) -> [BotDifference] {
    let others = Dictionary(other.bots.map { (Array($0.id.utf8), $0) }) { $1 }
    var seen: Set<[UInt8]> = []
    var differences: [BotDifference] = []
    for bot in bots {
      seen.insert(Array(bot.id.utf8))
      if let theirs = others[Array(bot.id.utf8)] {
        differences += Self.differences(between: Self.entries(bot), and: Self.entries(theirs))
      } else {
        differences.append(
          BotDifference(bot: bot.id, subject: .bot, a: Self.object(bot), b: nil))
      }
    }
    for bot in other.bots where !seen.contains(Array(bot.id.utf8)) {
      differences.append(
        BotDifference(bot: bot.id, subject: .bot, a: nil, b: Self.object(bot)))
    }
    return differences + Self.differences(between: maskEntries, and: other.maskEntries)
  }

  /// A tag or a mask.
  private struct Entry {
    var bot: String
    var subject: BotChange.Subject
    /// By UTF-8: names are not normalised, as comparing Strings would do.
    var key: [UInt8]
    var value: TagValue
  }

  private static func entries(_ bot: Bot) -> [Entry] {
    bot.tags.map {
      Entry(bot: bot.id, subject: .tag($0.name), key: Array($0.name.utf8), value: $0.value)
    }
  }

  private var maskEntries: [Entry] {
    let masks = document.map(Roots.masks)
    return masks.keys.compactMap { key in
      guard let mask = MaskKey(key), let value = masks[key] else { return nil }
      return Entry(
        bot: mask.bot, subject: .mask(mask.tag), key: Array(key.utf8), value: TagValue(value))
    }
  }

  private static func differences(
    between entries: [Entry], and others: [Entry]
  ) -> [BotDifference] {
    var left = Dictionary(others.map { ($0.key, $0) }) { $1 }
    var differences: [BotDifference] = []
    for entry in entries {
      let theirs = left.removeValue(forKey: entry.key)
      guard theirs?.value != entry.value else { continue }
      differences.append(
        BotDifference(
          bot: entry.bot, subject: entry.subject, a: entry.value.json, b: theirs?.value.json))
    }
    for entry in others where left[entry.key] != nil {
      differences.append(
        BotDifference(bot: entry.bot, subject: entry.subject, a: nil, b: entry.value.json))
    }
    return differences
  }

  private static func object(_ bot: Bot) -> JSONValue {
    .object(bot.tags.map { JSONMember(name: $0.name, value: $0.value.json) })
  }
}

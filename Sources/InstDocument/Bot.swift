/// A bot of a document, with its tags and tag masks.
public struct Bot: Hashable, Sendable {
  /// A tag's or tag mask's name and value.
  public struct Tag: Hashable, Sendable {
    /// The name.
    public var name: String
    /// The value.
    public var value: TagValue

    /// A tag.
    public init(name: String, value: TagValue) {
      self.name = name
      self.value = value
    }
  }

  /// The bot's ID.
  public var id: String
  /// The tags, in the order in which they first got a value.
  public var tags: [Tag]
  /// The tag masks, likewise. A document does not say to which space they belong: that is the space
  /// which the document holds.
  public var masks: [Tag]

  /// A bot.
  public init(id: String, tags: [Tag] = [], masks: [Tag] = []) {
    self.id = id
    self.tags = tags
    self.masks = masks
  }
}

/// What a document holds that belongs to no bot, where CasualOS would look for bots and masks.
public struct StrayEntry: Hashable, Sendable {
  /// The root map: `bots` or `masks`.
  public var root: String
  /// The key there.
  public var key: String
  /// What is there.
  public var value: TagValue
}

/// The names of the root maps (PROTOCOL section 9).
enum Roots {
  static let bots = "bots"
  static let masks = "masks"
}

/// The key of a tag mask: the bot's ID and the tag's name with a colon between. An ID has none.
struct MaskKey {
  var bot: String
  var tag: String

  init(bot: String, tag: String) {
    self.bot = bot
    self.tag = tag
  }

  init?(_ key: String) {
    guard let colon = key.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    bot = String(key[..<colon])
    tag = String(key[key.utf8.index(after: colon)...])
  }

  var text: String { "\(bot):\(tag)" }
}

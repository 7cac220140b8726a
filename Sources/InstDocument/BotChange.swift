public import JSONText

/// What an update has changed, as CasualOS sees it.
public struct BotChange: Hashable, Sendable {
  /// What of a bot.
  public enum Subject: Hashable, Sendable {
    /// The bot itself came, went, or was replaced.
    case bot
    /// A tag.
    case tag(String)
    /// A tag mask.
    case mask(String)
  }

  /// The bot's ID.
  public var bot: String
  /// What of it.
  public var subject: Subject
  /// The value before; nil where there was none. Of a bot: an object of all its tags.
  public var from: JSONValue?
  /// The value now; nil where there is none. Of a bot: an object of all its tags.
  public var to: JSONValue?
  /// The client that wrote what is there now; nil for what was only deleted, since an update does not
  /// say who deletes.
  public var client: Int?

  /// A change.
  public init(
    bot: String, subject: Subject, from: JSONValue?, to: JSONValue?, client: Int? = nil
  ) {
    self.bot = bot
    self.subject = subject
    self.from = from
    self.to = to
    self.client = client
  }
}

extension JSONWriter {
  /// Writes the members of an object that tells of a change: `bot`, `tag` (null for the bot itself),
  /// `mask` (only for masks), `from` and `to` (null where there is none), `client`.
  public mutating func members(of change: BotChange) {
    key("bot")
    string(change.bot)
    key("tag")
    switch change.subject {
    case .bot: null()
    case .tag(let name): string(name)
    case .mask(let name):
      string(name)
      key("mask")
      bool(true)
    }
    key("from")
    value(change.from ?? .null)
    key("to")
    value(change.to ?? .null)
    key("client")
    if let client = change.client { number(client) } else { null() }
  }
}

/// A change that somebody wants to make.
public enum BotEdit: Hashable, Sendable {
  /// Adds a bot without tags; nothing happens where there is one of this ID.
  case addBot(String)
  /// Makes a bot anew, with these tags alone; nothing happens where it has just these.
  case replaceBot(String, tags: [Bot.Tag])
  /// Removes a bot; nothing happens where there is none. Its masks stay, as in CasualOS.
  case removeBot(String)
  /// Gives a bot's tag a value.
  case setTag(String, ofBot: String, to: TagValue)
  /// Takes a tag from a bot; nothing happens where there is none.
  case removeTag(String, ofBot: String)
  /// Gives a tag mask a value. The bot need not be in the document.
  case setMask(String, ofBot: String, to: TagValue)
  /// Removes a tag mask; nothing happens where there is none.
  case removeMask(String, ofBot: String)
}

/// An edit that the document does not allow.
public enum BotEditError: Error, Hashable, Sendable {
  /// There is no such bot.
  case noSuchBot(String)
}

extension BotEditError: CustomStringConvertible {
  /// A sentence without a full stop.
  public var description: String {
    switch self {
    case .noSuchBot(let id): "there is no bot '\(id)'"
    }
  }
}

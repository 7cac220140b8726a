import JSONText

// MARK: - From a document

/// What a file of version 1 cannot say of a document.
public struct AuxLoss: Hashable, Sendable {
  /// Why.
  public enum Reason: Hashable, Sendable {
    /// Under `bots` there is something that is no bot, or under `masks` something of no bot.
    case stray
    /// The value is formatted text, bytes, a number that JSON does not know, or the like.
    case value
    /// The value is a string that is no shared text: read back, it is one.
    case form
  }

  /// Where: the root map, the bot's ID or other key there, and the tag.
  public var path: [String]
  /// Why.
  public var reason: Reason
}

extension AuxLoss {
  /// What a document holds that belongs to no bot.
  public static func strays(of document: BotsDocument) -> [AuxLoss] {
    document.strayEntries.map { AuxLoss(path: [$0.root, $0.key], reason: .stray) }
  }
}

extension AuxLoss: CustomStringConvertible {
  /// A sentence without a full stop.
  public var description: String {
    let place = path.joined(separator: " ")
    return switch reason {
    case .stray: "\(place) belongs to no bot"
    case .value: "JSON cannot say all of \(place)"
    case .form: "\(place) is a string that is no shared text, but will be one"
    }
  }
}

extension AuxState {
  /// The bots of a document.
  ///
  /// - Parameters:
  ///   - document: the document.
  ///   - space: the space of the bots and their masks.
  ///   - losses: gets what the file cannot say; a file of version 2 can say all.
  public init(_ document: BotsDocument, space: String = "shared", losses: inout [AuxLoss]) {
    self.init(document.bots, space: space, losses: &losses)
    losses += AuxLoss.strays(of: document)
  }

  /// Some bots.
  ///
  /// - Parameters:
  ///   - bots: the bots.
  ///   - space: the space of the bots and their masks.
  ///   - losses: gets what the file cannot say of them.
  public init(_ bots: [InstDocument.Bot], space: String = "shared", losses: inout [AuxLoss]) {
    self.bots = bots.map { bot in
      for tag in bot.tags { tag.value.note(["bots", bot.id, tag.name], &losses) }
      for mask in bot.masks { mask.value.note(["masks", bot.id, mask.name], &losses) }
      let masks = bot.masks.map { JSONMember(name: $0.name, value: $0.value.json) }
      return Bot(
        id: bot.id, space: space,
        tags: bot.tags.map { JSONMember(name: $0.name, value: $0.value.json) },
        masks: masks.isEmpty ? [] : [Masks(space: space, tags: masks)])
    }
    others = []
  }
}

extension TagValue {
  fileprivate func note(_ path: [String], _ losses: inout [AuxLoss]) {
    if !isWhole {
      losses.append(AuxLoss(path: path, reason: .value))
    } else if form == .value, json.stringValue != nil {
      losses.append(AuxLoss(path: path, reason: .form))
    }
  }
}

// MARK: - Into a document

extension AuxState {
  /// The edits that bring the bots into a document: those that are there keep the tags that the file
  /// does not name.
  ///
  /// - Throws: ``AuxMaskError`` where masks of different spaces would take the same place.
  public func edits() throws(AuxMaskError) -> [BotEdit] {
    var edits: [BotEdit] = []
    for bot in bots {
      edits.append(.addBot(bot.id))
      for tag in bot.tags {
        edits.append(.setTag(tag.name, ofBot: bot.id, to: TagValue(tag.value)))
      }
      var known: [[UInt8]: (space: String, value: JSONValue)] = [:]
      for masks in bot.masks {
        for tag in masks.tags {
          let name = Array(tag.name.utf8)
          if let other = known[name], other.value != tag.value {
            throw AuxMaskError(bot: bot.id, tag: tag.name, spaces: [other.space, masks.space])
          }
          known[name] = (masks.space, tag.value)
          edits.append(.setMask(tag.name, ofBot: bot.id, to: TagValue(tag.value)))
        }
      }
    }
    return edits
  }

  /// The state with the masks of one space only.
  public func keepingMasks(ofSpace space: String) -> AuxState {
    var kept = self
    for index in kept.bots.indices {
      kept.bots[index].masks.removeAll { !$0.space.utf8.elementsEqual(space.utf8) }
    }
    return kept
  }
}

/// Masks of different spaces differ; a document has room for those of one.
public struct AuxMaskError: Error, Hashable, Sendable {
  /// The bot's ID.
  public var bot: String
  /// The tag's name.
  public var tag: String
  /// The spaces.
  public var spaces: [String]

  /// An error about a tag.
  public init(bot: String, tag: String, spaces: [String]) {
    self.bot = bot
    self.tag = tag
    self.spaces = spaces
  }
}

extension AuxMaskError: CustomStringConvertible {
  /// A sentence without a full stop.
  public var description: String {
    "the masks of tag '\(tag)' of bot '\(bot)' differ between \(spaces.joined(separator: " and "))"
  }
}

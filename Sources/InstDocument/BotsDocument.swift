public import Yjs

/// A CasualOS document: the Yjs document of a branch, read as bots with tags.
///
/// A bot is a map in the root map `bots`, a tag an entry of it; tag masks are in the root map `masks`
/// (PROTOCOL section 9). Whatever else the document holds stays untouched.
public struct BotsDocument: Sendable {
  /// The document underneath.
  public private(set) var document: YDocument

  /// An empty document.
  ///
  /// - Parameter clientID: who makes this document's own changes; see `YDocument.clientID`. For a
  ///   document that is only read any number does.
  public init(clientID: Int = 0) {
    document = YDocument(clientID: clientID)
  }

  /// Applies an update of version 1, in any order with others.
  ///
  /// - Throws: `YjsError` where it is no update; then nothing has changed.
  public mutating func applyUpdate(_ update: [UInt8]) throws(YjsError) {
    try document.applyUpdate(update)
  }

  /// Lends the document for a change.
  mutating func change<Result, Failure: Error>(
    _ body: (inout YDocument) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(&document)
  }
}

// MARK: - Reading

extension BotsDocument {
  /// The IDs of all bots, in the order in which they came.
  public var botIDs: [String] {
    let bots = document.map(Roots.bots)
    return bots.keys.filter { bots[$0]?.map != nil }
  }

  /// The bots, in the order in which they came, with their masks. Takes time and memory in proportion
  /// to the document; ``forEachBot(_:)`` needs less.
  public var bots: [Bot] {
    var bots: [Bot] = []
    forEachBot { bots.append($0) }
    return bots
  }

  /// Shows the bots, in the order in which they came, with their masks.
  public func forEachBot<Failure: Error>(_ body: (Bot) throws(Failure) -> Void) throws(Failure) {
    let bots = document.map(Roots.bots)
    let masks = document.map(Roots.masks)
    let keys = maskKeysByBot
    for id in bots.keys {
      guard let map = bots[id]?.map else { continue }
      let ofBot = keys.isEmpty ? nil : keys[Array(id.utf8)]
      let tags = ofBot?.compactMap { key in
        masks[key.text].map { Bot.Tag(name: key.tag, value: TagValue($0)) }
      }
      try body(Bot(id: id, tags: Self.tags(map), masks: tags ?? []))
    }
  }

  /// A bot with its tags and masks; nil where there is no such bot.
  public func bot(_ id: String) -> Bot? {
    guard let tags = tags(ofBot: id) else { return nil }
    let masks = document.map(Roots.masks)
    let ofBot = (maskKeysByBot[Array(id.utf8)] ?? []).compactMap { key in
      masks[key.text].map { Bot.Tag(name: key.tag, value: TagValue($0)) }
    }
    return Bot(id: id, tags: tags, masks: ofBot)
  }

  /// A bot's tags, in order; nil where there is no such bot.
  public func tags(ofBot id: String) -> [Bot.Tag]? {
    document.map(Roots.bots)[id]?.map.map(Self.tags)
  }

  /// The value of a tag; nil where there is none.
  public func tag(_ name: String, ofBot id: String) -> TagValue? {
    document.map(Roots.bots)[id]?.map?[name].map { TagValue($0) }
  }

  /// The value of a tag mask; nil where there is none. The bot need not be in the document.
  public func mask(_ name: String, ofBot id: String) -> TagValue? {
    document.map(Roots.masks)[MaskKey(bot: id, tag: name).text].map { TagValue($0) }
  }

  /// Entries where bots and masks are expected that are none, and masks of bots that are not there.
  public var strayEntries: [StrayEntry] {
    let bots = document.map(Roots.bots)
    let masks = document.map(Roots.masks)
    let noBots = bots.keys.compactMap { key -> StrayEntry? in
      guard let value = bots[key], value.map == nil else { return nil }
      return StrayEntry(root: Roots.bots, key: key, value: TagValue(value))
    }
    let noMasks = masks.keys.compactMap { key -> StrayEntry? in
      guard let value = masks[key] else { return nil }
      if let bot = MaskKey(key)?.bot, bots[bot]?.map != nil { return nil }
      return StrayEntry(root: Roots.masks, key: key, value: TagValue(value))
    }
    return noBots + noMasks
  }

  private static func tags(_ map: YMap) -> [Bot.Tag] {
    map.keys.compactMap { name in map[name].map { Bot.Tag(name: name, value: TagValue($0)) } }
  }

  /// By UTF-8: names are not normalised, as comparing Strings would do.
  private var maskKeysByBot: [[UInt8]: [MaskKey]] {
    Dictionary(
      grouping: document.map(Roots.masks).keys.compactMap { MaskKey($0) },
      by: { Array($0.bot.utf8) })
  }
}

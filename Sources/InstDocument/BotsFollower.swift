import JSONText
public import Yjs

/// A document of which each update tells what it changes.
///
/// To know what there was before, this keeps the values of all tags beside the document: together they
/// take some times the memory of the document alone.
public struct BotsFollower: Sendable {
  /// The document as it is now.
  public private(set) var document: BotsDocument

  private typealias Tags = [[UInt8]: TagValue]
  private var known: [[UInt8]: Tags] = [:]
  private var knownMasks: Tags = [:]

  /// Follows a document from a state on.
  public init(_ document: BotsDocument = BotsDocument()) {
    self.document = document
    for bot in document.bots { known[Array(bot.id.utf8)] = Self.byName(bot.tags) }
    let masks = document.document.map(Roots.masks)
    for key in masks.keys { knownMasks[Array(key.utf8)] = masks[key].map { TagValue($0) } }
  }

  /// Applies an update of version 1; gives what that has changed, together with what has waited for it.
  ///
  /// A bot that came, went or was replaced is one change; its tags are in that.
  ///
  /// - Throws: `YjsError` where it is no update; then nothing has changed.
  public mutating func applyUpdate(_ update: [UInt8]) throws(YjsError) -> [BotChange] {
    let places = try document.change { (document) throws(YjsError) in
      try document.applyUpdate(update, tellingPlacesTo: 2)
    }
    let bots = places.filter { $0.isRoot(Roots.bots) }
    let whole = Set(bots.filter { $0.keys.count == 1 }.map { $0.keys[0] })
    var changes: [BotChange] = []
    for place in bots {
      switch place.keys.count {
      case 1: changes += botChange(place)
      case 2 where !whole.contains(place.keys[0]): changes += tagChange(place)
      default: break
      }
    }
    for place in places where place.isRoot(Roots.masks) { changes += maskChange(place) }
    return changes
  }

  private mutating func botChange(_ place: ChangedPlace) -> [BotChange] {
    let id = String(decoding: place.keys[0], as: UTF8.self)
    let tags = document.tags(ofBot: id)
    let before = known[place.keys[0]]
    let now = tags.map(Self.byName)
    guard now != before else { return [] }
    known[place.keys[0]] = now
    return [
      BotChange(
        bot: id, subject: .bot,
        from: before.map { .object($0.sorted { Self.isBefore($0.key, $1.key) }.map(Self.member)) },
        to: tags.map { .object($0.map { JSONMember(name: $0.name, value: $0.value.json) }) },
        client: place.client)
    ]
  }

  private mutating func tagChange(_ place: ChangedPlace) -> [BotChange] {
    let (id, name) = (place.keys[0], place.keys[1])
    let (bot, tag) = (String(decoding: id, as: UTF8.self), String(decoding: name, as: UTF8.self))
    let before = known[id]?[name]
    let now = document.tag(tag, ofBot: bot)
    guard now != before else { return [] }
    known[id]?[name] = now
    return [
      BotChange(
        bot: bot, subject: .tag(tag), from: before?.json, to: now?.json, client: place.client)
    ]
  }

  private mutating func maskChange(_ place: ChangedPlace) -> [BotChange] {
    guard let name = place.keys.first,
      let key = MaskKey(String(decoding: name, as: UTF8.self))
    else { return [] }
    let before = knownMasks[name]
    let now = document.mask(key.tag, ofBot: key.bot)
    guard now != before else { return [] }
    knownMasks[name] = now
    return [
      BotChange(
        bot: key.bot, subject: .mask(key.tag), from: before?.json, to: now?.json,
        client: place.client)
    ]
  }

  private static func byName(_ tags: [Bot.Tag]) -> Tags {
    Tags(tags.map { (Array($0.name.utf8), $0.value) }) { $1 }
  }

  private static func isBefore(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    a.lexicographicallyPrecedes(b)
  }

  private static func member(_ tag: Tags.Element) -> JSONMember {
    JSONMember(name: String(decoding: tag.key, as: UTF8.self), value: tag.value.json)
  }
}

extension ChangedPlace {
  fileprivate func isRoot(_ name: String) -> Bool { root.elementsEqual(name.utf8) }
}

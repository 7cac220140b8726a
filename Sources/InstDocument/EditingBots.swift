import JSONText
import Yjs

extension BotsDocument {
  /// Makes changes, in order, in one transaction, and gives the smallest update that makes them
  /// elsewhere: what would change nothing is left out. Nil where nothing changes.
  ///
  /// - Throws: ``BotEditError``; then nothing has changed.
  public mutating func edit(_ edits: some Sequence<BotEdit>) throws(BotEditError) -> [UInt8]? {
    let steps = try steps(for: edits)
    if steps.isEmpty { return nil }
    return change { document in
      document.transact { (transaction) in
        // What a step needs has been found, or made by a step before.
        for step in steps { try? transaction.make(step) }
      }
    }
  }

  /// A function of its own, so that nothing else holds the document when it is changed.
  private func steps(for edits: some Sequence<BotEdit>) throws(BotEditError) -> [BotEdit] {
    var plan = EditPlan(self)
    for edit in edits { try plan.add(edit) }
    return plan.steps
  }
}

/// The edits that change something.
private struct EditPlan {
  private let document: BotsDocument
  private(set) var steps: [BotEdit] = []

  /// What the edits so far make of bots: their tags, as far as they were set or removed.
  private struct PlannedBot {
    var exists: Bool
    /// Whether it has no tags but those here.
    var isNew = false
    var tags: [[UInt8]: TagValue?] = [:]
  }

  private var bots: [[UInt8]: PlannedBot] = [:]
  private var masks: [[UInt8]: TagValue?] = [:]

  init(_ document: BotsDocument) { self.document = document }

  mutating func add(_ edit: BotEdit) throws(BotEditError) {
    switch edit {
    case .addBot(let id):
      if bot(id).exists { return }
      bots[Array(id.utf8)] = PlannedBot(exists: true, isNew: true)
    case .replaceBot(let id, let tags):
      let tags = Self.byName(tags)
      guard !isUntouched(id) || document.tags(ofBot: id).map(Self.byName) != tags else { return }
      bots[Array(id.utf8)] = PlannedBot(
        exists: true, isNew: true, tags: tags.mapValues { .some($0) })
    case .removeBot(let id):
      guard bot(id).exists else { return }
      bots[Array(id.utf8)] = PlannedBot(exists: false)
    case .setTag(let name, let id, let value):
      guard bot(id).exists else { throw .noSuchBot(id) }
      guard isNews(value, ofTag: name, id) else { return }
      bots[Array(id.utf8)]?.tags[Array(name.utf8)] = .some(value)
    case .removeTag(let name, let id):
      guard bot(id).exists, isNews(nil, ofTag: name, id) else { return }
      bots[Array(id.utf8)]?.tags[Array(name.utf8)] = .some(nil)
    case .setMask(let name, let id, let value):
      guard isNews(value, ofMask: name, id) else { return }
    case .removeMask(let name, let id):
      guard isNews(nil, ofMask: name, id) else { return }
    }
    steps.append(edit)
  }

  private mutating func bot(_ id: String) -> PlannedBot {
    if let known = bots[Array(id.utf8)] { return known }
    let bot = PlannedBot(exists: document.tags(ofBot: id) != nil)
    bots[Array(id.utf8)] = bot
    return bot
  }

  /// Whether the edits so far leave a bot as it is.
  private mutating func isUntouched(_ id: String) -> Bool {
    let bot = bot(id)
    return bot.exists && !bot.isNew && bot.tags.isEmpty
  }

  private static func byName(_ tags: [Bot.Tag]) -> [[UInt8]: TagValue] {
    Dictionary(tags.map { (Array($0.name.utf8), $0.value) }) { $1 }
  }

  private mutating func isNews(_ value: TagValue?, ofTag name: String, _ id: String) -> Bool {
    let bot = bot(id)
    if let planned = bot.tags[Array(name.utf8)] { return planned != value }
    return (bot.isNew ? nil : document.tag(name, ofBot: id)) != value
  }

  private mutating func isNews(_ value: TagValue?, ofMask name: String, _ id: String) -> Bool {
    let key = Array(MaskKey(bot: id, tag: name).text.utf8)
    let now = masks[key] ?? document.mask(name, ofBot: id)
    masks[key] = .some(value)
    return now != value
  }
}

extension YTransaction {
  fileprivate mutating func make(_ step: BotEdit) throws(Failure) {
    switch step {
    case .addBot(let id): _ = try setMap(id, in: .root(Roots.bots))
    case .replaceBot(let id, let tags):
      let bot = try setMap(id, in: .root(Roots.bots))
      for tag in tags { try set(tag.name, to: tag.value, in: bot) }
    case .removeBot(let id): try remove(id, in: .root(Roots.bots))
    case .setTag(let name, let id, let value):
      guard let bot = type(id, in: .root(Roots.bots)) else { throw .noSuchType }
      try set(name, to: value, in: bot)
    case .removeTag(let name, let id):
      guard let bot = type(id, in: .root(Roots.bots)) else { throw .noSuchType }
      try remove(name, in: bot)
    case .setMask(let name, let id, let value):
      try set(MaskKey(bot: id, tag: name).text, to: value, in: .root(Roots.masks))
    case .removeMask(let name, let id):
      try remove(MaskKey(bot: id, tag: name).text, in: .root(Roots.masks))
    }
  }

  private mutating func set(
    _ key: String, to value: TagValue, in map: SharedType
  ) throws(Failure) {
    if value.form == .text, let text = value.json.stringValue {
      try setText(key, to: text, in: map)
    } else {
      try set(key, to: AnyValue(value.json), in: map)
    }
  }
}

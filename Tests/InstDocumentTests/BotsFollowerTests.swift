import InstDocument
import JSONText
import Testing
import Yjs

/// What updates change, at the level of bots (PROTOCOL section 9).
@Suite struct BotsFollowerTests {
  private struct Client {
    var document: BotsDocument
    init(_ clientID: Int) { document = BotsDocument(clientID: clientID) }

    mutating func edit(_ edits: BotEdit...) throws -> [UInt8] {
      try #require(try document.edit(edits))
    }
  }

  @Test func aBotAndItsTagsComeChangeAndGo() throws {
    var client = Client(5)
    var follower = BotsFollower()
    let added = try client.edit(
      .addBot("one"), .setTag("color", ofBot: "one", to: TagValue("red")),
      .setTag("size", ofBot: "one", to: TagValue(2)))
    #expect(
      try follower.applyUpdate(added) == [
        BotChange(
          bot: "one", subject: .bot, from: nil, to: ["color": "red", "size": 2], client: 5)
      ])
    // Again: nothing new.
    #expect(try follower.applyUpdate(added) == [])

    let changed = try client.edit(
      .setTag("color", ofBot: "one", to: TagValue("blue")), .removeTag("size", ofBot: "one"),
      .setTag("list", ofBot: "one", to: TagValue([1, "two", ["three": .null]])))
    let changes = try follower.applyUpdate(changed)
    #expect(
      Set(changes) == [
        BotChange(bot: "one", subject: .tag("color"), from: "red", to: "blue", client: 5),
        BotChange(bot: "one", subject: .tag("size"), from: 2, to: nil, client: nil),
        BotChange(
          bot: "one", subject: .tag("list"), from: nil, to: [1, "two", ["three": .null]], client: 5),
      ])

    let removed = try client.edit(.removeBot("one"))
    #expect(
      try follower.applyUpdate(removed) == [
        BotChange(
          bot: "one", subject: .bot,
          from: ["color": "blue", "list": [1, "two", ["three": .null]]],
          to: nil, client: nil)
      ])
    #expect(follower.document.botIDs == [])
  }

  @Test func masksAreChangesOfTheirOwn() throws {
    var client = Client(5)
    var follower = BotsFollower()
    let set = try client.edit(.setMask("a:b", ofBot: "one", to: TagValue(true)))
    #expect(
      try follower.applyUpdate(set) == [
        BotChange(bot: "one", subject: .mask("a:b"), from: nil, to: true, client: 5)
      ])
    let removed = try client.edit(.removeMask("a:b", ofBot: "one"))
    #expect(
      try follower.applyUpdate(removed) == [
        BotChange(bot: "one", subject: .mask("a:b"), from: true, to: nil, client: nil)
      ])
  }

  @Test func typingInATagTellsTheWholeText() throws {
    var document = YDocument(clientID: 5)
    var follower = BotsFollower()
    var text: SharedType?
    let first = try #require(
      document.transact { (transaction) throws(YTransaction.Failure) in
        let bot = try transaction.setMap("one", in: .root("bots"))
        text = try transaction.setText("note", to: "hell", in: bot)
      })
    _ = try follower.applyUpdate(first)
    let typed = try #require(text)
    let second = try #require(
      document.transact { (transaction) throws(YTransaction.Failure) in
        try transaction.insert("o", at: 4, in: typed)
      })
    #expect(
      try follower.applyUpdate(second) == [
        BotChange(bot: "one", subject: .tag("note"), from: "hell", to: "hello", client: 5)
      ])
    let third = try #require(
      document.transact { (transaction) throws(YTransaction.Failure) in
        try transaction.delete(0..<1, in: typed)
      })
    #expect(
      try follower.applyUpdate(third) == [
        BotChange(bot: "one", subject: .tag("note"), from: "hello", to: "ello", client: nil)
      ])
  }

  @Test func whatHasWaitedIsToldWithTheUpdateThatItWaitedFor() throws {
    var client = Client(5)
    let first = try client.edit(.addBot("one"))
    let second = try client.edit(.setTag("a", ofBot: "one", to: TagValue(1)))
    var follower = BotsFollower()
    #expect(try follower.applyUpdate(second) == [])
    #expect(
      try follower.applyUpdate(first) == [
        BotChange(bot: "one", subject: .bot, from: nil, to: ["a": 1], client: 5)
      ])
  }

  /// Of two who set a tag at the same time one wins, the same everywhere; who loses changes nothing.
  @Test func whoLosesChangesNothing() throws {
    var low = Client(1)
    let base = try low.edit(.addBot("one"))
    var high = Client(9)
    try high.document.applyUpdate(base)
    let byLow = try low.edit(.setTag("a", ofBot: "one", to: TagValue("low")))
    let byHigh = try high.edit(.setTag("a", ofBot: "one", to: TagValue("high")))
    var follower = BotsFollower()
    _ = try follower.applyUpdate(base)
    #expect(
      try follower.applyUpdate(byHigh) == [
        BotChange(bot: "one", subject: .tag("a"), from: nil, to: "high", client: 9)
      ])
    #expect(try follower.applyUpdate(byLow) == [])

    var other = BotsFollower()
    let merged = try mergeUpdates([base, byLow, byHigh])
    #expect(
      try other.applyUpdate(merged) == [
        BotChange(bot: "one", subject: .bot, from: nil, to: ["a": "high"], client: 1)
      ])
  }

  /// What changes tell, put together, is the state: random edits of some clients, in a random order.
  @Test(arguments: 1...20) func changesAddUpToTheState(seed: UInt64) throws {
    var random = SplitMix(seed)
    var clients = [Client(1), Client(2), Client(3)]
    var updates: [[UInt8]] = []
    for _ in 0..<120 {
      let number = random.next(3)
      if random.next(4) == 0, let known = updates.randomElement(using: &random) {
        try clients[number].document.applyUpdate(known)
        continue
      }
      let (bot, tag) = ("bot\(random.next(4))", "tag\(random.next(4))")
      let value =
        random.next(2) == 0
        ? TagValue(.string("\(random.next(9))")) : TagValue(JSONValue(random.next(9)))
      let edit: BotEdit =
        switch random.next(9) {
        case 0: .removeBot(bot)
        case 1: .removeTag(tag, ofBot: bot)
        case 2: .setMask(tag, ofBot: bot, to: value)
        case 3: .removeMask(tag, ofBot: bot)
        case 4: .addBot(bot)
        default: .setTag(tag, ofBot: bot, to: value)
        }
      do throws(BotEditError) {
        if let update = try clients[number].document.edit([edit]) { updates.append(update) }
      } catch {
        #expect(error == .noSuchBot(bot))
      }
    }
    updates.shuffle(using: &random)

    var follower = BotsFollower()
    var bots: [String: [String: JSONValue]] = [:]
    var masks: [String: JSONValue] = [:]
    for update in updates {
      for change in try follower.applyUpdate(update) {
        switch change.subject {
        case .bot:
          #expect(object(bots[change.bot]) == object(change.from), "seed \(seed)")
          bots[change.bot] = object(change.to)
        case .tag(let tag):
          #expect(bots[change.bot]?[tag] == change.from, "seed \(seed)")
          bots[change.bot]?[tag] = change.to
        case .mask(let tag):
          #expect(masks["\(change.bot):\(tag)"] == change.from, "seed \(seed)")
          masks["\(change.bot):\(tag)"] = change.to
        }
      }
    }
    var all = BotsDocument()
    try all.applyUpdate(try mergeUpdates(updates))
    let expected = all.bots.map { bot in
      (bot.id, Dictionary(uniqueKeysWithValues: bot.tags.map { ($0.name, $0.value.json) }))
    }
    #expect(bots == Dictionary(uniqueKeysWithValues: expected), "seed \(seed)")
    for (key, value) in masks {
      let parts = key.split(separator: ":").map(String.init)
      #expect(all.mask(parts[1], ofBot: parts[0])?.json == value, "seed \(seed)")
    }
  }

  private func object(_ value: JSONValue?) -> [String: JSONValue]? {
    value?.objectValue.map {
      Dictionary(uniqueKeysWithValues: $0.map { ($0.name, $0.value) })
    }
  }

  private func object(_ tags: [String: JSONValue]?) -> [String: JSONValue]? { tags }
}

/// Random numbers that a seed repeats.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func next(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

import InstDocument
import JSONText
import Testing
import Yjs

/// Edits become the smallest update that makes them.
@Suite struct BotEditTests {
  @Test func whatChangesNothingIsLeftOut() throws {
    var document = BotsDocument(clientID: 1)
    let first = try #require(
      try document.edit([.addBot("one"), .setTag("a", ofBot: "one", to: TagValue("x"))]))
    #expect(
      try document.edit([
        .addBot("one"), .setTag("a", ofBot: "one", to: TagValue("x")),
        .removeTag("b", ofBot: "one"), .removeBot("two"), .removeMask("a", ofBot: "one"),
      ]) == nil)
    let second = try #require(
      try document.edit([
        .setTag("a", ofBot: "one", to: TagValue("x")), .setTag("b", ofBot: "one", to: TagValue(1)),
      ]))
    // The one new tag: the client's structs from the first behind the bot and its text on.
    #expect(try clockRanges(ofUpdate: second).count == 1)
    #expect(try Update(decoding: second).structs.count == 1)
    #expect(try deleteSet(ofUpdate: second).ranges.isEmpty)
    var other = BotsDocument()
    try other.applyUpdate(second)
    try other.applyUpdate(first)
    #expect(other.bots == document.bots)
  }

  @Test func editsSeeThoseBeforeThem() throws {
    var document = BotsDocument(clientID: 1)
    _ = try document.edit([.addBot("one"), .setTag("a", ofBot: "one", to: TagValue("old"))])
    // A new bot of the same ID has none of the old one's tags.
    let update = try document.edit([
      .removeBot("one"), .addBot("one"), .setTag("b", ofBot: "one", to: TagValue("new")),
      .setTag("b", ofBot: "one", to: TagValue("new")), .setTag("c", ofBot: "one", to: TagValue(1)),
      .removeTag("c", ofBot: "one"),
    ])
    #expect(update != nil)
    #expect(document.bots == [Bot(id: "one", tags: [.init(name: "b", value: TagValue("new"))])])
    #expect(try document.edit([.setTag("a", ofBot: "one", to: TagValue("old"))]) != nil)
  }

  @Test func aTagOfNoBotIsRefusedAndNothingHappens() throws {
    var document = BotsDocument(clientID: 1)
    #expect(throws: BotEditError.noSuchBot("one")) {
      try document.edit([.addBot("two"), .setTag("a", ofBot: "one", to: TagValue(1))])
    }
    #expect(throws: BotEditError.noSuchBot("two")) {
      try document.edit([
        .addBot("two"), .removeBot("two"), .setTag("a", ofBot: "two", to: TagValue(1)),
      ])
    }
    #expect(document.botIDs == [])
  }

  /// Names that look alike are different ones, as in JavaScript.
  @Test func namesAreNotNormalised() throws {
    var document = BotsDocument(clientID: 1)
    let (composed, decomposed) = ("\u{E9}", "e\u{301}")
    _ = try document.edit([
      .addBot(composed), .addBot(decomposed),
      .setTag(composed, ofBot: composed, to: TagValue(1)),
      .setTag(decomposed, ofBot: composed, to: TagValue(2)),
      .setMask("m", ofBot: decomposed, to: TagValue(3)),
    ])
    #expect(document.bots.count == 2)
    #expect(document.bots.map(\.tags.count) == [2, 0])
    #expect(document.bots.map(\.masks.count) == [0, 1])
  }
}

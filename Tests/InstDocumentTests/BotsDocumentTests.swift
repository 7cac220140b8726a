import InstDocument
import JSONText
import Testing
import Yjs

/// Bots in a document, as PROTOCOL section 9 has them.
@Suite struct BotsDocumentTests {
  @Test func botsAreReadWithTagsAndMasks() throws {
    var source = YDocument(clientID: 7)
    let update = try #require(
      source.transact { (transaction) throws(YTransaction.Failure) in
        let bot = try transaction.setMap("one", in: .root("bots"))
        try transaction.setText("color", to: "red", in: bot)
        try transaction.set("size", to: .number(2), in: bot)
        try transaction.setText("one:color", to: "blue", in: .root("masks"))
        try transaction.setText("none:color", to: "gray", in: .root("masks"))
        try transaction.set("stray", to: .bool(true), in: .root("bots"))
      })
    var document = BotsDocument()
    try document.applyUpdate(update)
    #expect(document.botIDs == ["one"])
    #expect(
      document.bots == [
        Bot(
          id: "one",
          tags: [
            .init(name: "color", value: TagValue("red")), .init(name: "size", value: TagValue(2)),
          ],
          masks: [.init(name: "color", value: TagValue("blue"))])
      ])
    #expect(document.tag("color", ofBot: "one") == TagValue("red"))
    #expect(document.tag("color", ofBot: "two") == nil)
    #expect(document.mask("color", ofBot: "none") == TagValue("gray"))
    #expect(document.strayEntries.map(\.key) == ["stray", "none:color"])
  }
}

import Testing

@testable import Yjs

/// Y.Map: values, nesting, conflicts (PROTOCOL section 9: `bots` and `masks`).
@Suite("Maps")
struct MapTests {
  private static let bots = SharedType.root("bots")

  @Test("A bot with a text and a value, as CasualOS keeps it")
  func nested() throws {
    var document = YDocument(clientID: 1)
    let update = try document.transact { transaction throws(YTransaction.Failure) in
      let bot = try transaction.setMap("bot1", in: Self.bots)
      try transaction.setText("label", to: "hello", in: bot)
      try transaction.set("size", to: .number(2), in: bot)
      try transaction.set("raw", to: .binary([1, 2]), in: bot)
    }
    var other = YDocument(clientID: 2)
    try other.applyUpdate(try #require(update))
    let bot = try #require(other.map("bots")["bot1"]?.map)
    #expect(bot.keys == ["label", "size", "raw"])
    #expect(bot["label"]?.text?.string == "hello")
    #expect(bot["size"]?.any == .number(2))
    #expect(bot["none"] == nil)
    #expect(other.rootNames == ["bots"])
    #expect(other.encodeStateAsUpdate() == document.encodeStateAsUpdate())
    try other.transact { transaction throws(YTransaction.Failure) in
      let label = transaction.type("label", in: bot.type)
      try transaction.insert("!", at: 5, in: label ?? .root("none"))
    }
    #expect(other.map("bots")["bot1"]?.map?["label"]?.text?.string == "hello!")
  }

  @Test("Of two values that are set at the same time the higher client's stays")
  func conflict() throws {
    var one = YDocument(clientID: 1)
    var two = YDocument(clientID: 2)
    let ours = try set(&one, "k", .string("one"))
    let theirs = try set(&two, "k", .string("two"))
    try one.applyUpdate(theirs)
    try two.applyUpdate(ours)
    #expect(one.map("bots")["k"]?.any == .string("two"))
    #expect(two.map("bots")["k"]?.any == .string("two"))
    #expect(one.encodeStateAsUpdate() == two.encodeStateAsUpdate())
    // Whoever sets it next knows both.
    try two.applyUpdate(try set(&one, "k", .string("last")))
    #expect(two.map("bots")["k"]?.any == .string("last"))
  }

  @Test("A key is deleted, and may come again; a deleted type is gone for good")
  func deletion() throws {
    var document = YDocument(clientID: 1)
    var inner = SharedType.root("none")
    try document.transact { transaction throws(YTransaction.Failure) in
      inner = try transaction.setMap("m", in: Self.bots)
      try transaction.set("x", to: .null, in: inner)
    }
    try document.transact { transaction throws(YTransaction.Failure) in
      try transaction.remove("m", in: Self.bots)
      try transaction.remove("other", in: Self.bots)
    }
    #expect(document.map("bots")["m"] == nil)
    #expect(document.map("bots").count == 0)
    #expect(throws: YTransaction.Failure.noSuchType) {
      try document.transact { transaction throws(YTransaction.Failure) in
        try transaction.set("x", to: .null, in: inner)
      }
    }
    #expect(document.map(inner).keys.isEmpty)
    _ = try set(&document, "m", .bool(true))
    #expect(document.map("bots")["m"]?.any == .bool(true))
    #expect(document.deleteSet.contains(ID(client: 1, clock: 1)))
    #expect(!document.deleteSet.contains(ID(client: 1, clock: 2)))
  }

  @Test("Names are compared by their bytes: what looks alike is not the same")
  func names() throws {
    var document = YDocument(clientID: 1)
    _ = try set(&document, "\u{E9}", .number(1))
    _ = try set(&document, "e\u{301}", .number(2))
    #expect(document.map("bots").count == 2)
    #expect(document.map("bots")["\u{E9}"]?.any == .number(1))
  }

  @Test("A copy of a document is independent of it")
  func copies() throws {
    var document = YDocument(clientID: 1)
    _ = try set(&document, "k", .number(1))
    let copy = document
    let map = document.map("bots")
    _ = try set(&document, "k", .number(2))
    #expect(copy.map("bots")["k"]?.any == .number(1))
    #expect(map["k"]?.any == .number(1))
    #expect(document.map("bots")["k"]?.any == .number(2))
  }

  @Test("A hundred keys, each set a hundred times")
  func overwritten() throws {
    var document = YDocument(clientID: 1)
    for round in 0..<100 {
      try document.transact { transaction throws(YTransaction.Failure) in
        for key in 0..<100 {
          try transaction.set("\(key)", to: .string("value \(round)"), in: Self.bots)
        }
      }
    }
    #expect(document.map("bots").count == 100)
    #expect(document.map("bots")["7"]?.any == .string("value 99"))
    var other = YDocument(clientID: 2)
    try other.applyUpdate(document.encodeStateAsUpdate())
    #expect(other.encodeStateAsUpdate() == document.encodeStateAsUpdate())
  }

  private func set(
    _ document: inout YDocument, _ key: String, _ value: AnyValue
  ) throws -> [UInt8] {
    try #require(
      try document.transact { transaction throws(YTransaction.Failure) in
        try transaction.set(key, to: value, in: Self.bots)
      })
  }
}

extension MapTests {
  @Test("Maps that come and go leave no trace in memory but garbage that merges")
  func churn() throws {
    var document = YDocument(clientID: 1)
    for _ in 0..<2_000 {
      try document.transact { transaction throws(YTransaction.Failure) in
        let map = try transaction.setMap("m", in: .root("r"))
        for key in ["a", "b", "c"] { try transaction.set(key, to: .null, in: map) }
      }
    }
    let entries = document.store.entries
    #expect(entries.count <= 12 && entries.slotCount <= 64)
    #expect(document.store.branches.count <= 4)
    #expect(document.map("r")["m"]?.map?.keys == ["a", "b", "c"])
  }
}

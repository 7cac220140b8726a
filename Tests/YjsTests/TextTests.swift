import Testing
import Yjs

/// Y.Text: UTF-16, conflicts, formats (PROTOCOL section 9: the values of tags are texts).
@Suite("Text")
struct TextTests {
  private static let text = SharedType.root("t")

  /// Two documents with the same text.
  private func pair(_ start: String) throws -> (YDocument, YDocument) {
    var one = YDocument(clientID: 1)
    try one.transact { transaction throws(YTransaction.Failure) in
      try transaction.insert(start, at: 0, in: Self.text)
    }
    var two = YDocument(clientID: 2)
    try two.applyUpdate(one.encodeStateAsUpdate())
    return (one, two)
  }

  /// What each makes of the other's change; both must be the same.
  private func merged(_ start: String, _ first: Change, _ second: Change) throws -> String {
    var (one, two) = try pair(start)
    let ours = try #require(try first.make(&one, Self.text))
    let theirs = try #require(try second.make(&two, Self.text))
    try one.applyUpdate(theirs)
    try two.applyUpdate(ours)
    #expect(one.text("t").string == two.text("t").string)
    #expect(one.encodeStateAsUpdate() == two.encodeStateAsUpdate())
    return one.text("t").string
  }

  enum Change {
    case insert(String, Int)
    case delete(Range<Int>)

    func make(_ document: inout YDocument, _ type: SharedType) throws -> [UInt8]? {
      try document.transact { transaction throws(YTransaction.Failure) in
        switch self {
        case .insert(let text, let index): try transaction.insert(text, at: index, in: type)
        case .delete(let range): try transaction.delete(range, in: type)
        }
      }
    }
  }

  @Test("Of two insertions at the same place the lower client's comes first")
  func conflict() throws {
    #expect(try merged("ab", .insert("1", 1), .insert("2", 1)) == "a12b")
    #expect(try merged("", .insert("one", 0), .insert("two", 0)) == "onetwo")
  }

  @Test("What is inserted where another deletes stays")
  func insertIntoDeleted() throws {
    #expect(try merged("abcdef", .insert("X", 3), .delete(1..<5)) == "aXf")
    #expect(try merged("abcdef", .delete(0..<4), .delete(2..<6)) == "")
  }

  @Test("Half a surrogate pair becomes U+FFFD, on both sides of what parts it")
  func surrogates() throws {
    #expect(try merged("a😀b", .insert("x", 2), .insert("y", 4)) == "a\u{FFFD}x\u{FFFD}by")
    #expect(try merged("😀", .delete(0..<1), .insert("y", 2)) == "\u{FFFD}y")
    var (one, _) = try pair("😀😀")
    #expect(one.text("t").length == 4)
    var state = StateVector()
    state[1] = 1
    // A difference that begins in the middle of a pair.
    let part = try Update(decoding: one.encodeStateAsUpdate(from: state)).structs
    let cut = try Update(decoding: diffUpdate(one.encodeStateAsUpdate(), from: state)).structs
    #expect(part == cut)
    guard case .item(let item) = try #require(part.first) else {
      Issue.record("no item")
      return
    }
    #expect(item.content == .string("\u{FFFD}😀"))
    #expect(item.origin == ID(client: 1, clock: 0))
    try one.transact { transaction throws(YTransaction.Failure) in
      try transaction.delete(0..<4, in: Self.text)
    }
    #expect(one.text("t").string == "")
  }

  @Test("Text that is typed is one item, and its update one struct")
  func typing() throws {
    var document = YDocument(clientID: 1)
    for (index, character) in "hello".enumerated() {
      let update = try document.transact { transaction throws(YTransaction.Failure) in
        try transaction.insert(String(character), at: index, in: Self.text)
      }
      #expect(try Update(decoding: try #require(update)).structs.count == 1)
    }
    let all = try Update(decoding: document.encodeStateAsUpdate())
    #expect(all.structs.count == 1)
    #expect(document.text("t").string == "hello")
  }

  @Test("Formats: runs of text that are formatted alike")
  func formats() throws {
    // "ab" in bold, "c" not.
    let bold: [UInt8] = WireBytes.rootItem(6, WireBytes.string("b") + WireBytes.string("true"))
    let update = WireBytes.update([
      bold, [0x84, 1, 0, 2, 0x61, 0x62],
      [0x86, 1, 2] + WireBytes.string("b")
        + WireBytes.string("null"), [0x84, 1, 3, 1, 0x63],
    ])
    var document = YDocument(clientID: 2)
    try document.applyUpdate(update)
    let runs = document.text("r").runs
    #expect(runs.map { $0.attributes.map(\.json) } == [["true"], []])
    #expect(document.text("r").string == "abc")
    // What is typed at the end of bold text is bold; what is typed into nothing leaves no format.
    try document.transact { transaction throws(YTransaction.Failure) in
      try transaction.insert("X", at: 2, in: .root("r"))
    }
    #expect(document.text("r").runs.first?.attributes.map(\.name) == ["b"])
    #expect(document.text("r").runs.count == 2)
    try document.transact { transaction throws(YTransaction.Failure) in
      try transaction.delete(0..<3, in: .root("r"))
    }
    #expect(document.text("r").runs.map { $0.attributes.count } == [0])
    #expect(!document.encodeStateAsUpdate().contains(6))
  }

  @Test("What is out of range is refused, and nothing changes")
  func outOfRange() throws {
    var (one, _) = try pair("abc")
    let before = one.encodeStateAsUpdate()
    for change in [
      Change.insert("x", 4), .insert("x", -1), .delete(2..<4), .delete(-1..<1),
    ] {
      #expect(throws: YTransaction.Failure.outOfRange(length: 3)) {
        try change.make(&one, Self.text)
      }
    }
    #expect(try Change.insert("", 1).make(&one, Self.text) == nil)
    #expect(one.encodeStateAsUpdate() == before)
  }
}

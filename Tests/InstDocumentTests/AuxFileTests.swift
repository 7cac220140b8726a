import InstDocument
import JSONText
import Testing
import Yjs

/// `.aux` files of versions 1 and 2 (PROTOCOL section 9).
@Suite struct AuxFileTests {
  private func read(_ text: String) throws(AuxError) -> AuxFile {
    try AuxFile(reading: Array(text.utf8))
  }

  @Test func versionOneIsReadAndWrittenAgain() throws {
    let text =
      #"{"version":1,"state":{"a":{"id":"a","space":"shared","tags":{"x":"1","y":2.50,"f":"=1 + 2","#
      + #""l":[1,{"k":null}],"e":""},"masks":{"shared":{"x":true}}},"b":{"id":"b","tags":{}}},"note":[1]}"#
    let file = try read(text)
    #expect(String(decoding: file.text, as: UTF8.self) == text)
    guard case .state(let state) = file else {
      Issue.record("no state")
      return
    }
    #expect(state.bots.map(\.id) == ["a", "b"])
    #expect(state.bots[0].space == "shared")
  }

  @Test func versionTwoIsReadAndWrittenAgain() throws {
    let text =
      #"{"version":2,"updates":[{"id":0,"timestamp":1700000000000,"update":"AAA="},"#
      + #"{"id":"x","update":"no update","by":"me"}],"note":null}"#
    let file = try read(text)
    #expect(String(decoding: file.text, as: UTF8.self) == text)
    guard case .updates(let updates) = file else {
      Issue.record("no updates")
      return
    }
    #expect(updates.updates.map(\.base64) == ["AAA=", "no update"])
    #expect(updates.updates[1].offset == 75)
  }

  /// Old files hold the state alone.
  @Test func aStateAloneIsReadAsVersionOne() throws {
    let file = try read(#" {"a": {"id": "a", "tags": {"x": 1}}} "#)
    #expect(
      file
        == .state(AuxState(bots: [.init(id: "a", tags: [JSONMember(name: "x", value: 1)])])))
  }

  @Test(arguments: [
    ("", AuxError.Reason.json(.unexpectedEnd), 0),
    ("[]", .wrongKind(of: "the file", expected: .object), 0),
    (#"{"version":3}"#, .unknownVersion("3"), 11),
    (#"{"version":"1"}"#, .unknownVersion(#""1""#), 11),
    (#"{"version":1}"#, .missing("state"), 0),
    (#"{"version":2,"updates":{}}"#, .wrongKind(of: "'updates'", expected: .array), 23),
    (#"{"version":2,"updates":[{"id":1}]}"#, .missing("update"), 24),
    (#"{"version":2,"updates":[{"update":1}]}"#, .wrongKind(of: "'update'", expected: .string), 34),
    (#"{"version":1,"state":{"a":1}}"#, .wrongKind(of: "the bot 'a'", expected: .object), 26),
    (#"{"version":1,"state":{"a":{"id":"a"}}}"#, .missing("tags"), 26),
    (#"{"version":1,"state":{"a":{"id":"b","tags":{}}}}"#, .otherID("b", of: "a"), 32),
    (#"{"version":1,"state":{"a":{"tags":[]}}}"#, .wrongKind(of: "'tags'", expected: .object), 34),
  ])
  func whatIsWrongIsToldWithItsPlace(text: String, reason: AuxError.Reason, offset: Int) throws {
    let error = try #require(throws: AuxError.self) { try read(text) }
    if case .json = reason {
      guard case .json = error.reason else {
        Issue.record("\(error)")
        return
      }
    } else {
      #expect(error.reason == reason)
      #expect(error.offset == offset)
    }
  }

  @Test func limitsHold() throws {
    #expect(throws: AuxError(reason: .tooLarge(limit: 10), offset: 10)) {
      try AuxFile(reading: Array(#"{"version":1,"state":{}}"#.utf8), limit: 10)
    }
    let deep = String(repeating: "[", count: 300) + String(repeating: "]", count: 300)
    let error = try #require(throws: AuxError.self) {
      try read(#"{"version":1,"state":{"a":{"id":"a","tags":{"x":\#(deep)}}}}"#)
    }
    guard case .json = error.reason else {
      Issue.record("\(error)")
      return
    }
  }

  /// Whatever is cut off or flipped: an error or another file, never a trap.
  @Test(arguments: 1...50) func brokenFilesAreErrors(seed: UInt64) throws {
    var random = SplitMix(seed)
    var text = Array(
      #"{"version":2,"updates":[{"id":0,"timestamp":17,"update":"AAA="}],"state":{"a":{"tags":{}}}}"#
        .utf8)
    if random.next(2) == 0 { text.removeLast(random.next(text.count)) }
    for _ in 0..<3 where !text.isEmpty {
      text[random.next(text.count)] =
        Array(#"{}[]",:12a\u"#.utf8).randomElement(using: &random) ?? 0
    }
    _ = try? AuxFile(reading: text)
  }

  // MARK: Files and documents

  @Test func aStateGoesThroughADocumentWithoutLoss() throws {
    let text =
      #"{"version":1,"state":{"a":{"id":"a","space":"shared","tags":{"x":"one","y":2.5,"t":true,"n":null,"#
      + #""f":"=this.x","s":"🔗x","l":[1,{"k":"v"}],"e":"","long":"line\nline"},"#
      + #""masks":{"shared":{"x":"masked"}}},"b":{"id":"b","space":"shared","tags":{}}}}"#
    guard case .state(let state) = try read(text) else {
      Issue.record("no state")
      return
    }
    var document = BotsDocument(clientID: 3)
    let update = try #require(try document.edit(try state.edits()))
    var copy = BotsDocument()
    try copy.applyUpdate(update)
    var losses: [AuxLoss] = []
    let written = AuxFile.state(AuxState(copy, losses: &losses))
    #expect(losses == [])
    #expect(String(decoding: written.text, as: UTF8.self) == text)
    // On top of itself it changes nothing.
    #expect(try document.edit(try state.edits()) == nil)
  }

  @Test func whatVersionOneCannotSayIsNamed() throws {
    var source = YDocument(clientID: 7)
    let update = try #require(
      source.transact { (transaction) throws(YTransaction.Failure) in
        let bot = try transaction.setMap("a", in: .root("bots"))
        try transaction.set("nan", to: .number(.nan), in: bot)
        try transaction.set("bytes", to: .binary([1, 2]), in: bot)
        try transaction.set("undefined", to: .undefined, in: bot)
        try transaction.set("plain", to: .string("text"), in: bot)
        try transaction.set("deep", to: .array([.bigInt(1)]), in: bot)
        try transaction.set("fine", to: .array([.number(1)]), in: bot)
        _ = try transaction.setMap("map", in: bot)
        try transaction.set("gone:x", to: .bool(true), in: .root("masks"))
        try transaction.set("odd", to: .bool(true), in: .root("masks"))
      })
    var document = BotsDocument()
    try document.applyUpdate(update)
    var losses: [AuxLoss] = []
    _ = AuxState(document, losses: &losses)
    #expect(
      losses.map { "\($0.path.joined(separator: "/")) \($0.reason)" } == [
        "bots/a/nan value", "bots/a/bytes value", "bots/a/undefined value", "bots/a/plain form",
        "bots/a/deep value", "bots/a/map value", "masks/gone:x stray", "masks/odd stray",
      ])
  }

  @Test func masksOfSpacesThatDifferAreRefused() throws {
    func state(_ other: String) throws -> AuxState {
      guard
        case .state(let state) = try read(
          #"{"a":{"id":"a","tags":{},"masks":{"shared":{"x":1},"tempLocal":{"x":\#(other)}}}}"#)
      else { throw AuxError(reason: .missing("state"), offset: 0) }
      return state
    }
    #expect(try state("1").edits().count == 3)
    #expect(throws: AuxMaskError(bot: "a", tag: "x", spaces: ["shared", "tempLocal"])) {
      try state("2").edits()
    }
    #expect(try state("2").keepingMasks(ofSpace: "shared").edits().count == 2)
  }
}

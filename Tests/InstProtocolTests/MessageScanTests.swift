import InstProtocol
import JSONText
import Testing

/// A scan says the same as the tree of the same text.
@Suite struct MessageScanTests {
  @Test func recordedFrames() throws {
    for exchange in try Exchange.all() {
      for text in exchange.steps.compactMap(\.text) { check(text, "\(exchange.name)") }
    }
  }

  @Test func randomDamage() throws {
    let texts = try Exchange.all().flatMap { $0.steps.compactMap(\.text) }.filter { !$0.isEmpty }
    for seed in UInt64(1)...4_000 {
      var random = SeededGenerator(seed: seed)
      var text = texts[Int.random(in: 0..<texts.count, using: &random)]
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let index = Int.random(in: 0..<text.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: text[index] = UInt8.random(in: 0..<0x80, using: &random)
        case 1:
          text.insert(Array("[]{},:\"\\0n".utf8).randomElement(using: &random) ?? 0, at: index)
        default:
          text.removeSubrange(index..<min(text.count, index + 3))
          if text.isEmpty { text = [0x5B] }
        }
      }
      check(text, "seed \(seed)")
    }
  }

  @Test(arguments: [
    #"[1,-1,{"type":"a","type":"repo/add_updates","inst":1,"inst":"x","updates":["a"],"updates":5}]"#,
    #"[1,-1,{"type":"repo/add_updates","updates":5,"updates":["a","\n"]}]"#,
    #"[1,-1,{"t\u0079pe":"repo\/add_updates","\u0069nst":"i","branch":"b","recordName":null}]"#,
    #"[1,-1,{"type":"repo/add_updates","updates":["a",1]}]"#,
    #"[ 1.0 , null , { } , 5 ]"#, #"[1,-1,{"type":"login"},[[[]]]]"#, "[2,1]", "[3,1]", "[4,null]",
    #"[5,null,{"errorCode":"x","inst":"i","success":false}]"#, "[5,1,5]", "[1,1]", "[1]", "[]",
    "{}",
    "[10,1,{}]", "[-1,1,{}]", #"["1",1,{}]"#, "[1,true,{}]", "[1,1,{}", "[1,1,{}]]", "null",
    "1e999",
    "[257,1]", "[1e0,1,{}]",
  ])
  func cases(text: String) {
    check(Array(text.utf8), "\(text)")
  }

  @Test(arguments: MessageType.allCases.filter { $0 != .unknown })
  func types(type: MessageType) throws {
    let text = Array(#"[1,-1,{"type":"\#(type.name)"}]"#.utf8)
    #expect(try text.withUnsafeBytes { try MessageScan($0).type } == type)
  }

  @Test func plainFrames() throws {
    func isPlain(_ text: String) throws -> Bool {
      try Array(text.utf8).withUnsafeBytes { try MessageScan($0).isPlain }
    }
    #expect(try isPlain(#"[1, 1, {"a":"b"}]"#))
    #expect(try !isPlain("[1,\n1,{}]"))
    #expect(try !isPlain(#"[1,1,{"a":"é"}]"#))
  }

  @Test func matchers() throws {
    let matcher = AddressMatcher(BranchAddress(recordName: "r", inst: "é/i", branch: "b"))
    let open = AddressMatcher(BranchAddress(recordName: nil, inst: "é/i", branch: "b"))
    func check(_ fields: String, _ matches: Bool, _ matchesOpen: Bool) throws {
      let text = Array("[1,1,{\(fields)}]".utf8)
      try text.withUnsafeBytes { bytes in
        let scan = try MessageScan(bytes)
        #expect(matcher.matches(scan, in: bytes) == matches, "\(fields)")
        #expect(open.matches(scan, in: bytes) == matchesOpen, "\(fields)")
        if matches { #expect(scan.address(in: bytes) == matcher.address) }
      }
    }
    try check(#""recordName":"r","inst":"é/i","branch":"b""#, true, false)
    try check(#""recordName":"\u0072","inst":"\u00e9\/i","branch":"b""#, true, false)
    try check(#""recordName":null,"inst":"é/i","branch":"b""#, false, true)
    try check(#""inst":"é/i","branch":"b""#, false, true)
    try check(#""recordName":5,"inst":"é/i","branch":"b""#, false, false)
    try check(#""recordName":"r","inst":"é/","branch":"b""#, false, false)
    try check(#""recordName":"r","inst":"é/i","branch":"c""#, false, false)
    try check(#""recordName":"r","inst":"é/i","branch":{}"#, false, false)
    try check(#""recordName":"r","inst":"e\u0301/i","branch":"b""#, false, false)
  }

  // MARK: The comparison

  private func check(_ text: [UInt8], _ name: Comment) {
    guard String(validating: text, as: UTF8.self) != nil else {
      // Out of contract, but never a trap.
      text.withUnsafeBytes { _ = try? MessageScan($0) }
      return
    }
    let tree = Result { try JSONValue(parsing: text) }
    text.withUnsafeBytes { bytes in
      do throws(MessageScanError) {
        let scan = try MessageScan(bytes)
        guard case .success(let tree) = tree else {
          Issue.record("a scan of what is no JSON")
          return
        }
        #expect(isEnvelope(tree), name)
        compare(scan, tree, bytes, name)
      } catch {
        switch error {
        case .notJSON(let error):
          guard case .failure(let treeError) = tree else {
            Issue.record("no scan of what is JSON")
            return
          }
          #expect(treeError as? JSONError == error, name)
        case .notAnEnvelope(let kind):
          guard case .success(let tree) = tree else {
            Issue.record("no JSON that is of a kind")
            return
          }
          #expect(tree.kind == kind && !isEnvelope(tree), name)
        }
      }
    }
  }

  private func isEnvelope(_ tree: JSONValue) -> Bool {
    guard let form = tree[0]?.intValue, (1...5).contains(form), let id = tree[1] else {
      return false
    }
    guard id.kind == .number || id.kind == .null else { return false }
    return form != 1 && form != 5 || tree[2]?.kind == .object
  }

  private func compare(
    _ scan: MessageScan, _ tree: JSONValue, _ bytes: UnsafeRawBufferPointer, _ name: Comment
  ) {
    func value(_ range: JSONRange?) -> JSONValue? {
      range.flatMap { try? JSONValue(parsing: $0.bytes(in: bytes)) }
    }
    let content = scan.form == .message || scan.form == .error ? tree[2] : nil
    #expect(Int(scan.form.rawValue) == tree[0]?.intValue, name)
    #expect(value(scan.id) == tree[1], name)
    #expect(value(scan.content) == content, name)
    #expect(scan.typeName?.decoded(in: bytes) == content?["type"]?.stringValue, name)
    let type = MessageType.allCases.first {
      $0 != .unknown && $0.name.description == content?["type"]?.stringValue
    }
    #expect(scan.type == type ?? .unknown, name)
    #expect(value(scan.recordName) == content?["recordName"], name)
    #expect(value(scan.inst) == content?["inst"], name)
    #expect(value(scan.branch) == content?["branch"], name)
    #expect(value(scan.updateID) == content?["updateId"], name)
    #expect(value(scan.initial) == content?["initial"], name)
    #expect(value(scan.timestamps) == content?["timestamps"], name)
    #expect(value(scan.success) == content?["success"], name)
    #expect(value(scan.errorCode) == content?["errorCode"], name)
    let updates = content?["updates"]?.arrayValue
    let strings = updates?.compactMap(\.stringValue)
    if let strings, strings.count == updates?.count {
      #expect(value(scan.updates) == content?["updates"], name)
      #expect(scan.updateCount == strings.count, name)
      if !scan.updatesHaveEscapes {
        #expect(scan.updateBytes == strings.reduce(0) { $0 + $1.utf8.count }, name)
      }
    } else {
      #expect(scan.updates == nil, name)
    }
    let known: Set = [
      "type", "recordName", "inst", "branch", "updates", "updateId", "initial", "timestamps",
      "success", "errorCode",
    ]
    if content?.objectValue?.contains(where: { !known.contains($0.name) }) == true {
      #expect(scan.hasOtherFields, name)
    }
  }
}

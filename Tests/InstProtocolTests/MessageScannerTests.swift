import InstProtocol
import JSONText
import Testing

/// A scanner that remembers says the same as a scan that knows nothing of the frames before.
@Suite struct MessageScannerTests {
  @Test func recordedFrames() throws {
    var scanner = MessageScanner()
    for exchange in try Exchange.all() {
      for text in exchange.steps.compactMap(\.text) { check(text, &scanner, "\(exchange.name)") }
    }
  }

  @Test(arguments: [
    [#"[1,-1,{"type":"repo/add_updates","updates":["a"]}]"#],
    [#"[1,-1,{"updates":["a"],"updates":["b","c"],"type":"repo/add_updates"}]"#],
    [#"[1,-1,{"updates":["a"],"updates":["b"]}]"#, #"[1,-1,{"updates":["a"],"updates":5}]"#],
    [#"[1,-1,{"inst":"i","updates":["a"]}]"#, #"[1,-1,{"inst":"i","updates":["é","\n"],"x":1}]"#],
    [#"[1,-1,{"inst":"é","updates":["a"]}]"#, #"[1,-1,{"inst":"é","updates":{}}, 5]"#],
    [#"[1,-1,{"inst":"i","updates":["a"]}]"#, #"[1,-1,{"inst":"i","updates""#],
    [#"[1,-1,{"inst":"i","updates":["a"]}]"#, #"[1,-1,{"inst":"i","updates":"#],
    [#"[1,-1,{"inst":"i","updates":["a"]}]"#, #"[1,-1,{"inst":"i","updates":["a"],"inst":"j"}]"#],
    [#"[1,-1,{"inst":"i","updates":["a"]}]"#, #"[1,-1,{"inst":"i","updates" : ["a"]}]]"#],
    [#"[5,-1,{"inst":"i","updates":["a"]}]"#, #"[1,-1,{"inst":"i","updates":["a"]}]"#],
    ["[1,-1,{\n\"updates\":[]}]", "[1,-1,{\n\"updates\":[1]}]", "[1,-1,{ \"updates\":[]}]"],
  ])
  func pairs(texts: [String]) {
    var scanner = MessageScanner()
    // Twice: the second time each follows the last.
    for text in texts + texts { check(Array(text.utf8), &scanner, "\(text)") }
  }

  @Test func randomEndings() {
    for seed in UInt64(1)...2_000 {
      var random = SeededGenerator(seed: seed)
      var scanner = MessageScanner()
      for _ in 0..<6 {
        let inst = ["i", "é", "i/j"].randomElement(using: &random) ?? ""
        var text = Array(#"[1,-1,{"inst":"\#(inst)","branch":"b","updates":["#.utf8)
        for _ in 0..<Int.random(in: 0..<12, using: &random) {
          text.append(Array("\"a\\n,]}{:1 é".utf8).randomElement(using: &random) ?? 0)
        }
        if Bool.random(using: &random) { text += Array("]}]".utf8) }
        check(text, &scanner, "seed \(seed)")
      }
    }
  }

  private func check(_ text: [UInt8], _ scanner: inout MessageScanner, _ name: Comment) {
    text.withUnsafeBytes { bytes in
      let fresh: Result<MessageScan, MessageScanError>
      let remembering: Result<MessageScan, MessageScanError>
      do throws(MessageScanError) {
        fresh = .success(try MessageScan(bytes))
      } catch { fresh = .failure(error) }
      do throws(MessageScanError) {
        remembering = .success(try scanner.scan(bytes))
      } catch { remembering = .failure(error) }
      #expect(fresh == remembering, name)
    }
  }
}

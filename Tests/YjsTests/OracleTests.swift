import Foundation
import Testing

@testable import Yjs

/// Random histories of several clients, partitioned, their updates shuffled and repeated: the state
/// must be the one that pycrdt comes to (PROTOCOL section 9).
///
/// `make yjs-oracle SEED= CASES=` runs other and more cases.
@Suite("Against pycrdt", .enabled(if: Oracle.interpreter != nil))
struct OracleTests {
  @Test("Updates of pycrdt", arguments: Oracle.batches)
  func histories(seeds: Range<Int>) throws {
    let histories = try Oracle.histories(seeds)
    #expect(histories.count == seeds.count)
    for history in histories {
      try inOrder(history)
      try shuffled(history)
      try withoutDocument(history)
    }
  }

  @Test("Our updates, applied by pycrdt", arguments: Oracle.batches)
  func applied(seeds: Range<Int>) throws {
    let histories = try Oracle.histories(seeds)
    var updates: [[[UInt8]]] = []
    for history in histories {
      let all = history.delivered.map { Array(history.updates[$0]) }
      // The whole state, and the state and a difference merged.
      var document = YDocument(clientID: 9)
      for update in all { try document.applyUpdate(update) }
      let known = try StateVector(decoding: Array(history.known))
      updates.append([document.encodeStateAsUpdate()])
      updates.append([
        try mergeUpdates(all), document.encodeStateAsUpdate(from: known),
        try diffUpdate(mergeUpdates(all), from: known),
      ])
    }
    let outcomes = try Oracle.apply(updates)
    #expect(outcomes.count == 2 * histories.count)
    for (index, outcome) in outcomes.enumerated() {
      let history = histories[index / 2]
      #expect(outcome.state == history.state, "seed \(history.seed)")
      #expect(
        try StateVector(decoding: Array(outcome.vector))
          == StateVector(decoding: Array(history.vector)), "seed \(history.seed)")
    }
  }

  @Test("The same operations give the same bytes", arguments: Oracle.batches)
  func writes(seeds: Range<Int>) throws {
    let all = try Oracle.writes(seeds)
    #expect(all.count == seeds.count)
    var formatted: [(seed: Int, document: YDocument)] = []
    for writes in all {
      var document = YDocument(clientID: writes.client)
      let steps = try #require(
        try JSONSerialization.jsonObject(with: Data(writes.steps.utf8)) as? [[String: Any]])
      for (number, step) in steps.enumerated() {
        if let update = step["apply"] as? String {
          try document.applyUpdate(Array(#require(Data(base64Encoded: update))))
          continue
        }
        let operations = try #require(step["operations"] as? [[Any]]).map(Operation.init)
        let update = try document.transact { transaction throws(YTransaction.Failure) in
          for operation in operations { try operation.run(&transaction) }
        }
        if writes.formatted { continue }
        let expected = try #require(step["updates"] as? [String])
        let theirs = try expected.first.map { Array(try #require(Data(base64Encoded: $0))) }
        let isSame = try update.map(Self.sorted) == theirs.map(Self.sorted)
        #expect(isSame, "seed \(writes.seed), step \(number)")
        if !isSame { break }
      }
      if writes.formatted {
        formatted.append((writes.seed, document))
      } else {
        #expect(CanonicalState.of(document) == writes.state, "seed \(writes.seed)")
      }
    }
    let outcomes = try Oracle.apply(formatted.map { [$0.document.encodeStateAsUpdate()] })
    for (outcome, (seed, document)) in zip(outcomes, formatted) {
      #expect(CanonicalState.of(document) == outcome.state, "seed \(seed)")
    }
  }

  /// The bytes of the structs as they are, and the delete set, whose clients Yrs writes in any order.
  private static func sorted(_ update: [UInt8]) throws -> [UInt8] {
    let ranges = try deleteSet(ofUpdate: update)
    var writer = ByteWriter()
    writer.deleteSet(ranges)
    return update.dropLast(writer.bytes.count) + writer.bytes
  }

  /// The same updates in the same order: the same structs, merged in memory in the same way.
  private func inOrder(_ history: Oracle.History) throws {
    let seed = "seed \(history.seed), in order"
    var document = YDocument(clientID: 9)
    for update in history.updates { try document.applyUpdate(Array(update)) }
    #expect(CanonicalState.of(document) == history.state, "\(seed)")
    let full = document.encodeStateAsUpdate()
    let known = try StateVector(decoding: Array(history.known))
    try same(full, history.full, seed)
    try same(document.encodeStateAsUpdate(from: known), history.diff, "\(seed): the difference")
    var reread = YDocument(clientID: 9)
    try reread.applyUpdate(full)
    // Garbage that no transaction has looked at together is merged when it comes in one.
    try same(
      reread.encodeStateAsUpdate(), Data(document.encodeStateAsUpdate()), "\(seed): read again")
    #expect(CanonicalState.of(reread) == history.state, "\(seed): read again")
  }

  /// In any order, and more than once: the same state. Only how structs are merged may differ.
  private func shuffled(_ history: Oracle.History) throws {
    let seed = "seed \(history.seed), shuffled"
    var document = YDocument(clientID: 9)
    for index in history.delivered { try document.applyUpdate(Array(history.updates[index])) }
    #expect(!document.hasPending, "\(seed)")
    #expect(CanonicalState.of(document) == history.state, "\(seed)")
    #expect(
      try document.stateVector == StateVector(decoding: Array(history.vector)), "\(seed)")
    try same(document.encodeStateAsUpdate(), history.full, seed, merged: true)
  }

  private func withoutDocument(_ history: Oracle.History) throws {
    let seed = "seed \(history.seed), without a document"
    let all = history.delivered.map { Array(history.updates[$0]) }
    let full = Array(history.full)
    let known = try StateVector(decoding: Array(history.known))
    let merged = try mergeUpdates(all)
    // Of a struct that is in two updates, the one or the other form may be taken.
    let theirs = Array(history.merged)
    #expect(try clockRanges(ofUpdate: merged) == clockRanges(ofUpdate: theirs), "\(seed): merged")
    #expect(try deleteSet(ofUpdate: merged) == deleteSet(ofUpdate: theirs), "\(seed): merged")
    try same(diffUpdate(full, from: known), history.partDiff, "\(seed): the difference")
    let vector = try StateVector(decoding: Array(history.partVector))
    #expect(try stateVector(ofUpdate: full) == vector, "\(seed)")
    #expect(try stateVector(ofUpdate: merged) == vector, "\(seed)")
    var document = YDocument(clientID: 9)
    try document.applyUpdate(merged)
    #expect(CanonicalState.of(document) == history.state, "\(seed): merged, then applied")
  }

  private func same(
    _ ours: [UInt8], _ theirs: Data, _ what: String, merged: Bool = false
  ) throws {
    var ours = try Update(decoding: ours)
    var theirs = try Update(decoding: Array(theirs))
    if merged {
      ours.mergeStructs()
      theirs.mergeStructs()
    }
    // Yrs leaves a few structs unmerged that Yjs merges.
    if !merged, ours.structs.count < theirs.structs.count {
      ours.mergeStructs()
      theirs.mergeStructs()
    }
    if ours == theirs { return }
    let pairs = zip(ours.structs, theirs.structs).first { $0 != $1 }
    Issue.record(
      """
      \(what): \(ours.structs.count) structs, \(theirs.structs.count) of pycrdt; first difference: \
      \(pairs.map { "\($0)\nand \($1)" } ?? "none"); deleted \(ours.deleteSet == theirs.deleteSet)
      """)
  }
}

import Testing

@testable import Yjs

/// Updates without a document, and updates that wait (PROTOCOL section 9).
@Suite("Updates")
struct UpdateTests {
  /// Ten updates, each of one character of the same text.
  private static let typed: [[UInt8]] = (0..<10).map { (index: UInt8) -> [UInt8] in
    let digit = 0x30 + index
    if index == 0 { return WireBytes.update([WireBytes.rootItem(4, [1, digit])]) }
    return WireBytes.update(clock: index, [[0x84, 1, index - 1, 1, digit]])
  }

  @Test("Merging without a gap, with a gap, with an overlap")
  func merging() throws {
    let all = try mergeUpdates(Self.typed)
    #expect(try mergeUpdates(Self.typed.reversed()) == all)
    #expect(try mergeUpdates(Self.typed + [all] + Self.typed) == all)
    #expect(try clockRanges(ofUpdate: all) == [1: 0..<10])
    #expect(try stateVector(ofUpdate: all)[1] == 10)
    #expect(try mergeUpdates([]) == [0, 0])
    #expect(try mergeUpdates([Self.typed[3]]) == Self.typed[3])

    let gap = try mergeUpdates([Self.typed[0], Self.typed[5], Self.typed[6]])
    let structs = try Update(decoding: gap).structs
    #expect(structs.count == 4)
    #expect(structs[1] == .skip(Skip(id: ID(client: 1, clock: 1), length: 4)))
    #expect(try clockRanges(ofUpdate: gap) == [1: 0..<7])
    #expect(try stateVector(ofUpdate: gap)[1] == 1)
    #expect(try mergeUpdates([gap] + Self.typed) == all)
    #expect(try stateVector(ofUpdate: Self.typed[5]) == StateVector())

    // A longer item that begins in the middle of what is there.
    let long = WireBytes.update(clock: 2, [[0x84, 1, 1, 4, 0x32, 0x33, 0x34, 0x35]])
    let overlapping = try mergeUpdates([Self.typed[0], Self.typed[1], Self.typed[2], long])
    var document = YDocument(clientID: 9)
    try document.applyUpdate(overlapping)
    #expect(document.text("r").string == "012345")
  }

  @Test("The difference from a state: nothing, all, a part")
  func difference() throws {
    let all = try mergeUpdates(Self.typed)
    var state = StateVector()
    #expect(try diffUpdate(all, from: state) == all)
    state[1] = 4
    let rest = try diffUpdate(all, from: state)
    #expect(try rest == mergeUpdates(Array(Self.typed[4...])))
    state[1] = 10
    #expect(try diffUpdate(all, from: state) == [0, 0])
  }

  @Test("Delete sets are united and sorted")
  func deletions() throws {
    let one: [UInt8] = [0, 2, 1, 2, 5, 1, 0, 2, 7, 1, 0, 1]
    let other: [UInt8] = [0, 1, 1, 1, 2, 3]
    #expect(try mergeUpdates([one, other]) == [0, 2, 7, 1, 0, 1, 1, 1, 0, 6])
    let set = try deleteSet(ofUpdate: one)
    #expect(set.ranges.map(\.client) == [7, 1, 1])
    #expect(set.contains(ID(client: 1, clock: 1)) && !set.contains(ID(client: 1, clock: 2)))
    #expect(try set.union(deleteSet(ofUpdate: other)).contains(ID(client: 1, clock: 2)))
  }

  @Test("In any order, and more than once: what comes too early waits", arguments: 0..<20)
  func order(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let deletion: [UInt8] = [0, 1, 1, 2, 1, 2, 8, 1]
    var waiting = Self.typed + [deletion] + Self.typed
    var document = YDocument(clientID: 9)
    while !waiting.isEmpty {
      try document.applyUpdate(waiting.remove(at: random.next(below: waiting.count)))
    }
    #expect(document.text("r").string == "0345679", "seed \(seed)")
    #expect(!document.hasPending && document.missing.isEmpty, "seed \(seed)")
  }

  @Test("What waits is in the state, and is not lost where that goes")
  func pendingIsWritten() throws {
    var document = YDocument(clientID: 9)
    try document.applyUpdate(Self.typed[3])
    try document.applyUpdate([0, 1, 1, 1, 2, 1])
    #expect(document.missing == [ID(client: 1, clock: 2)])
    #expect(document.stateVector == StateVector())
    let state = document.encodeStateAsUpdate()
    #expect(state == Self.typed[3].dropLast() + [1, 1, 1, 2, 1])
    var other = YDocument(clientID: 8)
    try other.applyUpdate(state)
    for update in Self.typed[0...2] { try other.applyUpdate(update) }
    #expect(other.text("r").string == "013")
    #expect(!other.hasPending)
  }

  @Test("What another says of our own client waits, but does not hide what we know")
  func ownClientWaits() throws {
    var document = YDocument(clientID: 1)
    // A later struct of client 2 is awaited, and with it one of client 1.
    try document.applyUpdate(WireBytes.update([[0x84, 2, 7, 1, 0x61]]))
    try document.transact { transaction throws(YTransaction.Failure) in
      try transaction.insert("ours", at: 0, in: .root("r"))
    }
    #expect(document.hasPending)
    var other = YDocument(clientID: 3)
    try other.applyUpdate(document.encodeStateAsUpdate())
    #expect(other.text("r").string == "ours")
  }

  @Test("Whoever sends all again and again, while something is missing, does not fill the memory")
  func repeatedWhileWaiting() throws {
    var sender = YDocument(clientID: 1)
    let first = try sender.transact { transaction throws(YTransaction.Failure) in
      try transaction.insert("first", at: 0, in: .root("r"))
    }
    let known = sender.stateVector
    var receiver = YDocument(clientID: 2)
    for round in 0..<300 {
      try sender.transact { transaction throws(YTransaction.Failure) in
        try transaction.insert(
          String(repeating: "x", count: 50), at: round, in: .root("r"))
      }
      try receiver.applyUpdate(sender.encodeStateAsUpdate(from: known))
    }
    #expect(receiver.text("r").length == 0)
    let size = sender.encodeStateAsUpdate().count
    #expect(receiver.store.pending.byteCount < 200_000 + 2 * size)
    try receiver.applyUpdate(try #require(first))
    #expect(receiver.text("r").string == sender.text("r").string)
    #expect(!receiver.hasPending)
  }

  @Test("Updates that come backwards are all taken up at the end")
  func backwards() throws {
    func updates(_ count: Int) -> [[UInt8]] {
      (0..<count).reversed().map { clock in
        let varUint = StateVector(clock).encoded.dropFirst(2)
        return [1, 1, 1] + (varUint.isEmpty ? [0] : varUint) + [0, 1, 0]
      }
    }
    var document = YDocument(clientID: 9)
    for update in updates(20_000) { try document.applyUpdate(update) }
    #expect(document.stateVector[1] == 20_000)
    #expect(try Update(decoding: document.encodeStateAsUpdate()).structs.count == 1)
  }
}

extension StateVector {
  /// One client's, 1.
  fileprivate init(_ clock: Int) {
    self.init()
    self[1] = clock
  }
}

import Foundation
import Testing
import Yjs

/// Whatever comes is read or refused with a byte's offset: nothing traps, and memory stays in
/// proportion.
@Suite("Hostile input")
struct HostileInputTests {
  @Test(
    "What is no update is refused, and changes nothing",
    arguments: [
      ([], .truncated, 0),
      ([0], .truncated, 1),
      ([0, 0, 0], .trailingBytes, 2),
      // A count of structs, of clients, of deletions that is not there.
      ([1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 1, 0], .truncated, 8),
      ([0xFF, 0xFF, 0xFF, 0xFF, 0x0F], .truncated, 5),
      ([0, 1, 1, 0xFF, 0xFF, 0xFF, 0x0F], .truncated, 7),
      // Integers of more than 53 bits, or that never end.
      ([1, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], .integerOutOfRange, 2),
      ([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0], .integerOutOfRange, 0),
      (
        WireBytes.update([[0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0, 1]]),
        .integerOutOfRange, 13
      ),
      // Kinds that are none.
      (WireBytes.update([[11]]), .unknownKind(11), 4),
      (WireBytes.update([WireBytes.rootItem(7, [7])]), .unknownKind(7), 8),
      (WireBytes.update([WireBytes.rootItem(8, [1, 115])]), .unknownKind(115), 9),
      // A string that is not UTF-8: cut off, overlong, half a surrogate pair.
      (WireBytes.update([WireBytes.rootItem(4, [2, 0x61, 0xC3])]), .invalidUTF8, 10),
      (WireBytes.update([WireBytes.rootItem(4, [2, 0xC0, 0x80])]), .invalidUTF8, 9),
      (WireBytes.update([WireBytes.rootItem(4, [3, 0xED, 0xA0, 0x80])]), .invalidUTF8, 9),
      (WireBytes.update([WireBytes.rootItem(4, [4, 0xF4, 0x90, 0x80, 0x80])]), .invalidUTF8, 9),
      (WireBytes.update([WireBytes.rootItem(4, [0xFF, 0xFF, 3, 0x61])]), .truncated, 13),
      // An origin and a parent that the item is itself.
      (WireBytes.update([[0x84, 1, 0, 1, 0x61]]), .referenceToLater, 4),
      (WireBytes.update([[7, 0, 1, 0, 1]]), .referenceToLater, 4),
    ] as [([UInt8], YjsError.Reason, Int)])
  func refuses(update: [UInt8], reason: YjsError.Reason, offset: Int) throws {
    let error = YjsError(reason, at: offset)
    var document = YDocument(clientID: 1)
    try document.applyUpdate(WireBytes.update(client: 9, [WireBytes.rootItem(4, [1, 0x61])]))
    let before = document.encodeStateAsUpdate()
    #expect(throws: error) { try document.applyUpdate(update) }
    #expect(throws: error) { try mergeUpdates([update]) }
    #expect(throws: error) { try diffUpdate(update, from: StateVector()) }
    #expect(throws: error) { try stateVector(ofUpdate: update) }
    #expect(throws: error) { try Update(decoding: update) }
    #expect(document.encodeStateAsUpdate() == before)
  }

  @Test("Every beginning of an update is refused, and every changed byte read or refused")
  func damaged() throws {
    for vector in RecordedVector.all {
      let full = Array(try #require(Data(base64Encoded: vector.full)))
      for count in full.indices {
        #expect(throws: YjsError.self) { try Update(decoding: Array(full[..<count])) }
      }
      var random = SplitMix(seed: 1)
      for _ in 0..<3_000 {
        var damaged = full
        for _ in 0...random.next(below: 2) {
          damaged[random.next(below: damaged.count)] = UInt8(random.next(below: 256))
        }
        var document = YDocument(clientID: 1)
        guard (try? document.applyUpdate(damaged)) != nil else { continue }
        _ = CanonicalState.of(document)
        try document.applyUpdate(full)
        _ = CanonicalState.of(document)
        let state = document.encodeStateAsUpdate()
        var other = YDocument(clientID: 2)
        try other.applyUpdate(state)
        #expect(other.stateVector.includes(document.stateVector))
      }
    }
  }

  @Test(
    "Memory stays in proportion, whatever an update consists of",
    .disabled(if: isSanitized, "a sanitizer keeps what is freed"), arguments: Greedy.allCases)
  func memory(greedy: Greedy) async throws {
    // In a process of its own, whose peak is this update's.
    await #expect(processExitsWith: .success) { [greedy] in
      let update = greedy.update(ofSize: 1 << 18)
      let before = try residentKilobytes("VmRSS")
      var document = YDocument(clientID: 1)
      try document.applyUpdate(update)
      let peak = try residentKilobytes("VmHWM") - before
      #expect(peak * 1024 < 256 * update.count, "\(peak) KB for \(update.count) bytes")
      #expect(document.stateVector.clocks.isEmpty == greedy.waits)
    }
  }

  @Test("Structs that wait for each other wait forever")
  func cycle() throws {
    // 1:0 is behind 2:0, which is behind 1:0.
    let update: [UInt8] = [2, 1, 2, 0, 0x84, 1, 0, 1, 0x61, 1, 1, 0, 0x84, 2, 0, 1, 0x62, 0]
    var document = YDocument(clientID: 9)
    for _ in 0..<3 { try document.applyUpdate(update) }
    #expect(document.hasPending)
    #expect(document.stateVector == StateVector())
    #expect(document.encodeStateAsUpdate() == update)
  }

  @Test("Maps nested as deep as an update is long are read, deleted and collected")
  func nested() throws {
    let depth = 20_000
    var structs: [[UInt8]] = [WireBytes.rootItem(7, key: "k", [1])]
    for clock in 0..<depth { structs.append([0x27, 0, 1] + varUint(clock) + [1, 0x6B, 1]) }
    let update = [1] + varUint(structs.count) + [1, 0] + structs.joined() + [0]
    var document = YDocument(clientID: 1)
    try document.applyUpdate(Array(update))
    var map = document.map("r")
    var reached = 0
    while let next = map["k"]?.map { (map, reached) = (next, reached + 1) }
    #expect(reached == depth + 1)
    map = YDocument(clientID: 1).map("r")
    try document.applyUpdate([0, 1, 1, 1, 0, 1])
    #expect(document.map("r").count == 0)
    // All that was in it is one struct of garbage.
    #expect(try Update(decoding: document.encodeStateAsUpdate()).structs.count == 2)
  }

  private func varUint(_ value: Int) -> [UInt8] {
    value < 128 ? [UInt8(value)] : [UInt8(value & 127) | 128] + varUint(value >> 7)
  }
}

/// Deterministic randomness.
struct SplitMix {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next(below limit: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ (mixed >> 31)) % UInt64(limit))
  }
}

/// Updates whose every few bytes become something of its own.
enum Greedy: UInt8, CaseIterable, Codable, Sendable {
  case garbage, alternating, types, clients, values, waiting, deletions

  /// Nothing of it can be applied.
  var waits: Bool { self == .waiting || self == .deletions }

  func update(ofSize size: Int) -> [UInt8] {
    func varUint(_ value: Int) -> [UInt8] {
      value < 128 ? [UInt8(value)] : [UInt8(value & 127) | 128] + varUint(value >> 7)
    }
    func structs(
      _ clock: UInt8, _ first: [UInt8], _ each: [UInt8], inEach: Int = 1
    ) -> [UInt8] {
      let count = size / each.count
      return [1] + varUint(count * inEach + 1) + [1, clock] + first
        + Array(repeatElement(each, count: count).joined()) + [0]
    }
    let root = WireBytes.rootItem(1, [1])
    switch self {
    case .garbage: return structs(0, root, [0, 1])
    // Deleted text and garbage do not merge.
    case .alternating: return structs(0, root, [0, 1, 0x81, 1, 0, 1], inEach: 2)
    case .types: return structs(0, root, [0x87, 1, 0, 1])
    case .clients:
      let count = size / 6
      return varUint(count) + (0..<count).flatMap { [1] + varUint(1000 + $0) + [0, 0, 1] } + [0]
    case .values: return structs(0, root, [0x88, 1, 0, 3, 126, 126, 126])
    case .waiting: return structs(1, root, [0, 1])
    case .deletions:
      let count = size / 4
      return [0, 1, 1] + varUint(count) + (0..<count).flatMap { varUint(3 * $0 + 3) + [1] }
    }
  }
}

/// What the system counts for this process.
func residentKilobytes(_ name: String) throws -> Int {
  let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
  let line = try #require(status.split(separator: "\n").first { $0.hasPrefix(name + ":") })
  return try #require(line.split(separator: " ").dropFirst().first.flatMap { Int($0) })
}

/// AddressSanitizer or ThreadSanitizer is part of this process.
let isSanitized = dlsym(nil, "__asan_init") != nil || dlsym(nil, "__tsan_init") != nil

import Testing

@testable import Yjs

/// Structs and contents byte by byte, as Yjs writes them (PROTOCOL section 9): those too that only
/// old versions write.
@Suite("Structs and contents")
struct ContentTests {
  private static let contents: [(bytes: [UInt8], content: Content, length: Int)] = [
    ([1, 3], .deleted(3), 3),
    ([2, 2, 1, 0x31, 9] + Array("undefined".utf8), .json(["1", "undefined"]), 2),
    ([3, 2, 0, 255], .binary([0, 255]), 1),
    ([4, 6, 0x61, 0xF0, 0x9F, 0x98, 0x80, 0x62], .string("a😀b"), 4),
    ([5, 2, 0x7B, 0x7D], .embed("{}"), 1),
    ([6, 1, 0x62, 4] + Array("true".utf8), .format(key: "b", value: "true"), 1),
    ([7, 0], .type(.array, name: nil), 1),
    ([7, 1], .type(.map, name: nil), 1),
    ([7, 2], .type(.text, name: nil), 1),
    ([7, 3, 1, 0x70], .type(.xmlElement, name: "p"), 1),
    ([7, 4], .type(.xmlFragment, name: nil), 1),
    ([7, 5, 1, 0x68], .type(.xmlHook, name: "h"), 1),
    ([7, 6], .type(.xmlText, name: nil), 1),
    ([8, 3, 127, 126, 125, 0x45], .any([.undefined, .null, .number(-5)]), 3),
    ([9, 1, 0x67, 118, 0], .document(guid: "g", options: .object([])), 1),
  ]

  @Test("Each content is read, kept and written", arguments: contents.indices)
  func content(index: Int) throws {
    let (bytes, content, length) = Self.contents[index]
    let kind = bytes[0]
    let rest = Array(bytes.dropFirst())
    for key in [nil, "k"] {
      let update = WireBytes.update([WireBytes.rootItem(kind, key: key, rest)])
      let read = try Update(decoding: update)
      let item = Item(
        id: ID(client: 1, clock: 0), length: length, origin: nil, rightOrigin: nil,
        parent: .root("r"), parentSub: key, content: content)
      #expect(read.structs == [.item(item)])
      var document = YDocument(clientID: 2)
      try document.applyUpdate(update)
      let deletions: [UInt8] = kind == 1 ? [1, 1, 1, 0, UInt8(length)] : [0]
      #expect(document.encodeStateAsUpdate() == update.dropLast() + deletions)
      #expect(document.stateVector[1] == length)
      #expect(try mergeUpdates([update, [0, 0]]) == update)
    }
  }

  @Test("GC and Skip")
  func gcAndSkip() throws {
    let update = WireBytes.update([[0, 4], [10, 2], [0, 1]])
    let id = { ID(client: 1, clock: $0) }
    #expect(
      try Update(decoding: update).structs == [
        .gc(GC(id: id(0), length: 4)), .skip(Skip(id: id(4), length: 2)),
        .gc(GC(id: id(6), length: 1)),
      ])
    var document = YDocument(clientID: 2)
    try document.applyUpdate(update)
    #expect(document.stateVector[1] == 4)
    #expect(document.missing == [ID(client: 1, clock: 5)])
    // What waits goes on with the state, behind the gap.
    #expect(
      document.encodeStateAsUpdate()
        == WireBytes.update([[0, 4], [10, 2], [0, 1]], deleted: [1, 1, 1, 0, 4]))
    try document.applyUpdate(WireBytes.update(clock: 4, [[0, 2]]))
    #expect(!document.hasPending)
    #expect(
      document.encodeStateAsUpdate() == WireBytes.update([[0, 7]], deleted: [1, 1, 1, 0, 7]))
  }

  @Test("What Yjs would write otherwise is written as it does")
  func isCanonical() throws {
    // Numbers in the longest form, a name twice, and names that JavaScript sorts.
    let values: [[UInt8]] = [
      [123] + bytes(of: (5.0).bitPattern), [123] + bytes(of: (0.5).bitPattern),
      [124] + bytes(of: Float(-7).bitPattern),
      [118, 3, 1, 0x62, 126, 2, 0x31, 0x30, 126, 1, 0x39, 126],
      [118, 3, 1, 0x61, 126, 1, 0x62, 127, 1, 0x61, 120],
    ]
    let expected: [[UInt8]] = [
      [125, 5], [124, 0x3F, 0, 0, 0], [125, 0x47],
      [118, 3, 1, 0x39, 126, 2, 0x31, 0x30, 126, 1, 0x62, 126],
      [118, 2, 1, 0x61, 120, 1, 0x62, 127],
    ]
    let update = WireBytes.update([WireBytes.rootItem(8, [5] + values.joined())])
    let canonical = WireBytes.update([WireBytes.rootItem(8, [5] + expected.joined())])
    var document = YDocument(clientID: 2)
    try document.applyUpdate(update)
    #expect(document.encodeStateAsUpdate() == canonical)
    #expect(try mergeUpdates([update, [0, 0]]) == canonical)
  }

  private func bytes(of value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }
}

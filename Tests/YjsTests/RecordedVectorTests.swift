import Foundation
import Testing
import Yjs

/// What pycrdt has written (PROTOCOL section 9), without Python.
@Suite("Recorded updates")
struct RecordedVectorTests {
  @Test("The state is the recorded one", arguments: RecordedVector.all)
  func applies(vector: RecordedVector) throws {
    let updates = try vector.updates.map { Array(try #require(Data(base64Encoded: $0))) }
    let full = Array(try #require(Data(base64Encoded: vector.full)))
    var document = YDocument(clientID: 1)
    for update in updates { try document.applyUpdate(update) }
    #expect(CanonicalState.of(document) == vector.state)
    #expect(try Update(decoding: document.encodeStateAsUpdate()) == Update(decoding: full))
    for other in [updates.reversed(), updates + updates, [try mergeUpdates(updates)], [full]] {
      var second = YDocument(clientID: 2)
      for update in other { try second.applyUpdate(update) }
      #expect(!second.hasPending)
      #expect(CanonicalState.of(second) == vector.state)
      #expect(second.stateVector == document.stateVector)
      #expect(second.deleteSet == document.deleteSet)
    }
  }

  @Test("All kinds of structs and contents occur, beside those that only old versions of Yjs write")
  func areComplete() throws {
    var kinds: Set<String> = []
    for vector in RecordedVector.all {
      for update in vector.updates + [vector.full] {
        let bytes = Array(try #require(Data(base64Encoded: update)))
        for next in try Update(decoding: bytes).structs {
          switch next {
          case .gc: kinds.insert("gc")
          case .skip: kinds.insert("skip")
          case .item(let item):
            switch item.content {
            case .deleted: kinds.insert("deleted")
            case .json: kinds.insert("json")
            case .binary: kinds.insert("binary")
            case .string: kinds.insert("string")
            case .embed: kinds.insert("embed")
            case .format: kinds.insert("format")
            case .type(let kind, _): kinds.insert("type \(kind)")
            case .any(let values):
              kinds.insert("any")
              if case .binary = values.first { kinds.insert("binary") }
            case .document: kinds.insert("document")
            }
          }
        }
      }
    }
    let expected: Set = [
      "gc", "deleted", "binary", "string", "embed", "format", "any", "type map", "type text",
      "type array", "type xmlElement", "type xmlText",
    ]
    #expect(expected.isSubset(of: kinds), "\(expected.subtracting(kinds)) missing")
  }
}

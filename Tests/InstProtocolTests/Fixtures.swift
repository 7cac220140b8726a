import Foundation
import JSONText
import Testing

/// One recorded exchange of `Fixtures/exchanges.jsonl`.
struct Exchange {
  struct Step {
    var peer: String
    var isSent: Bool
    /// The text of the frame; nil for steps that are no text frame.
    var text: [UInt8]?
    /// Whether the text is a frame that a parser understands, not a raw text.
    var isFrame: Bool
  }

  var name: String
  var steps: [Step]

  static func all() throws -> [Exchange] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = folder.appending(path: "Fixtures/exchanges.jsonl")
    let lines = try Data(contentsOf: file).split(separator: UInt8(ascii: "\n"))
    return try lines.map { line in
      let exchange = try JSONValue(parsing: Array(line))
      return Exchange(
        name: exchange["case"]?.stringValue ?? "",
        steps: (exchange["steps"]?.arrayValue ?? []).map(Step.init))
    }
  }
}

extension Exchange.Step {
  init(_ step: JSONValue) {
    peer = step["peer"]?.stringValue ?? ""
    isSent = step["dir"]?.stringValue == "send"
    let frame = step["frame"]
    isFrame = frame != nil
    text = frame.map { RawJSON($0).bytes } ?? step["raw"]?.stringValue.map { Array($0.utf8) }
  }
}

/// Whether two JSON values say the same: the order of members does not count.
func isSameJSON(_ one: JSONValue, _ other: JSONValue) -> Bool {
  switch (one, other) {
  case (.object(let one), .object(let other)):
    let names = Set(one.map(\.name))
    return names == Set(other.map(\.name)) && one.count == other.count
      && names.allSatisfy { name in
        guard let left = one.last(where: { $0.name == name })?.value,
          let right = other.last(where: { $0.name == name })?.value
        else { return false }
        return isSameJSON(left, right)
      }
  case (.array(let one), .array(let other)):
    return one.count == other.count && zip(one, other).allSatisfy(isSameJSON)
  default: return one == other
  }
}

/// The bytes that writing gives.
func written<Failure: Error>(
  _ write: (inout JSONWriter) throws(Failure) -> Void
) throws(Failure) -> [UInt8] {
  var writer = JSONWriter(capacity: 1_024)
  try write(&writer)
  return writer.bytes
}

/// A generator that gives the same numbers for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}

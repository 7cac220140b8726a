import JSONText
import Testing

@Suite("Properties of random values and texts")
struct PropertyTests {
  @Test("what is written reads back equal", arguments: 0..<100 as Range<UInt64>)
  func roundTrip(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<20 {
      let value = randomValue(depth: 5, using: &generator)
      let text = written { $0.value(value) }
      let bytes = Array(text.utf8)
      #expect(try JSONValue(parsing: bytes) == value, "seed \(seed)")
      #expect(try bytes.withUnsafeBytes { try walk($0) } == value, "seed \(seed)")
      #expect(try RawJSON(validating: bytes).value == value, "seed \(seed)")
      // What the writer writes is already fit for a line of a terminal.
      #expect(written { $0.passThrough(RawJSON(value)) } == text, "seed \(seed)")
    }
  }

  @Test(
    "written with other whitespace and escapes, it is the same value",
    arguments: 0..<100 as Range<UInt64>)
  func otherSpelling(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<20 {
      let value = randomValue(depth: 4, using: &generator)
      let text = spelled(value, using: &generator)
      #expect(try JSONValue(parsing: text) == value, "seed \(seed): \(text)")
      let raw = try RawJSON(validating: text)
      let line = written { $0.passThrough(raw) }
      #expect(try JSONValue(parsing: line) == value, "seed \(seed): \(text)")
      let isHarmless = line.unicodeScalars.allSatisfy {
        $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) && $0 != "\u{2028}"
          && $0 != "\u{2029}"
      }
      #expect(isHarmless, "seed \(seed): \(text)")
    }
  }

  @Test(
    "damaged texts never trap, and all readers agree on them", arguments: 0..<200 as Range<UInt64>)
  func mutations(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<100 {
      let value = randomValue(depth: 3, using: &generator)
      var bytes = Array(spelled(value, using: &generator).utf8)
      for _ in 0..<Int.random(in: 1...3, using: &generator) { damage(&bytes, using: &generator) }

      let error = failure(of: bytes)
      let tree = outcome { () throws(JSONError) in try JSONValue(parsing: bytes) }
      let walked = outcome { () throws(JSONError) in
        try bytes.span.withUnsafeBytes { (bytes) throws(JSONError) in try walk(bytes) }
      }
      let raw = outcome { () throws(JSONError) in try RawJSON(validating: bytes) }
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(tree.error == error, "seed \(seed): \(text)")
      #expect(walked.error == error, "seed \(seed): \(text)")
      #expect(raw.error == error, "seed \(seed): \(text)")
      #expect(walked.value == tree.value, "seed \(seed): \(text)")
      #expect(raw.value?.value == tree.value, "seed \(seed): \(text)")
      if let error { #expect((0...bytes.count).contains(error.offset), "seed \(seed): \(text)") }
      // Writers take what they are given, without a trap.
      bytes.withUnsafeBytes { bytes in
        _ = written { $0.passThrough(bytes) }
        _ = written { $0.string(utf8: bytes) }
      }
    }
  }
}

private func outcome<Value>(_ body: () throws(JSONError) -> Value) -> (
  value: Value?, error: JSONError?
) {
  do throws(JSONError) { return (try body(), nil) } catch { return (nil, error) }
}

private func randomValue(depth: Int, using generator: inout SeededGenerator) -> JSONValue {
  switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &generator) {
  case 0: return .null
  case 1: return .bool(.random(using: &generator))
  case 2: return JSONValue(Int(truncatingIfNeeded: generator.next()))
  case 3: return JSONValue(Double(bitPattern: generator.next()))
  case 4, 5: return .string(randomString(using: &generator))
  case 6:
    let count = Int.random(in: 0..<6, using: &generator)
    return .array((0..<count).map { _ in randomValue(depth: depth - 1, using: &generator) })
  default:
    let count = Int.random(in: 0..<6, using: &generator)
    return .object(
      (0..<count).map { _ in
        JSONMember(
          name: randomString(using: &generator),
          value: randomValue(depth: depth - 1, using: &generator))
      })
  }
}

private func randomString(using generator: inout SeededGenerator) -> String {
  let ranges: [ClosedRange<UInt32>] = [
    0x61...0x7A, 0x61...0x7A, 0x00...0x7F, 0x80...0xFF, 0x2020...0x2030, 0x10000...0x10FFFF,
  ]
  var string = String.UnicodeScalarView()
  for _ in 0..<Int.random(in: 0..<24, using: &generator) {
    let range = ranges.randomElement(using: &generator) ?? 0...0
    string.append(Unicode.Scalar(.random(in: range, using: &generator)) ?? "x")
  }
  return String(string)
}

/// The value as text, with random whitespace and random escapes.
private func spelled(_ value: JSONValue, using generator: inout SeededGenerator) -> String {
  func space() -> String {
    ["", "", "", " ", "\n", "\r\n", "\t", "  "].randomElement(using: &generator) ?? ""
  }
  func string(_ string: String) -> String {
    var text = "\""
    for scalar in string.unicodeScalars {
      let mustEscape = scalar == "\"" || scalar == "\\" || scalar.value < 0x20
      guard mustEscape || Int.random(in: 0..<8, using: &generator) == 0 else {
        text.unicodeScalars.append(scalar)
        continue
      }
      for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
        let digits = String(unit, radix: 16, uppercase: .random(using: &generator))
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return text + "\""
  }
  switch value {
  case .null, .bool, .number: return space() + value.description + space()
  case .string(let content): return space() + string(content) + space()
  case .array(let elements):
    let inner = elements.map { spelled($0, using: &generator) }.joined(separator: ",")
    return space() + "[" + space() + inner + "]" + space()
  case .object(let members):
    let inner = members.map { member in
      space() + string(member.name) + space() + ":" + spelled(member.value, using: &generator)
    }
    return space() + "{" + inner.joined(separator: ",") + space() + "}" + space()
  }
}

private func damage(_ bytes: inout [UInt8], using generator: inout SeededGenerator) {
  guard !bytes.isEmpty else { return }
  let place = Int.random(in: bytes.indices, using: &generator)
  let structural = Array(#"[]{}",:\u0-.e+ tfn/"#.utf8) + [0x00, 0x0A, 0x7F, 0x80, 0xC2, 0xE2, 0xFF]
  switch Int.random(in: 0..<6, using: &generator) {
  case 0: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
  case 1: bytes[place] = structural.randomElement(using: &generator) ?? 0
  case 2: bytes.insert(structural.randomElement(using: &generator) ?? 0, at: place)
  case 3: bytes.remove(at: place)
  case 4: bytes.removeSubrange(place...)
  default: bytes.swapAt(place, Int.random(in: bytes.indices, using: &generator))
  }
}

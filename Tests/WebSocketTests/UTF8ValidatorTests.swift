import Testing

@testable import WebSocket

@Suite struct UTF8ValidatorTests {
  /// Texts, and how many of their bytes can begin a valid text; nil if all of it is valid.
  static let table: [(String, Int?)] = [
    ("", nil), ("41", nil), ("00", nil), ("7f", nil), ("c2 80", nil), ("df bf", nil),
    ("e0 a0 80", nil), ("ed 9f bf", nil), ("ee 80 80", nil), ("ef bf bf", nil),
    ("f0 90 80 80", nil), ("f4 8f bf bf", nil), ("ce ba e1 bd b9 cf 83 ce bc ce b5", nil),
    ("80", 0), ("bf", 0), ("c0 80", 0), ("c1 bf", 0), ("fe", 0), ("ff", 0),
    ("f5 80 80 80", 0), ("f8 88 80 80 80", 0), ("fc", 0),
    ("c2 41", 1), ("c2 c2", 1), ("e0 9f bf", 1), ("e0 80 80", 1), ("ed a0 80", 1),
    ("ed bf bf", 1), ("e1 80 41", 2), ("f0 8f bf bf", 1), ("f0 80 80 80", 1),
    ("f4 90 80 80", 1), ("f4 90", 1), ("f1 80 80 41", 3), ("f1 80 c0", 2), ("e2 28 a1", 1),
    ("41 42 43 44 45 46 47 48 49 80", 9),
    ("ce ba e1 bd b9 cf 83 ce bc ce b5 f4 90 80 80 65 64 69 74 65 64", 12),
  ]

  @Test func findsTheFirstBadByte() {
    for (hex, valid) in Self.table {
      let sequence = bytes(hex)
      // Every alignment to the words that are read at once, and with more text behind.
      for padding in [0, 1, 5, 7, 8, 9, 31, 32, 33, 70] {
        let text = [UInt8](repeating: 0x61, count: padding) + sequence
        let firstBad = valid.map { $0 + padding }
        #expect(accepts(text) == (valid == nil), "\(hex) behind \(padding)")
        #expect(accepts(text + [UInt8](repeating: 0x62, count: 40)) == (valid == nil), "\(hex)")
        #expect(firstRefused(text) == firstBad, "\(hex) behind \(padding)")
      }
    }
  }

  @Test func cutSequencesAreNotComplete() {
    for hex in ["c2", "e2", "e2 82", "f0", "f0 9f", "f0 9f 98"] {
      var validator = UTF8Validator()
      let accepted = bytes("61 62 63 64 65 66 67 68 " + hex).withUnsafeBytes {
        validator.accept($0)
      }
      #expect(accepted)
      #expect(!validator.isComplete)
    }
  }

  /// All sequences of up to three bytes from the interesting ones, against the standard library.
  @Test func agreesWithTheStandardLibrary() {
    let edges: [UInt8] = [
      0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1,
      0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
    ]
    for a in edges {
      for b in edges {
        for c in edges {
          for rest: [UInt8] in [[], [0x80], [0x80, 0x61], [0x62, 0x61, 0x61, 0x61]] {
            let text = [a, b, c] + rest
            let expected = String(validating: text, as: UTF8.self) != nil
            #expect(isValid(text) == expected, "\(text)")
          }
        }
      }
    }
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func randomTextsInRandomPieces(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<100 {
      var text: [UInt8] = []
      for _ in 0..<Int.random(in: 0..<80, using: &generator) {
        let plane = [0x7F, 0x7FF, 0xFFFF, 0x10FFFF].randomElement(using: &generator) ?? 0
        let value = UInt32.random(in: 0...UInt32(plane), using: &generator)
        text += Array(String(Unicode.Scalar(value) ?? "a").utf8)
      }
      if Bool.random(using: &generator), !text.isEmpty {
        let i = Int.random(in: text.indices, using: &generator)
        text[i] = UInt8.random(in: 0...255, using: &generator)
      }
      let expected = String(validating: text, as: UTF8.self) != nil
      #expect(isValid(text) == expected, "seed \(seed): \(text)")
      var validator = UTF8Validator()
      var accepted = true
      var i = 0
      while i < text.count, accepted {
        let end = min(text.count, i + Int.random(in: 0..<20, using: &generator))
        accepted = text[i..<end].withUnsafeBytes { validator.accept($0) }
        i = end
      }
      #expect((accepted && validator.isComplete) == expected, "seed \(seed): \(text)")
    }
  }

  private func accepts(_ text: [UInt8]) -> Bool {
    var validator = UTF8Validator()
    return text.withUnsafeBytes { validator.accept($0) }
  }

  private func isValid(_ text: [UInt8]) -> Bool {
    var validator = UTF8Validator()
    return text.withUnsafeBytes { validator.accept($0) } && validator.isComplete
  }

  private func firstRefused(_ text: [UInt8]) -> Int? {
    var validator = UTF8Validator()
    return text.indices.first { i in
      !text[i...i].withUnsafeBytes { validator.accept($0) }
    }
  }
}

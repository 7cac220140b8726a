/// Numbers that are the same for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Patterns, and texts that have a chance to match.
enum RandomPattern {
  static func make(depth: Int, _ random: inout SeededGenerator) -> String {
    let branches = Int.random(in: 0..<5, using: &random) == 0 ? 2 : 1
    return (0..<branches).map { _ in sequence(depth: depth, &random) }.joined(separator: "|")
  }

  private static func sequence(depth: Int, _ random: inout SeededGenerator) -> String {
    (0..<Int.random(in: 1...4, using: &random)).map { _ in piece(depth: depth, &random) }.joined()
  }

  private static func piece(depth: Int, _ random: inout SeededGenerator) -> String {
    let kind = Int.random(in: 0..<10, using: &random)
    // An assertion cannot be repeated.
    if kind == 0 { return ["^", "$", "\\b", "\\B"].randomElement(using: &random) ?? "^" }
    let isGroup = kind < 3 && depth > 0
    let atom =
      isGroup
      ? "(" + ["", "?:"][Int.random(in: 0..<2, using: &random)]
        + make(depth: depth - 1, &random) + ")"
      : atoms.randomElement(using: &random) ?? "a"
    return atom + (quantifiers.randomElement(using: &random) ?? "")
  }

  private static let atoms = [
    "a", "b", "c", "a", "b", "B", ".", "\\d", "\\D", "\\w", "\\W", "\\s", "\\S", "[ab]", "[^ab]",
    "[a-c1-3]", "[^\\d]", "[\\w-]", "[A-C]", "\\x41", "é", "[é-ü]", "\\n", "_", "-",
  ]

  private static let quantifiers = [
    "", "", "", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,1}", "{2,}", "{0}",
  ]

  static func text(_ random: inout SeededGenerator) -> String {
    // Before 3.14 Python finds no \B in an empty text.
    (0..<Int.random(in: 1...8, using: &random)).map { _ in
      characters.randomElement(using: &random) ?? "a"
    }.joined()
  }

  private static let characters = [
    "a", "b", "c", "a", "b", "A", "B", "1", "3", "9", "_", "-", " ", "\n", "é", "ú",
  ]
}

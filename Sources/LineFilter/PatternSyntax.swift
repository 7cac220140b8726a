/// A regular expression as a tree.
indirect enum PatternNode: Hashable, Sendable {
  case empty
  /// One character of a set.
  case set(CharacterSet)
  case assertion(PatternAssertion)
  case sequence([PatternNode])
  case alternatives([PatternNode])
  /// From so many times to so many, or without end.
  case repeated(PatternNode, least: Int, most: Int?)
}

/// What is true of a place between two characters.
enum PatternAssertion: Hashable, Sendable {
  case textStart, textEnd
  case lineStart, lineEnd
  case wordBoundary, noWordBoundary
}

/// What changes the meaning of a whole pattern.
struct PatternFlags: Hashable, Sendable {
  /// `i`: letters stand for their other case, too.
  var ignoresCase = false
  /// `m`: `^` and `$` are the ends of lines, too.
  var isMultiline = false
  /// `s`: the dot is a line feed, too.
  var dotMatchesAll = false
}

/// A set of characters: ranges of code points, or all others.
struct CharacterSet: Hashable, Sendable {
  /// Sorted by nothing; they may overlap.
  var ranges: [ClosedRange<UInt32>] = []
  var isNegated = false
  var ignoresCase = false

  static let digits = CharacterSet(ranges: ["0"..."9"].map(\.codePoints))
  static let wordCharacters = CharacterSet(
    ranges: ["a"..."z", "A"..."Z", "0"..."9", "_"..."_"].map(\.codePoints))
  static let spaces = CharacterSet(ranges: ["\t"..."\r", " "..." "].map(\.codePoints))
  static let all = CharacterSet(isNegated: true)
  static let allButLineFeed = CharacterSet(ranges: [10...10], isNegated: true)

  func contains(_ scalar: UInt32) -> Bool {
    if has(scalar) { return !isNegated }
    guard ignoresCase else { return isNegated }
    let otherCase = Self.variants(of: scalar).contains { has($0) }
    return otherCase != isNegated
  }

  private func has(_ scalar: UInt32) -> Bool { ranges.contains { $0.contains(scalar) } }

  /// The character in lower and in upper case, as far as these are one character.
  private static func variants(of scalar: UInt32) -> [UInt32] {
    guard let properties = Unicode.Scalar(scalar)?.properties else { return [] }
    return [properties.lowercaseMapping, properties.uppercaseMapping].compactMap { text in
      let scalars = text.unicodeScalars
      return scalars.count == 1 ? scalars.first?.value : nil
    }
  }

  /// Adds the characters of a set that is not negated, and those of a negated one as its ranges.
  mutating func formUnion(_ other: CharacterSet) { ranges += other.positiveRanges }

  /// The same set without being negated.
  private var positiveRanges: [ClosedRange<UInt32>] {
    guard isNegated else { return ranges }
    var gaps: [ClosedRange<UInt32>] = []
    var start: UInt32 = 0
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound > start { gaps.append(start...(range.lowerBound - 1)) }
      start = max(start, range.upperBound + 1)
    }
    if start <= 0x10FFFF { gaps.append(start...0x10FFFF) }
    return gaps
  }

  var negated: CharacterSet {
    var other = self
    other.isNegated.toggle()
    return other
  }

  /// With the other case of each single character that has one.
  mutating func addOtherCases() {
    ignoresCase = true
    for range in ranges where range.count == 1 {
      ranges += Self.variants(of: range.lowerBound).map { $0...$0 }
    }
  }
}

extension ClosedRange<Unicode.Scalar> {
  fileprivate var codePoints: ClosedRange<UInt32> { lowerBound.value...upperBound.value }
}

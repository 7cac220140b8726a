/// Why a text is no pattern.
struct PatternError: Error {
  let message: String
  /// The index of the scalar where; their count for the end.
  let index: Int
}

/// Reads regular expressions.
struct PatternParser {
  private let scalars: [Unicode.Scalar]
  private let flags: PatternFlags
  private var position = 0
  private var depth = 0

  /// Groups are read by recursion.
  private static let maximumDepth = 50
  /// The most that `{m,n}` can ask for.
  private static let maximumCount = 1000

  init(_ scalars: [Unicode.Scalar], _ flags: PatternFlags) {
    self.scalars = scalars
    self.flags = flags
  }

  mutating func wholePattern() throws(PatternError) -> PatternNode {
    let node = try alternatives()
    guard position == scalars.count else { throw error("this ) closes nothing") }
    return node
  }

  private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  private mutating func take(_ text: String) -> Bool {
    let wanted = Array(text.unicodeScalars)
    guard scalars[position...].starts(with: wanted) else { return false }
    position += wanted.count
    return true
  }

  private func error(_ message: String, at index: Int? = nil) -> PatternError {
    PatternError(message: message, index: min(index ?? position, scalars.count))
  }

  // MARK: Structure

  private mutating func alternatives() throws(PatternError) -> PatternNode {
    var branches = [try sequence()]
    while take("|") { branches.append(try sequence()) }
    return branches.count == 1 ? branches[0] : .alternatives(branches)
  }

  private mutating func sequence() throws(PatternError) -> PatternNode {
    var parts: [PatternNode] = []
    while let next, next != "|", next != ")" { parts.append(try repetition()) }
    return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
  }

  private mutating func repetition() throws(PatternError) -> PatternNode {
    let node = try atom()
    let start = position
    guard let (least, most) = try quantifier() else { return node }
    if case .assertion = node { throw error("there is nothing to repeat", at: start) }
    // A lazy one matches in the same texts.
    _ = take("?")
    if next == "+" { throw error("possessive repetition is not supported") }
    if next == "*" || next == "?" { throw error("what is repeated is repeated already") }
    return .repeated(node, least: least, most: most)
  }

  private mutating func quantifier() throws(PatternError) -> (least: Int, most: Int?)? {
    if take("*") { return (0, nil) }
    if take("+") { return (1, nil) }
    if take("?") { return (0, 1) }
    guard next == "{" else { return nil }
    let start = position
    position += 1
    guard let least = number() else {
      throw error("a brace wants {m}, {m,} or {m,n}; else \\{", at: start)
    }
    var most: Int? = least
    if take(",") { most = number() }
    guard take("}") else { throw error("a brace wants {m}, {m,} or {m,n}; else \\{", at: start) }
    guard least <= most ?? least else {
      throw error("the first number is the greater one", at: start)
    }
    guard max(least, most ?? 0) <= Self.maximumCount else {
      throw error("more than \(Self.maximumCount) times is not supported", at: start)
    }
    return (least, most)
  }

  /// Digits, as far as they fit.
  private mutating func number() -> Int? {
    let digits = scalars[position...].prefix { $0.isDigit }
    guard !digits.isEmpty else { return nil }
    position += digits.count
    return Int(String(digits)) ?? .max
  }

  private mutating func atom() throws(PatternError) -> PatternNode {
    let start = position
    guard let scalar = next else { return .empty }
    position += 1
    switch scalar {
    case ".": return .set(flags.dotMatchesAll ? .all : .allButLineFeed)
    case "^": return .assertion(flags.isMultiline ? .lineStart : .textStart)
    case "$": return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
    case "(": return try group(start)
    case "[": return .set(try characterClass(start))
    case "*", "+", "?", "{": throw error("there is nothing to repeat", at: start)
    case "\\": return try escape(start)
    default: return .set(single(scalar.value))
    }
  }

  private mutating func group(_ start: Int) throws(PatternError) -> PatternNode {
    guard depth < Self.maximumDepth else {
      throw error("nested deeper than \(Self.maximumDepth) groups", at: start)
    }
    depth += 1
    defer { depth -= 1 }
    if next == "?", !take("?:") {
      throw error("of groups that begin with ? only (?:…) is supported", at: start)
    }
    let inner = try alternatives()
    guard take(")") else { throw error("nothing closes this (", at: start) }
    // In a group even an assertion can be repeated.
    if case .assertion = inner { return .sequence([inner]) }
    return inner
  }

  // MARK: Characters

  private func single(_ codePoint: UInt32) -> CharacterSet {
    var set = CharacterSet(ranges: [codePoint...codePoint])
    if flags.ignoresCase { set.addOtherCases() }
    return set
  }

  private mutating func escape(_ start: Int) throws(PatternError) -> PatternNode {
    switch next {
    case "b":
      position += 1
      return .assertion(.wordBoundary)
    case "B":
      position += 1
      return .assertion(.noWordBoundary)
    case let digit? where digit.isDigit && digit != "0":
      throw error("references to groups are not supported", at: start)
    default: break
    }
    if let set = takeClassEscape() { return .set(set) }
    return .set(single(try characterEscape(start)))
  }

  /// `\d`, `\w`, `\s` and their opposites.
  private mutating func takeClassEscape() -> CharacterSet? {
    let set: CharacterSet
    switch next {
    case "d": set = .digits
    case "D": set = .digits.negated
    case "w": set = .wordCharacters
    case "W": set = .wordCharacters.negated
    case "s": set = .spaces
    case "S": set = .spaces.negated
    default: return nil
    }
    position += 1
    return set
  }

  /// The character that an escape stands for, whose backslash is at `start`.
  private mutating func characterEscape(_ start: Int) throws(PatternError) -> UInt32 {
    guard let letter = next else { throw error("a backslash at the end", at: start) }
    position += 1
    switch letter {
    case "n": return 0x0A
    case "t": return 0x09
    case "r": return 0x0D
    case "f": return 0x0C
    case "v": return 0x0B
    case "x": return try hexadecimal(2, start)
    case "u": return try hexadecimal(4, start)
    case "0"..."9", "a"..."z", "A"..."Z":
      throw error("\\\(letter) means nothing in a pattern", at: start)
    default: return letter.value
    }
  }

  private mutating func hexadecimal(_ count: Int, _ start: Int) throws(PatternError) -> UInt32 {
    let digits = scalars[position...].prefix(count)
    guard digits.count == count, let value = UInt32(String(digits), radix: 16),
      digits.allSatisfy({ $0.properties.isASCIIHexDigit }), Unicode.Scalar(value) != nil
    else { throw error("\(count) hexadecimal digits of a character should follow", at: start) }
    position += count
    return value
  }

  private mutating func characterClass(_ start: Int) throws(PatternError) -> CharacterSet {
    var set = CharacterSet()
    let isNegated = take("^")
    var isFirst = true
    while next != "]" || isFirst {
      isFirst = false
      guard next != nil else { throw error("nothing closes this [", at: start) }
      try addItem(to: &set, start)
    }
    position += 1
    if flags.ignoresCase { set.addOtherCases() }
    set.isNegated = isNegated
    return set
  }

  /// A character, a range of them, or a class, inside brackets.
  private mutating func addItem(
    to set: inout CharacterSet, _ start: Int
  ) throws(PatternError) {
    let itemStart = position
    if take("[:") {
      throw error("classes with names are not supported; \\d, \\w and \\s are", at: itemStart)
    }
    guard let first = try classCharacter(in: &set) else { return }
    guard next == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
      set.ranges.append(first...first)
      return
    }
    position += 1
    guard let last = try classCharacter(in: &set) else {
      throw error("a class cannot end a range", at: itemStart)
    }
    guard first <= last else { throw error("the range ends before it begins", at: itemStart) }
    set.ranges.append(first...last)
  }

  /// A character inside brackets; nil when it was a class, which is then added.
  private mutating func classCharacter(in set: inout CharacterSet) throws(PatternError) -> UInt32? {
    let start = position
    guard let scalar = next else { throw error("nothing closes this [") }
    position += 1
    guard scalar == "\\" else { return scalar.value }
    if next == "b" {
      position += 1
      return 0x08
    }
    guard let other = takeClassEscape() else { return try characterEscape(start) }
    set.formUnion(other)
    return nil
  }
}

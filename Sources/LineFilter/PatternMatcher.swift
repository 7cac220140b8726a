/// Looks for a pattern in one text after the other.
///
/// The machine's situations (the places that it is in at once, and what stood before) are numbered as
/// they come up, and where a character leads from each is looked up from then on. So a text takes one
/// step per character, whatever the pattern; only what is new costs more, at most the pattern's size.
struct PatternMatcher {
  /// Where the machine can be before a character, once what stood before it is known.
  fileprivate struct Situation: Hashable {
    var places: [Int]
    var before: Neighbour
  }

  /// What assertions ask of the characters beside a place.
  fileprivate enum Neighbour: Hashable {
    case none, lineFeed, word, other

    init(_ scalar: UInt32?) {
      guard let scalar else {
        self = .none
        return
      }
      self =
        scalar == 10 ? .lineFeed : CharacterSet.wordCharacters.contains(scalar) ? .word : .other
    }
  }

  private let instructions: [Pattern.Instruction]

  private var numbers: [Situation: Int32] = [:]
  private var situations: [Situation] = []
  /// For each situation where ASCII characters lead, and the end of the text.
  private var transitions: [Int32] = []
  /// Where other characters lead: by the situation, and the character.
  private var rareTransitions: [UInt64: Int32] = [:]

  private static let width = 129
  private static let end = 128
  private static let unknown: Int32 = -1
  private static let matched: Int32 = -2
  /// So many situations, at most, are kept.
  private static let maximumCount = 256
  private static let maximumRareCount = 4096

  init(_ pattern: Pattern) { instructions = pattern.instructions }

  /// Whether the pattern matches somewhere in UTF-8.
  mutating func matches(_ utf8: UnsafeRawBufferPointer) -> Bool {
    var number = self.number(of: Situation(places: [0], before: .none))
    var position = 0
    while position < utf8.count {
      let byte = utf8[position]
      if byte < 0x80 {
        position &+= 1
        let known = transitions[Int(number) &* Self.width &+ Int(byte)]
        number = known != Self.unknown ? known : learn(from: number, UInt32(byte))
      } else {
        number = rareStep(from: number, utf8.scalar(at: &position))
      }
      if number == Self.matched { return true }
    }
    let known = transitions[Int(number) * Self.width + Self.end]
    return (known != Self.unknown ? known : learn(from: number, nil)) == Self.matched
  }

  private mutating func rareStep(from number: Int32, _ scalar: UInt32) -> Int32 {
    let key = UInt64(UInt32(number)) << 32 | UInt64(scalar)
    if let known = rareTransitions[key] { return known }
    let (next, isSameTable) = step(from: number, scalar)
    if isSameTable, rareTransitions.count < Self.maximumRareCount { rareTransitions[key] = next }
    return next
  }

  /// Finds out where a character, or the end of the text, leads.
  private mutating func learn(from number: Int32, _ scalar: UInt32?) -> Int32 {
    let (next, isSameTable) = step(from: number, scalar)
    if isSameTable {
      transitions[Int(number) * Self.width + (scalar.map(Int.init) ?? Self.end)] = next
    }
    return next
  }

  private mutating func step(
    from number: Int32, _ scalar: UInt32?
  ) -> (next: Int32, isSameTable: Bool) {
    let situation = situations[Int(number)]
    let after = Neighbour(scalar)
    var reads: [Int] = []
    guard !follow(situation, after, &reads) else { return (Self.matched, true) }
    guard let scalar else { return (number, true) }
    // A match may begin at each character.
    var places = [0]
    for read in reads {
      if case .read(let set) = instructions[read], set.contains(scalar) { places.append(read + 1) }
    }
    let isFull = situations.count >= Self.maximumCount
    if isFull { forget() }
    return (self.number(of: Situation(places: places, before: after)), !isFull)
  }

  /// Goes from the places to all that are reached without reading.
  ///
  /// - Parameter reads: the places that wait for a character, in order.
  /// - Returns: Whether the end of the pattern is among them.
  private func follow(
    _ situation: Situation, _ after: Neighbour, _ reads: inout [Int]
  ) -> Bool {
    var isSeen = [Bool](repeating: false, count: instructions.count)
    var open = situation.places
    while let place = open.popLast() {
      guard !isSeen[place] else { continue }
      isSeen[place] = true
      switch instructions[place] {
      case .read: break
      case .split(let a, let b): open += [a, b]
      case .jump(let target): open.append(target)
      case .assertion(let assertion):
        if assertion.holds(situation.before, after) { open.append(place + 1) }
      case .match: return true
      }
    }
    for place in isSeen.indices where isSeen[place] {
      if case .read = instructions[place] { reads.append(place) }
    }
    return false
  }

  private mutating func number(of situation: Situation) -> Int32 {
    if let number = numbers[situation] { return number }
    let number = Int32(situations.count)
    numbers[situation] = number
    situations.append(situation)
    transitions += repeatElement(Self.unknown, count: Self.width)
    return number
  }

  private mutating func forget() {
    numbers = [:]
    situations = []
    transitions = []
    rareTransitions = [:]
  }
}

extension PatternAssertion {
  fileprivate func holds(
    _ before: PatternMatcher.Neighbour, _ after: PatternMatcher.Neighbour
  ) -> Bool {
    switch self {
    case .textStart: before == .none
    case .textEnd: after == .none
    case .lineStart: before == .none || before == .lineFeed
    case .lineEnd: after == .none || after == .lineFeed
    case .wordBoundary: (before == .word) != (after == .word)
    case .noWordBoundary: (before == .word) == (after == .word)
    }
  }
}

extension UnsafeRawBufferPointer {
  /// The character that begins at `position`, which moves behind it. What is no UTF-8 is U+FFFD.
  fileprivate func scalar(at position: inout Int) -> UInt32 {
    let lead = self[position]
    position &+= 1
    let count = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0
    guard count > 0, position &+ count <= self.count else { return 0xFFFD }
    var value = UInt32(lead) & (0x3F >> UInt32(count))
    for index in position..<(position &+ count) {
      guard self[index] & 0xC0 == 0x80 else { return 0xFFFD }
      value = value << 6 | UInt32(self[index] & 0x3F)
    }
    position &+= count
    return value
  }
}

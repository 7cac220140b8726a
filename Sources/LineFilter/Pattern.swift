/// A regular expression, ready to be looked for in time that grows with the text alone.
///
/// Literals, `.`, `[…]`, `* + ? {m,n}`, `|`, `( )`, `(?:)`, `^ $ \b \B`, `\d \w \s` and their opposites,
/// `\n \t \r \f \v \xHH \uHHHH`; flags `i`, `m`, `s`. Classes and word boundaries are those of ASCII.
/// There are no references and no looking around: nothing that would need more than one pass.
struct Pattern: Sendable {
  /// A step of the machine that reads the text. The machine is in many places at once.
  enum Instruction: Hashable, Sendable {
    /// Reads a character of a set and goes on behind.
    case read(CharacterSet)
    /// Goes on at both places.
    case split(Int, Int)
    case jump(Int)
    case assertion(PatternAssertion)
    case match
  }

  let instructions: [Instruction]

  /// So much, at most, is done for a character that was not seen in the same situation before.
  private static let maximumSize = 5000

  init(_ scalars: [Unicode.Scalar], _ flags: PatternFlags = PatternFlags()) throws(PatternError) {
    var parser = PatternParser(scalars, flags)
    var compiler = Compiler(limit: Self.maximumSize)
    compiler.append(try parser.wholePattern())
    guard !compiler.isTooLarge else {
      throw PatternError(message: "the pattern is too large", index: 0)
    }
    instructions = compiler.instructions + [.match]
  }

  private struct Compiler {
    private(set) var instructions: [Instruction] = []
    let limit: Int

    init(limit: Int) { self.limit = limit }

    var isTooLarge: Bool { instructions.count >= limit }

    mutating func append(_ node: PatternNode) {
      guard !isTooLarge else { return }
      switch node {
      case .empty: break
      case .set(let set): instructions.append(.read(set))
      case .assertion(let assertion): instructions.append(.assertion(assertion))
      case .sequence(let parts): for part in parts { append(part) }
      case .alternatives(let branches): append(branches: branches[...])
      case .repeated(let inner, let least, let most):
        for _ in 0..<least where !isTooLarge { append(inner) }
        if let most {
          for _ in least..<most where !isTooLarge { appendOptional(inner) }
        } else {
          appendLoop(inner)
        }
      }
    }

    private mutating func append(branches: ArraySlice<PatternNode>) {
      var ends: [Int] = []
      for branch in branches.dropLast() {
        let split = placeholder()
        append(branch)
        ends.append(placeholder())
        instructions[split] = .split(split + 1, instructions.count)
      }
      if let last = branches.last { append(last) }
      for end in ends { instructions[end] = .jump(instructions.count) }
    }

    private mutating func appendOptional(_ node: PatternNode) {
      let split = placeholder()
      append(node)
      instructions[split] = .split(split + 1, instructions.count)
    }

    private mutating func appendLoop(_ node: PatternNode) {
      let split = placeholder()
      append(node)
      instructions.append(.jump(split))
      instructions[split] = .split(split + 1, instructions.count)
    }

    private mutating func placeholder() -> Int {
      instructions.append(.match)
      return instructions.count - 1
    }
  }
}

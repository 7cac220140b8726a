import JSONText

/// Reads expressions and paths, by recursive descent over their Unicode scalars.
///
/// ```
/// condition  = conjunction *( "or" conjunction )
/// conjunction = negation *( "and" negation )
/// negation   = *"not" ( "(" condition ")" / test / operand [ comparison operand / "=~" pattern ] )
/// ```
struct ExpressionParser {
  let text: String
  let scalars: [Unicode.Scalar]
  var position = 0
  private(set) var patterns: [Pattern] = []
  private var depth = 0

  /// Expressions are evaluated by recursion.
  private static let maximumDepth = 100

  init(_ text: String) {
    self.text = text
    scalars = Array(text.unicodeScalars)
  }

  // MARK: The whole text

  mutating func wholeCondition() throws(ExpressionError) -> Condition {
    skipSpace()
    guard position < scalars.count else { throw error("the expression is empty") }
    let condition = try condition()
    guard position == scalars.count else { throw unexpected("and, or, or the end") }
    return condition
  }

  mutating func wholePath() throws(ExpressionError) -> ValuePath {
    skipSpace()
    guard next == "." else { throw pathExpected() }
    let path = try path()
    skipSpace()
    guard position == scalars.count else { throw unexpected("the end of the path") }
    return path
  }

  // MARK: Conditions

  private mutating func condition() throws(ExpressionError) -> Condition {
    var parts = [try conjunction()]
    while takeWord("or") || take("||") { parts.append(try conjunction()) }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  private mutating func conjunction() throws(ExpressionError) -> Condition {
    var parts = [try negation()]
    while takeWord("and") || take("&&") { parts.append(try negation()) }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func negation() throws(ExpressionError) -> Condition {
    skipSpace()
    let start = position
    guard depth < Self.maximumDepth else {
      throw error("nested deeper than \(Self.maximumDepth) levels")
    }
    depth += 1
    defer { depth -= 1 }
    if takeWord("not") || take("!") { return .not(try negation()) }
    if take("(") {
      let inner = try condition()
      try expect(")", toClose: start)
      return inner
    }
    if takeWord("has") {
      return .exists(try arguments(start) { parser throws(ExpressionError) in try parser.path() })
    }
    if let test = takeTextTest() { return try self.test(test, from: start) }
    return try comparison(from: start)
  }

  private mutating func comparison(from start: Int) throws(ExpressionError) -> Condition {
    let left = try operand()
    skipSpace()
    let place = position
    if take("==") { return .compare(left, .equal, try operand(behind: "==")) }
    if take("!=") { return .not(.compare(left, .equal, try operand(behind: "!="))) }
    if take("=~") { return try match(left, from: start) }
    if take("!~") { return .not(try match(left, from: start)) }
    if take("<=") { return .compare(left, .lessOrEqual, try operand(behind: "<=")) }
    if take(">=") { return .compare(left, .greaterOrEqual, try operand(behind: ">=")) }
    if take("<") { return .compare(left, .less, try operand(behind: "<")) }
    if take(">") { return .compare(left, .greater, try operand(behind: ">")) }
    if take("=") { throw error("a comparison is written ==", at: place) }
    switch left {
    case .path(let path): return .holds(path)
    case .bool(let value): return .constant(value)
    default: throw error("a value alone is no condition: compare it with something", at: start)
    }
  }

  private mutating func match(
    _ subject: Operand, from start: Int
  ) throws(ExpressionError) -> Condition {
    switch subject {
    case .path, .string, .kind: break
    default: throw error("a pattern is for a string", at: start)
    }
    patterns.append(try pattern())
    return .matches(subject, patternIndex: patterns.count - 1)
  }

  private mutating func takeTextTest() -> TextTest? {
    for test in [TextTest.contains, .startswith, .endswith] where takeWord(test.rawValue) {
      return test
    }
    return nil
  }

  private mutating func test(
    _ test: TextTest, from start: Int
  ) throws(ExpressionError) -> Condition {
    try arguments(start) { parser throws(ExpressionError) in
      let whole = try parser.operand()
      parser.skipSpace()
      guard parser.take(",") else { throw parser.unexpected("a comma") }
      return .text(test, whole, try parser.operand())
    }
  }

  /// What stands in parentheses behind a word that begins at `start`.
  private mutating func arguments<Result>(
    _ start: Int, _ body: (inout ExpressionParser) throws(ExpressionError) -> Result
  ) throws(ExpressionError) -> Result {
    skipSpace()
    let parenthesis = position
    guard take("(") else { throw unexpected("(") }
    skipSpace()
    let result = try body(&self)
    try expect(")", toClose: parenthesis)
    return result
  }

  private mutating func expect(
    _ closing: Unicode.Scalar, toClose start: Int
  ) throws(ExpressionError) {
    skipSpace()
    if take(String(closing)) { return }
    guard position < scalars.count else {
      throw error("nothing closes this \(scalars[start])", at: start)
    }
    throw unexpected("\(closing)")
  }

  // MARK: Operands

  private mutating func operand(behind sign: String) throws(ExpressionError) -> Operand {
    skipSpace()
    guard position < scalars.count else { throw error("a value is missing behind \(sign)") }
    return try operand()
  }

  private mutating func operand() throws(ExpressionError) -> Operand {
    skipSpace()
    switch next {
    case ".": return .path(try path())
    case "\"": return .string(Array(String(try string().scalars).utf8))
    case let first? where first == "-" || first.isDigit: return .number(try number())
    case "'": throw error("strings stand in double quotes")
    case nil: throw error("a value is missing")
    default: break
    }
    if takeWord("true") { return .bool(true) }
    if takeWord("false") { return .bool(false) }
    if takeWord("null") { return .null }
    let start = position
    if takeWord("length") {
      return .length(try arguments(start) { parser throws(ExpressionError) in try parser.path() })
    }
    if takeWord("type") {
      return .kind(try arguments(start) { parser throws(ExpressionError) in try parser.path() })
    }
    let word = scalars[position...].prefix { $0.isNamePart }
    guard !word.isEmpty else { throw unexpected("a value") }
    let name = String(word)
    throw error("\(name) means nothing here; a field is written .\(name)")
  }

  /// A number by the JSON grammar.
  private mutating func number() throws(ExpressionError) -> [UInt8] {
    let start = position
    while let next, next.isNamePart || next == "." || next == "+" { position += 1 }
    let text = String(scalars[start..<position])
    guard JSONNumber(text) != nil else { throw error("\(text) is no number", at: start) }
    return Array(text.utf8)
  }
}

// MARK: - Scalars

extension ExpressionParser {
  /// The next scalar; nil at the end.
  var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  mutating func skipSpace() {
    while let next, next.properties.isWhitespace { position += 1 }
  }

  /// Moves behind a sign, if it is what comes next, after any space.
  mutating func take(_ sign: String) -> Bool {
    skipSpace()
    let sign = Array(sign.unicodeScalars)
    guard scalars[position...].starts(with: sign) else { return false }
    position += sign.count
    return true
  }

  /// Moves behind a word, if it is what comes next, after any space, and ends there.
  mutating func takeWord(_ word: String) -> Bool {
    skipSpace()
    guard String(scalars[position...].prefix { $0.isNamePart }) == word else { return false }
    position += word.unicodeScalars.count
    return true
  }

  func error(_ message: String, at position: Int? = nil) -> ExpressionError {
    ExpressionError(message, column: (position ?? self.position) + 1, in: text)
  }

  func unexpected(_ expected: String) -> ExpressionError {
    guard let next else { return error("the expression ends where \(expected) should be") }
    return error("\(expected) should be here, not \(next.shown)")
  }
}

extension Unicode.Scalar {
  /// Whether it can stand in the name of a field without quotes, or in a word.
  var isNamePart: Bool {
    switch self {
    case "a"..."z", "A"..."Z", "0"..."9", "_", "-", "$": true
    default: value >= 0x80 && !properties.isWhitespace
    }
  }

  var isDigit: Bool { ("0"..."9").contains(self) }

  /// For messages.
  var shown: String {
    properties.generalCategory == .control
      ? "U+" + String(value + 0x10000, radix: 16, uppercase: true).dropFirst()
      : "\(self)"
  }
}

extension String {
  init(_ scalars: some Sequence<Unicode.Scalar>) {
    var view = UnicodeScalarView()
    view.append(contentsOf: scalars)
    self.init(view)
  }
}

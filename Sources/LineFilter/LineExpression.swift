/// A condition on a line: `.type == "action" and .action.event.name =~ /^chat/`.
///
/// It is total: whatever the line holds, the condition is true or false. A comparison is true when it
/// is true of any of the values that the paths in it lead to, so it is false where there is none; `!=`
/// and `!~` are the opposites of `==` and `=~`.
public struct LineExpression: Sendable {
  /// The text that it was made from.
  public let text: String
  let condition: Condition
  /// The patterns in it; conditions name them by their index.
  let patterns: [Pattern]

  /// The expression that a text says.
  ///
  /// - Throws: ``ExpressionError`` when it says none.
  public init(_ text: String) throws(ExpressionError) {
    var parser = ExpressionParser(text)
    condition = try parser.wholeCondition()
    patterns = parser.patterns
    self.text = text
  }
}

/// What is true or false of a line.
indirect enum Condition: Hashable, Sendable {
  case constant(Bool)
  case not(Condition)
  case all([Condition])
  case any([Condition])
  /// There is a value other than null and false.
  case holds(ValuePath)
  /// There is a value.
  case exists(ValuePath)
  case compare(Operand, Comparison, Operand)
  case matches(Operand, patternIndex: Int)
  case text(TextTest, Operand, Operand)
}

/// What a comparison compares.
enum Operand: Hashable, Sendable {
  case path(ValuePath)
  case null
  case bool(Bool)
  /// A number, as it is written.
  case number([UInt8])
  /// The UTF-8 of a string.
  case string([UInt8])
  /// How many characters, elements or members there are at the path.
  case length(ValuePath)
  /// The name of the kind of value at the path.
  case kind(ValuePath)
}

/// The comparisons; `!=` is written as the opposite of `==`.
enum Comparison: Hashable, Sendable {
  case equal, less, lessOrEqual, greater, greaterOrEqual
}

/// Whether one string is in another.
enum TextTest: String, Hashable, Sendable {
  case contains, startswith, endswith
}

/// Why a text is no expression, path or pattern, and where.
public struct ExpressionError: Error, Hashable, Sendable {
  /// What is wrong, such as `a value is missing behind ==`.
  public var message: String
  /// Where, counted from 1 in Unicode scalars; one more than there are for the end of the text.
  public var column: Int
  /// The whole text.
  public var text: String

  /// An error at a column of a text.
  public init(_ message: String, column: Int, in text: String) {
    self.message = message
    self.column = column
    self.text = text
  }
}

extension ExpressionError: CustomStringConvertible {
  /// What is wrong, and where.
  public var description: String { "\(message), at column \(column)" }
}

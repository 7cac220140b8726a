import LineFilter

/// Which lines are printed, what of them, and which must not come.
struct LineChoice: Sendable {
  /// Empty for all.
  let types: Set<String>
  let condition: LineExpression?
  let selection: ValuePath?
  /// Whether selected strings have no quotes.
  let printsRawStrings: Bool
  /// What ends the command with exit code 1.
  let failing: LineExpression?

  /// All lines, as they are.
  static let all = LineChoice()

  private init() {
    types = []
    condition = nil
    selection = nil
    printsRawStrings = false
    failing = nil
  }

  /// - Throws: usage, where an expression is none.
  init(_ options: FilterOptions) throws(Failure) {
    types = Set(options.typeNames)
    condition = try options.condition?.expression(of: "--where")
    selection = try options.select?.path(of: "--select")
    printsRawStrings = options.rawStrings
    failing = try options.failOn?.expression(of: "--fail-on")
  }

  /// Whether lines are printed as if there were no choice.
  var isAll: Bool { types.isEmpty && condition == nil && selection == nil && failing == nil }
}

extension FilterOptions {
  /// The types that are named.
  var typeNames: [String] {
    types.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
  }

  /// Whether some lines, or parts of them, are not printed.
  var choosesLines: Bool { !types.isEmpty || condition != nil || select != nil }

  /// Whether none of them is used.
  var isEmpty: Bool { !choosesLines && failOn == nil }
}

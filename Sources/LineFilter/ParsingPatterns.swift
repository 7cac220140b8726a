extension ExpressionParser {
  /// A pattern: `/…/` with flags behind it, or a string.
  mutating func pattern() throws(ExpressionError) -> Pattern {
    skipSpace()
    if next == "\"" {
      let literal = try string()
      return try pattern(literal, PatternFlags())
    }
    guard next == "/" else { throw unexpected("a pattern, /…/ or a string") }
    let literal = try slashed()
    return try pattern(literal, try flags())
  }

  /// What is between slashes. `\/` is a slash; all else stays as it is written.
  private mutating func slashed() throws(ExpressionError) -> StringLiteral {
    let start = position
    var literal = StringLiteral()
    position += 1
    while let scalar = next, scalar != "/" {
      let isEscape = scalar == "\\" && position + 1 < scalars.count
      if isEscape, scalars[position + 1] == "/" { position += 1 }
      literal.append(scalars[position], at: position)
      position += 1
      guard isEscape, literal.scalars.last == "\\", position < scalars.count else { continue }
      literal.append(scalars[position], at: position)
      position += 1
    }
    guard next == "/" else { throw error("nothing closes this pattern", at: start) }
    literal.positions.append(position)
    position += 1
    return literal
  }

  private mutating func flags() throws(ExpressionError) -> PatternFlags {
    var flags = PatternFlags()
    while let flag = next, flag.isNamePart {
      switch flag {
      case "i": flags.ignoresCase = true
      case "m": flags.isMultiline = true
      case "s": flags.dotMatchesAll = true
      default: throw error("\(flag) is no flag of a pattern; i, m and s are")
      }
      position += 1
    }
    return flags
  }

  private func pattern(
    _ literal: StringLiteral, _ flags: PatternFlags
  ) throws(ExpressionError) -> Pattern {
    do throws(PatternError) {
      return try Pattern(literal.scalars, flags)
    } catch {
      throw self.error(error.message, at: literal.positions[error.index])
    }
  }
}

extension StringLiteral {
  fileprivate mutating func append(_ scalar: Unicode.Scalar, at position: Int) {
    scalars.append(scalar)
    positions.append(position)
  }
}

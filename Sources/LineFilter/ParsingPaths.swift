extension ExpressionParser {
  /// A path, whose dot is next.
  mutating func path() throws(ExpressionError) -> ValuePath {
    guard next == "." else { throw pathExpected() }
    position += 1
    var steps: [ValuePath.Step] = []
    if let next, next.isNamePart {
      steps.append(try name())
    } else if next == "." {
      throw error("a name is missing between the dots")
    } else if next == "\"" {
      throw error("an odd name is written .[\"name\"]")
    }
    while true {
      if next == "[" {
        steps.append(try bracket())
      } else if next == "." {
        position += 1
        guard next == "[" || next?.isNamePart ?? false else {
          throw error("a name is missing behind the dot")
        }
        if next != "[" { steps.append(try name()) }
      } else {
        return ValuePath(steps: steps)
      }
    }
  }

  func pathExpected() -> ExpressionError {
    guard next != nil else { return error("a path is missing, such as .type") }
    return error("a path begins with a dot, such as .type")
  }

  private mutating func name() throws(ExpressionError) -> ValuePath.Step {
    if next?.isDigit ?? false {
      throw error("a name begins with no digit; an element is written [0], an odd name [\"0\"]")
    }
    let name = scalars[position...].prefix { $0.isNamePart }
    position += name.count
    return .name(Array(String(name).utf8))
  }

  /// `[]`, `[0]`, `[-1]` or `["name"]`.
  private mutating func bracket() throws(ExpressionError) -> ValuePath.Step {
    let start = position
    position += 1
    skipSpace()
    let step: ValuePath.Step
    switch next {
    case "]": step = .all
    case "\"": step = .name(Array(String(try string().scalars).utf8))
    case let first? where first == "-" || first.isDigit: step = try index()
    case nil: throw error("nothing closes this [", at: start)
    default: throw unexpected("a number, a string or ]")
    }
    skipSpace()
    guard next == "]" else {
      throw next == nil ? error("nothing closes this [", at: start) : unexpected("]")
    }
    position += 1
    return step
  }

  private mutating func index() throws(ExpressionError) -> ValuePath.Step {
    let start = position
    if next == "-" { position += 1 }
    while next?.isDigit ?? false { position += 1 }
    guard let index = Int(String(scalars[start..<position])) else {
      throw error("this is no index", at: start)
    }
    return .index(index)
  }
}

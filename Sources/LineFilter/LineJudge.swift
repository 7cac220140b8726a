import JSONText

/// Says of one line after the other whether an expression is true of it. What patterns have learnt
/// serves the lines to come.
public struct LineJudge {
  private let condition: Condition
  private var matchers: [PatternMatcher]

  /// A judge by an expression.
  public init(_ expression: LineExpression) {
    condition = expression.condition
    matchers = expression.patterns.map(PatternMatcher.init)
  }

  /// Whether the expression is true of a line.
  public mutating func isTrue(of line: inout LineScan) -> Bool { isTrue(condition, of: &line) }

  /// What the expression says of every line of a type, whatever else the line holds; nil where that
  /// decides nothing.
  public func verdict(ofType type: String) -> Bool? {
    var judge = self
    let line = RawJSON(.object([JSONMember(name: "type", value: .string(type))]))
    return line.bytes.withUnsafeBytes { bytes in
      var scan = LineScan()
      scan.begin(bytes)
      return judge.verdict(condition, of: &scan)
    }
  }

  /// What is known of a line of which nothing is but the type.
  private mutating func verdict(_ condition: Condition, of line: inout LineScan) -> Bool? {
    switch condition {
    case .not(let inner): return verdict(inner, of: &line).map { !$0 }
    case .all(let parts): return verdict(of: parts, isDecidedBy: false, &line)
    case .any(let parts): return verdict(of: parts, isDecidedBy: true, &line)
    default: return condition.readsOnlyType ? isTrue(condition, of: &line) : nil
    }
  }

  private mutating func verdict(
    of parts: [Condition], isDecidedBy decisive: Bool, _ line: inout LineScan
  ) -> Bool? {
    var isOpen = false
    for part in parts {
      switch verdict(part, of: &line) {
      case decisive: return decisive
      case nil: isOpen = true
      default: break
      }
    }
    return isOpen ? nil : !decisive
  }

  private mutating func isTrue(_ condition: Condition, of line: inout LineScan) -> Bool {
    switch condition {
    case .constant(let value): return value
    case .not(let inner): return !isTrue(inner, of: &line)
    case .all(let parts):
      for part in parts where !isTrue(part, of: &line) { return false }
      return true
    case .any(let parts):
      for part in parts where isTrue(part, of: &line) { return true }
      return false
    case .holds(let path): return path.first(in: &line) { Value($0).holds }
    case .exists(let path): return path.first(in: &line) { _ in true }
    case .compare(let a, let comparison, let b):
      return anyPair(a, b, in: &line) { comparison.holds($0, $1) }
    case .matches(let operand, let index):
      return operand.first(in: &line) { value in
        value.withString { matchers[index].matches($0) } ?? false
      }
    case .text(let test, let a, let b):
      return anyPair(a, b, in: &line) { test.holds($0, $1) }
    }
  }

  private func anyPair(
    _ a: Operand, _ b: Operand, in line: inout LineScan, _ body: (Value, Value) -> Bool
  ) -> Bool {
    guard a.readsLine else {
      var none = LineScan()
      return a.first(in: &none) { a in b.first(in: &line) { b in body(a, b) } }
    }
    // The values of one side are gone through while one of the other side is held.
    var other = b.readsLine ? line : LineScan()
    return a.first(in: &line) { a in b.first(in: &other) { b in body(a, b) } }
  }
}

extension Condition {
  /// Whether it asks for nothing but the line's type.
  fileprivate var readsOnlyType: Bool {
    switch self {
    case .constant: true
    case .holds(let path), .exists(let path): path.isType
    case .matches(let operand, _): operand.readsOnlyType
    case .compare(let a, _, let b), .text(_, let a, let b): a.readsOnlyType && b.readsOnlyType
    case .not, .all, .any: false
    }
  }
}

extension Operand {
  fileprivate var readsOnlyType: Bool {
    switch self {
    case .path(let path), .length(let path), .kind(let path): path.isType
    case .null, .bool, .number, .string: true
    }
  }
}

extension ValuePath {
  fileprivate var isType: Bool { self == ValuePath(steps: [.name(Array("type".utf8))]) }
}

extension Comparison {
  fileprivate func holds(_ a: Value, _ b: Value) -> Bool {
    switch self {
    case .equal: a.equals(b)
    case .less: a.order(b) == .less
    case .lessOrEqual: a.order(b).map { $0 != .greater } ?? false
    case .greater: a.order(b) == .greater
    case .greaterOrEqual: a.order(b).map { $0 != .less } ?? false
    }
  }
}

extension TextTest {
  fileprivate func holds(_ whole: Value, _ part: Value) -> Bool {
    if self == .contains, case .container(let text) = whole {
      return text.kind == .array && text.firstInside { Value($0).equals(part) }
    }
    let result = whole.withString { whole in
      part.withString { part in
        switch self {
        case .contains: whole.contains(part)
        case .startswith: whole.starts(with: part)
        case .endswith: whole.suffix(part.count).elementsEqual(part)
        }
      }
    }
    return (result ?? nil) ?? false
  }
}

extension UnsafeRawBufferPointer {
  /// Whether `part` stands somewhere in it. In time that grows with the lengths' sum (Knuth, Morris and
  /// Pratt), whatever the two hold.
  fileprivate func contains(_ part: UnsafeRawBufferPointer) -> Bool {
    guard !part.isEmpty else { return true }
    guard part.count <= count else { return false }
    // For each length of a match the length of its longest proper suffix that begins a match, too.
    var fallbacks = [0, 0]
    var length = 0
    for byte in part.dropFirst() {
      while length > 0, part[length] != byte { length = fallbacks[length] }
      if part[length] == byte { length += 1 }
      fallbacks.append(length)
    }
    length = 0
    for byte in self {
      while length > 0, part[length] != byte { length = fallbacks[length] }
      if part[length] == byte { length += 1 }
      if length == part.count { return true }
    }
    return false
  }
}

extension Operand {
  /// Whether its values come from the line.
  fileprivate var readsLine: Bool {
    switch self {
    case .path, .length, .kind: true
    case .null, .bool, .number, .string: false
    }
  }

  /// Hands over the values until `body` says that it is enough.
  fileprivate func first(in line: inout LineScan, where body: (Value) -> Bool) -> Bool {
    switch self {
    case .path(let path): path.first(in: &line) { body(Value($0)) }
    case .null: body(.null)
    case .bool(let value): body(.bool(value))
    case .number(let text): text.withUnsafeBytes { body(.number($0)) }
    case .string(let utf8): utf8.withUnsafeBytes { body(.string($0, hasEscapes: false)) }
    case .length(let path):
      path.first(in: &line) { value in
        guard let length = value.length else { return false }
        return Array(String(length).utf8).withUnsafeBytes { body(.number($0)) }
      }
    case .kind(let path):
      path.first(in: &line) { value in
        Array(value.kindName.utf8).withUnsafeBytes { body(.string($0, hasEscapes: false)) }
      }
    }
  }
}

extension Value {
  /// What a path alone asks for: something other than null and false.
  fileprivate var holds: Bool {
    switch self {
    case .null, .bool(false): false
    default: true
    }
  }
}

extension ValueText {
  /// How many code points, elements or members there are; nil for all else.
  fileprivate var length: Int? {
    Value(self).withString { $0.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) } } ?? count
  }

  fileprivate var kindName: String {
    switch kind {
    case .null: "null"
    case .boolean: "boolean"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}

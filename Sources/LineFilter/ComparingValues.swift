import JSONText

/// A value as comparisons see it. Everything is borrowed.
enum Value {
  case null
  case bool(Bool)
  /// The number as it is written.
  case number(UnsafeRawBufferPointer)
  /// UTF-8, escapes as in JSON if there are any.
  case string(UnsafeRawBufferPointer, hasEscapes: Bool)
  /// An array or object.
  case container(ValueText)

  init(_ text: ValueText) {
    switch text.kind {
    case .null: self = .null
    case .boolean: self = .bool(text.bytes.first == UInt8(ascii: "t"))
    case .number: self = .number(text.bytes)
    case .string:
      let content = text.string?.bytes(in: text.bytes) ?? text.bytes
      self = .string(content, hasEscapes: text.hasEscapes)
    case .array, .object: self = .container(text)
    }
  }

  /// Lends the string's UTF-8, escapes resolved; nil when the value is none.
  func withString<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
    guard case .string(let content, let hasEscapes) = self else { return nil }
    guard hasEscapes else { return body(content) }
    var utf8: [UInt8] = []
    let all = JSONStringRange(hasEscapes: true, start: 0, end: content.count)
    all.appendDecoded(in: content, to: &utf8)
    return utf8.withUnsafeBytes(body)
  }

  /// Whether the values are the same: numbers by what they are worth, strings by their characters'
  /// code points, arrays element by element, objects member by member in any order.
  func equals(_ other: Value) -> Bool {
    switch (self, other) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.number, .number), (.string, .string): order(other) == .equal
    case (.container(let a), .container(let b)): a.equals(b)
    default: false
    }
  }

  /// How two numbers, or two strings, compare; nil for all else. Strings are compared by code points.
  func order(_ other: Value) -> Order? {
    switch (self, other) {
    case (.number(let a), .number(let b)): return Decimal(a).order(Decimal(b))
    case (.string, .string):
      return withString { a in other.withString { b in a.order(b) } } ?? nil
    default: return nil
    }
  }
}

extension UnsafeRawBufferPointer {
  fileprivate func order(_ other: UnsafeRawBufferPointer) -> Order {
    let shorter = Swift.min(count, other.count)
    for index in 0..<shorter where self[index] != other[index] {
      return Order(self[index], other[index])
    }
    return Order(count, other.count)
  }
}

extension ValueText {
  fileprivate func equals(_ other: ValueText) -> Bool {
    guard kind == other.kind else { return false }
    if bytes.elementsEqual(other.bytes) { return true }
    guard let tree, let otherTree = other.tree else { return false }
    return tree.equals(otherTree)
  }

  private var tree: JSONValue? {
    var cursor = JSONCursor(bytes, maximumDepth: JSON.greatestMaximumDepth)
    return try? cursor.readValue()
  }
}

extension JSONValue {
  fileprivate func equals(_ other: JSONValue) -> Bool {
    switch (self, other) {
    case (.number(let a), .number(let b)): return a.equals(b)
    case (.string(let a), .string(let b)): return a.utf8.elementsEqual(b.utf8)
    case (.array(let a), .array(let b)):
      return a.count == b.count && zip(a, b).allSatisfy { $0.equals($1) }
    case (.object(let a), .object(let b)):
      let (a, b) = (Self.table(a), Self.table(b))
      return a.count == b.count
        && a.allSatisfy { name, value in b[name].map(value.equals) ?? false }
    default: return self == other
    }
  }

  /// The members by the UTF-8 of their names: the last one of each name.
  private static func table(_ members: [JSONMember]) -> [[UInt8]: JSONValue] {
    Dictionary(members.map { (Array($0.name.utf8), $0.value) }) { $1 }
  }
}

extension JSONNumber {
  fileprivate func equals(_ other: JSONNumber) -> Bool {
    var (a, b) = (text, other.text)
    return a.withUTF8 { a in
      b.withUTF8 { b in
        Decimal(UnsafeRawBufferPointer(a)).order(Decimal(UnsafeRawBufferPointer(b))) == .equal
      }
    }
  }
}

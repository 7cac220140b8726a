/// A JSON value as a tree, for where convenience counts more than speed.
///
/// Objects keep the order of their members, and members whose name repeats. Equality is that of the
/// texts: order and repetition count, and numbers are equal when they are written alike.
public enum JSONValue: Sendable, Hashable {
  /// `null`
  case null
  /// `true` or `false`
  case bool(Bool)
  /// A number, as written.
  case number(JSONNumber)
  /// A string, escapes resolved.
  case string(String)
  /// An array.
  case array([JSONValue])
  /// An object's members, in order.
  case object([JSONMember])

  /// A whole number.
  public init(_ value: Int) {
    self = .number(JSONNumber(value))
  }

  /// A number; null when it is infinite or NaN, which JSON cannot say.
  public init(_ value: Double) {
    self = JSONNumber(value).map(JSONValue.number) ?? .null
  }
}

/// One member of an object.
public struct JSONMember: Sendable, Hashable {
  /// The name, escapes resolved.
  public var name: String
  /// The value.
  public var value: JSONValue

  /// A member.
  public init(name: String, value: JSONValue) {
    self.name = name
    self.value = value
  }
}

extension JSONValue {
  /// The value of the member with this name; of the last one when the name repeats, as
  /// `JSON.parse` does. Nil when there is none, or when this is not an object.
  public subscript(name: String) -> JSONValue? {
    // By UTF-8: the names of JSON are not normalised, as comparing Strings would do.
    objectValue?.last { $0.name.utf8.elementsEqual(name.utf8) }?.value
  }

  /// The element at an index. Nil when there is none, or when this is not an array.
  public subscript(index: Int) -> JSONValue? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }

  /// The kind of the value.
  public var kind: JSONKind {
    switch self {
    case .null: .null
    case .bool: .boolean
    case .number: .number
    case .string: .string
    case .array: .array
    case .object: .object
    }
  }

  /// The truth value. Nil when this is none.
  public var boolValue: Bool? {
    guard case .bool(let value) = self else { return nil }
    return value
  }

  /// The whole number. Nil when this is none or does not fit.
  public var intValue: Int? {
    guard case .number(let number) = self else { return nil }
    return number.int
  }

  /// The nearest `Double`. Nil when this is not a number.
  public var doubleValue: Double? {
    guard case .number(let number) = self else { return nil }
    return number.double
  }

  /// The string. Nil when this is none.
  public var stringValue: String? {
    guard case .string(let value) = self else { return nil }
    return value
  }

  /// The elements. Nil when this is not an array.
  public var arrayValue: [JSONValue]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }

  /// The members. Nil when this is not an object.
  public var objectValue: [JSONMember]? {
    guard case .object(let members) = self else { return nil }
    return members
  }
}

extension JSONValue: CustomStringConvertible {
  /// The JSON text.
  public var description: String { RawJSON(self).description }
}

public import JSONText
public import Yjs

/// Reads values of JavaScript as JSON, and notes where that is less than they are.
struct ReadingAny {
  /// Whether the JSON has said all.
  private(set) var isWhole = true

  mutating func json(_ value: AnyValue) -> JSONValue {
    switch value {
    case .null: return .null
    case .bool(let value): return .bool(value)
    case .string(let value): return .string(value)
    case .array(let elements): return .array(elements.map { json($0) })
    case .object(let members):
      return .object(members.map { JSONMember(name: $0.name, value: json($0.value)) })
    case .number(let value):
      if let number = JSONNumber(value) { return .number(number) }
      isWhole = false
      return .null
    case .undefined:
      isWhole = false
      return .null
    case .bigInt(let value):
      isWhole = false
      return .number(JSONNumber(Int(value)))
    case .binary(let bytes):
      isWhole = false
      return .string(Base64.encode(bytes))
    }
  }
}

extension JSONValue {
  /// What JSON can say of a value of JavaScript: of bytes their base64; of numbers that JSON does not
  /// know and of `undefined` null.
  public init(_ value: AnyValue) {
    var reading = ReadingAny()
    self = reading.json(value)
  }
}

extension AnyValue {
  /// The value that `JSON.parse` makes of it: numbers are doubles, and of members of one name the last
  /// one counts.
  public init(_ json: JSONValue) {
    switch json {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .number(let number): self = .number(number.double)
    case .string(let value): self = .string(value)
    case .array(let elements): self = .array(elements.map { AnyValue($0) })
    case .object(let members):
      var places: [[UInt8]: Int] = [:]
      var kept: [Member] = []
      for member in members {
        let value = AnyValue(member.value)
        if let place = places[Array(member.name.utf8)] {
          kept[place].value = value
        } else {
          places[Array(member.name.utf8)] = kept.count
          kept.append(Member(name: member.name, value: value))
        }
      }
      self = .object(kept)
    }
  }
}

/// Where a value comes from, the first of these that has one.
enum ValueSource: Hashable, Sendable, CustomStringConvertible {
  case option
  case environment(variable: String)
  case profile(name: String)
  case `default`

  var isEnvironment: Bool { if case .environment = self { true } else { false } }
  var isProfile: Bool { if case .profile = self { true } else { false } }

  var description: String {
    switch self {
    case .option: "option"
    case .environment: "environment"
    case .profile: "profile"
    case .default: "default"
    }
  }
}

/// A value, and where it comes from.
struct Sourced<Value: Sendable>: Sendable {
  let value: Value
  let source: ValueSource
}

extension Sourced {
  func map<Other>(_ transform: (Value) -> Other) -> Sourced<Other> {
    Sourced<Other>(value: transform(value), source: source)
  }
}

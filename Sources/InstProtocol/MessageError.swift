public import JSONText

/// Why a text is not a message.
public enum MessageError: Error, Hashable, Sendable {
  /// The text is not JSON.
  case notJSON(JSONError)
  /// Fields are missing or have the wrong type: all of them, in the order of the schema.
  case invalidFields([FieldIssue])
}

/// What is wrong with one field.
public struct FieldIssue: Hashable, Sendable {
  /// One step from a value to a value inside it.
  public enum Step: Hashable, Sendable {
    /// To the member of that name.
    case name(String)
    /// To the element at that index.
    case index(Int)
  }

  /// What kind of wrong.
  public enum Problem: Hashable, Sendable {
    /// Another kind of value than the one expected; found is nil when there is no value at all.
    case wrongType(expected: String, found: JSONKind?)
    /// A string that must not be empty is.
    case emptyString
    /// A number beyond the range of a `Double`.
    case numberOutOfRange
    /// None of the values that are known here.
    case unknownValue
  }

  /// Where the field is, from the message down.
  public var path: [Step]
  /// What is wrong.
  public var problem: Problem

  /// An issue with the field at a path.
  public init(path: [Step], problem: Problem) {
    self.path = path
    self.problem = problem
  }
}

extension MessageError: CustomStringConvertible {
  /// One sentence part for people.
  public var description: String {
    switch self {
    case .notJSON(let error): "not JSON: \(error)"
    case .invalidFields(let issues): issues.map(\.description).joined(separator: "; ")
    }
  }
}

extension FieldIssue: CustomStringConvertible {
  /// The path and what is wrong, for people.
  public var description: String {
    path.isEmpty ? "\(problem)" : "\(formattedPath): \(problem)"
  }

  /// The path as text, such as `updates[2]`.
  public var formattedPath: String {
    path.reduce(into: "") { text, step in
      switch step {
      case .name(let name): text += text.isEmpty ? name : ".\(name)"
      case .index(let index): text += "[\(index)]"
      }
    }
  }
}

extension FieldIssue.Problem: CustomStringConvertible {
  /// What is wrong, for people.
  public var description: String {
    switch self {
    case .wrongType(let expected, let found?): "expected \(expected), not \(found)"
    case .wrongType(let expected, nil): "expected \(expected), but there is nothing"
    case .emptyString: "must not be empty"
    case .numberOutOfRange: "the number is out of range"
    case .unknownValue: "not one of the known values"
    }
  }
}

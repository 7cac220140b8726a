import JSONText
import LineFilter

extension Failure {
  /// An expression or path that is none.
  init(_ error: ExpressionError, in option: String) {
    self = .usage("\(option): \(error)", hint: "the language: instctl help expressions")
    facts = [
      JSONMember(name: "expression", value: .string(error.text)),
      JSONMember(name: "column", value: JSONValue(error.column)),
    ]
  }

  /// The line that `--fail-on` tells of.
  static func forbiddenLine(_ expression: String, type: String, time: String) -> Failure {
    Failure(
      code: "fail_on", layer: .server,
      message: "a line of type \(type) is one that --fail-on tells of: \(expression)", exit: .no,
      facts: [
        JSONMember(name: "expression", value: .string(expression)),
        JSONMember(name: "lineType", value: .string(type)),
        JSONMember(name: "lineTime", value: .string(time)),
      ])
  }

  /// The line of the text that something is wrong with, and a caret under the place; nil where there is
  /// none. It has no control characters.
  var excerpt: [String]? {
    let facts = JSONValue.object(self.facts)
    guard let text = facts["expression"]?.stringValue, let column = facts["column"]?.intValue
    else { return nil }
    let scalars = text.unicodeScalars.map {
      $0.properties.generalCategory == .control ? " " : $0
    }
    // Of a long text what surrounds the place.
    let start = max(0, column - 1 - Self.excerptWidth / 2)
    var line = String.UnicodeScalarView()
    line.append(contentsOf: scalars.dropFirst(start).prefix(Self.excerptWidth))
    return [String(line), String(repeating: " ", count: max(0, column - 1 - start)) + "^"]
  }

  private static let excerptWidth = 70
}

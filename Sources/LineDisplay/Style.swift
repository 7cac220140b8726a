/// What a piece of text is, which decides how it looks where colours are shown.
public enum Style: Sendable, Hashable {
  /// As the terminal shows text by itself.
  case plain
  /// Of less interest: times, sizes, marks between things.
  case dim
  /// What to look at first.
  case strong
  /// It is well.
  case good
  /// It is on its way, or may need attention.
  case warning
  /// It has failed.
  case bad
  /// Who: an inst, a device.
  case name
  /// The name of a member.
  case key
  /// A string of JSON, base64.
  case string
  /// A number.
  case number
  /// `true`, `false`, `null`.
  case literal
  /// What came from the server by itself.
  case arrival
  /// What stands for a character that must not be shown as it is.
  case escape
  /// A heading.
  case heading

  /// The parameters of "select graphic rendition" (ECMA-48 section 8.3.117): of the 16 colours that
  /// each terminal lets its user choose.
  var parameters: StaticString {
    switch self {
    case .plain: ""
    case .dim: "2"
    case .strong: "1"
    case .good: "32"
    case .warning: "33"
    case .bad: "31"
    case .name: "35"
    case .key: "34"
    case .string: "32"
    case .number: "36"
    case .literal: "35"
    case .arrival: "36"
    case .escape: "7"
    case .heading: "7"
    }
  }
}

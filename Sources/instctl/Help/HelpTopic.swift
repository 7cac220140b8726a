/// A page of `instctl help TOPIC`: the man pages are made from the same.
struct HelpTopic: Sendable {
  /// A part of a page.
  enum Part: Sendable {
    /// A paragraph.
    case text(String)
    /// A heading of its own.
    case heading(String)
    /// Things and what they mean.
    case table([Row])
    /// Lines as they are typed.
    case code([String])
  }

  struct Row: Sendable {
    let name: String
    let meaning: String
  }

  let name: String
  /// What the page is about, in half a sentence.
  let abstract: String
  let parts: [Part]

  /// Every page. Made when it is asked for: no other command needs them.
  static var all: [HelpTopic] { [exitCodes, output, trace, expressions, environment, auth] }

  /// The names of all pages, known without making them.
  static let names = ["exit-codes", "output", "trace", "expressions", "environment", "auth"]

  static func named(_ name: String) -> HelpTopic? { all.first { $0.name == name } }
}

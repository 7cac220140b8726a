/// The language in a few tables, for the help.
public enum ExpressionGuide {
  /// Something that can be written, and what it means.
  public struct Entry: Sendable {
    /// What is written.
    public let form: String
    /// What it means.
    public let meaning: String
  }

  /// An expression with a line of which it is true, and one of which it is not.
  public struct Example: Sendable {
    /// The expression.
    public let expression: String
    /// What it says.
    public let meaning: String
    let line: String
    let otherLine: String
  }

  /// Where values stand.
  public static let paths = [
    Entry(form: ".action.event.name", meaning: "a field of a field of a field"),
    Entry(
      form: ".updates[0]  .updates[-1]", meaning: "the first element of an array, and the last"),
    Entry(
      form: ".updates[]",
      meaning: "every element of an array, or every value of an object's fields"),
    Entry(form: ".headers[\"content-type\"]", meaning: "a field of any name, as a JSON string"),
    Entry(form: ".", meaning: "the whole line"),
  ]

  /// What is true or false.
  public static let conditions = [
    Entry(
      form: "A == B  A != B",
      meaning: "the values are the same, numbers by what they are worth, exactly; or they are not"),
    Entry(
      form: "A < B  A <= B  A > B  A >= B",
      meaning:
        "the order of two numbers, or of two strings by their code points; false for all else"
    ),
    Entry(
      form: "A =~ /PATTERN/  A !~ /PATTERN/",
      meaning:
        "the pattern matches somewhere in the string, or it does not; the pattern may also be a string"
    ),
    Entry(
      form: "contains(A, B)", meaning: "the string A has B in it, or the array A has the element B"),
    Entry(
      form: "startswith(A, B)  endswith(A, B)", meaning: "the string A begins or ends with B"),
    Entry(form: "PATH", meaning: "there is a value other than null and false"),
    Entry(form: "has(PATH)", meaning: "there is a value, which may be null"),
    Entry(
      form: "not C  C and C  C or C  ( C )",
      meaning: "binding in this order; also written !, && and ||"),
  ]

  /// What conditions compare.
  public static let values = [
    Entry(form: "PATH", meaning: "what stands there"),
    Entry(form: "\"text\"  -1.5e3  true  null", meaning: "strings, numbers and words as in JSON"),
    Entry(
      form: "length(PATH)",
      meaning: "how many code points a string has, elements an array, fields an object"),
    Entry(
      form: "type(PATH)",
      meaning: "\"string\", \"number\", \"boolean\", \"null\", \"array\", \"object\""),
  ]

  /// What patterns are made of.
  public static let patterns = [
    Entry(
      form: ".  [a-z_]  [^,]", meaning: "any character but a line feed, one of these, any but these"
    ),
    Entry(
      form: "\\d \\w \\s  \\D \\W \\S",
      meaning: "an ASCII digit, letter or digit or _, white space; anything else"),
    Entry(form: "A*  A+  A?  A{2}  A{2,}  A{2,5}", meaning: "so many times"),
    Entry(form: "AB  A|B  (A)  (?:A)", meaning: "one behind the other, one of both, a group"),
    Entry(
      form: "^  $  \\b  \\B", meaning: "the text's start and end, a word's border, no such border"),
    Entry(form: "\\.  \\/  \\n \\t \\r \\f \\v  \\x41  \\u00e9", meaning: "single characters"),
    Entry(
      form: "/A/i  /A/m  /A/s",
      meaning:
        "upper and lower case are the same; ^ and $ are the ends of lines, too; . is a line feed, too"
    ),
  ]

  /// What can be done with it.
  public static let examples = [
    Example(
      expression: ".type == \"sync\"", meaning: "the first state is complete",
      line: #"{"type":"sync","complete":true}"#,
      otherLine: #"{"type":"updates","updates":[],"initial":true}"#),
    Example(
      expression: ".type == \"action\" and .action.event.name =~ /^chat/i",
      meaning: "actions whose event's name begins with chat",
      line: #"{"type":"action","action":{"event":{"name":"Chat-Open"}}}"#,
      otherLine: #"{"type":"action","action":{"event":{"name":"open chat"}}}"#),
    Example(
      expression: ".updates and not .initial", meaning: "news, not the first state",
      line: #"{"type":"updates","updates":["AA=="],"initial":false}"#,
      otherLine: #"{"type":"updates","updates":["AA=="],"initial":true}"#),
    Example(
      expression: "length(.updates) >= 2 or .replay",
      meaning: "several updates at once, or a state again",
      line: #"{"type":"updates","updates":["AA==","AA=="],"initial":false}"#,
      otherLine: #"{"type":"updates","updates":["AA=="],"initial":false}"#),
    Example(
      expression: ".type == \"error\" or .state == \"reconnecting\"",
      meaning: "what a check should fail on",
      line: #"{"type":"connection","state":"reconnecting","connected":false}"#,
      otherLine: #"{"type":"connection","state":"connected","connected":true}"#),
    Example(
      expression: ".connection.userId == null", meaning: "devices of nobody who is signed in",
      line: #"{"type":"device_connected","connection":{"connectionId":"c","userId":null}}"#,
      otherLine: #"{"type":"device_connected","connection":{"connectionId":"c","userId":"u"}}"#),
    Example(
      expression: ".offsetMs > 1000 or .offsetMs < -1000",
      meaning: "a clock that is off by more than a second",
      line: #"{"type":"timesync","offsetMs":-1000.5}"#,
      otherLine: #"{"type":"timesync","offsetMs":999}"#),
  ]
}

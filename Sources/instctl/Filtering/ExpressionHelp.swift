import LineFilter

extension HelpTopic {
  /// `instctl help expressions`: from the language's own tables.
  static var expressions: HelpTopic {
    HelpTopic(
      name: "expressions", abstract: "choosing lines, and values of them",
      parts: [
        .text(
          "Every command that prints lines can choose among them by itself. In a shell an expression stands in "
            + "single quotes."),
        .table(options),
        .text(
          "--until and --fail-on look at every line, whether it is printed or not. --count, --for, --idle, "
            + "--until-synced and --ready-file do not depend on what is printed; --events of watch, however, says "
            + "which lines there are at all. The first end that is met wins: with --until unmet --timeout and "
            + "--idle end with exit code 124, --for and --count, planned ends, with 0."),
        .heading("Paths"), .table(ExpressionGuide.paths.map(Row.init)),
        .text(
          "Where nothing stands, a path has no value. Of a name that repeats the last field counts; type, "
            + "time, recordName, inst and branch are those at the line's beginning."),
        .heading("Conditions"), .table(ExpressionGuide.conditions.map(Row.init)),
        .text(
          "A and B are values. A condition about a path with several values, by [], is true when it is true "
            + "of any of them; about one without a value it is false. != and !~ are the opposites of == and =~, so "
            + "they are true where there is no value."),
        .heading("Values"), .table(ExpressionGuide.values.map(Row.init)),
        .heading("Patterns"), .table(ExpressionGuide.patterns.map(Row.init)),
        .text(
          "A pattern reads a text once, however it is written: there are no references to groups, and no "
            + "looking ahead or behind."),
        .heading("Examples"),
        .table(ExpressionGuide.examples.map { Row(name: $0.expression, meaning: $0.meaning) }),
        .code([
          "instctl watch /demo --type action --select .action.event",
          "instctl watch /demo --where '.updates and not .initial' --select '.updates[]' --raw-strings",
          "instctl watch /demo --until '.action.event.name == \"ready\"' --timeout 30s",
          "instctl timesync --fail-on '.offsetMs > 1000 or .offsetMs < -1000'",
        ]),
      ])
  }

  private static let options = [
    Row(name: "--type T,T…", meaning: "print only lines of these types"),
    Row(name: "--where C", meaning: "print only lines for which the condition is true"),
    Row(
      name: "--select PATH",
      meaning:
        "print what is at the path instead of the line: each value as JSON on a line of its own"),
    Row(
      name: "--raw-strings",
      meaning: "selected strings as they are, line breaks in them, too, without quotes and escapes"),
    Row(
      name: "--until C",
      meaning: "end after the first line for which the condition is true (commands that go on)"),
    Row(
      name: "--fail-on C",
      meaning: "end with exit code 1 after the first line for which the condition is true"),
  ]
}

extension HelpTopic.Row {
  fileprivate init(_ entry: ExpressionGuide.Entry) {
    self.init(name: entry.form, meaning: entry.meaning)
  }
}

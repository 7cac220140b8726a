import ArgumentParser

/// Which lines are printed, and what of them. The language is in ``LineFilter``, its description in
/// `instctl help expressions`.
struct FilterOptions: ParsableArguments {
  @Option(
    name: .customLong("type"),
    help: ArgumentHelp(
      "Print only lines of these types, with commas between them. May be repeated.",
      valueName: "types"),
    completion: .custom { words, _, _ in LineTypeCompletion.types(words) })
  var types: [String] = []

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "Print only lines for which this is true, such as '.action.event.name == \"chat\"'; see 'instctl help "
        + "expressions'.", valueName: "expr"))
  var condition: ExpressionArgument?

  @Option(
    help: ArgumentHelp(
      "Print of each line only what is at this path, such as .updates[], one value a line.",
      valueName: "path"))
  var select: PathArgument?

  @Flag(help: "Print selected strings as they are, without quotes and escapes.")
  var rawStrings = false

  @Option(
    help: ArgumentHelp(
      "Fail (exit 1) with the first line for which this is true, printed or not.",
      valueName: "expr"))
  var failOn: ExpressionArgument?

  func validate() throws {
    if rawStrings, select == nil {
      throw ValidationError("--raw-strings is about what --select prints")
    }
  }
}

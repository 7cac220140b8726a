import ArgumentParser

/// When a long-running command ends; the first that is met wins.
struct EndingOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "End after so many: updates lines, devices that came or went, samples, frames, or answers.",
      valueName: "n"))
  var count: Int?

  @Flag(name: .customShort("1"), help: "The same as --count 1.")
  var one = false

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp("End after this time.", valueName: "duration"))
  var duration: DurationArgument?

  @Option(
    help: ArgumentHelp(
      "End when nothing has arrived for so long. Where not even what comes first arrives, such as the "
        + "branch's state, fail (exit 124) after as long, or 10s if that is more.",
      valueName: "duration"))
  var idle: DurationArgument?

  @Option(
    help: ArgumentHelp(
      "Fail (exit 124) when nothing else has ended the command by then.", valueName: "duration"))
  var timeout: DurationArgument?

  @Option(
    help: ArgumentHelp(
      "End after the first line for which this is true, printed or not; see 'instctl help expressions'.",
      valueName: "expr"))
  var until: ExpressionArgument?

  /// How many lines end the command, by either option.
  var lineCount: Int? { one ? 1 : count }

  /// Whether there is an end other than by the time of failing.
  var saysWhenToEnd: Bool {
    lineCount != nil || duration != nil || idle != nil || until != nil
  }

  /// The same, with what the settings say where the options say nothing.
  ///
  /// - Throws: usage, where `--until` has no expression.
  func settled(_ settings: Settings) throws(Failure) -> EndingOptions {
    _ = try until?.expression(of: "--until")
    var settled = self
    settled.timeout = settings.timeout?.value
    return settled
  }

  func validate() throws {
    if one, count != nil { throw ValidationError("-1 and --count exclude each other") }
    if let count, count < 1 { throw ValidationError("--count must be at least 1") }
  }
}

/// The end of a command that begins with a present state.
struct UntilSyncedOption: ParsableArguments {
  @Flag(help: "End once the branch's present state has been printed.")
  var untilSynced = false
}

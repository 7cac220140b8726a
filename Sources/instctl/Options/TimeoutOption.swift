import ArgumentParser

/// For how long a command that asks for something waits.
struct TimeoutOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Fail (exit 124) when nothing has moved for so long. (default: 10s)", valueName: "duration"))
  var timeout: DurationArgument?
}

import ArgumentParser

/// What is printed, and how.
struct OutputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The form of the output: json, the command's lines; pretty, the same for reading; raw, instead of them "
        + "the frames of the wire as they go and come, as lines of type frame. (default: json)",
      valueName: "form"))
  var output: OutputForm?

  @Option(
    help: ArgumentHelp(
      "Colours in pretty output: auto, on a terminal, unless NO_COLOR is set or TERM is dumb; always; or "
        + "never. (default: auto)", valueName: "when"))
  var color: ColorChoice?

  @Option(
    help: ArgumentHelp(
      "The form of what goes to stderr. (default: text on a terminal, else json)",
      valueName: "form"))
  var logFormat: LogFormat?

  @Flag(
    name: .shortAndLong,
    help: "Tell on stderr each step of a connection, with its time; twice for each frame, too.")
  var verbose: Int

  @Flag(name: .shortAndLong, help: "No diagnostics but errors.")
  var quiet = false

  @OptionGroup(title: "Choosing lines") var filter: FilterOptions

  func validate() throws {
    if quiet, verbose > 0 { throw ValidationError("--quiet and --verbose exclude each other") }
  }
}

/// The forms of the output.
enum OutputForm: String, ExpressibleByArgument, CaseIterable, Sendable {
  case json, pretty, raw
}

/// Whether pretty output has colours.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
  case auto, always, never
}

/// The forms of what goes to stderr.
enum LogFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
  case text, json

  /// What options or environment ask for, where neither could be read as a whole.
  static func askedFor(in arguments: [String]) -> LogFormat? {
    let option = Setting.logFormat.option
    for (index, argument) in arguments.enumerated().reversed() {
      if argument == option, index + 1 < arguments.count {
        return LogFormat(rawValue: arguments[index + 1])
      }
      if argument.hasPrefix(option + "=") {
        return LogFormat(rawValue: String(argument.dropFirst(option.count + 1)))
      }
    }
    return Secrets.environment(Setting.logFormat.variable).flatMap(LogFormat.init)
  }
}

import ArgumentParser
import JSONText
import Transport

/// `instctl profile use`.
struct ProfileUse: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "use",
    abstract: "Use a profile for every command that is told nothing else.",
    discussion: """
      Prints one line of type profile. INSTCTL_PROFILE and --profile count before it.

      Examples:
        instctl profile add local -s http://127.0.0.1:3000
        instctl profile use local
        instctl profile use --none
      """)

  @Argument(
    help: ArgumentHelp("The profile's name.", valueName: "name"),
    completion: .custom { _, _, _ in ProfileCompletion.names() })
  var name: String?

  @Flag(help: "Use no profile any more.")
  var none = false

  @OptionGroup(title: "Output") var output: OutputOptions

  func validate() throws {
    if none == (name != nil) { throw ValidationError("give a profile's name, or --none") }
  }

  func run() throws {
    let settings = try Settings(nil, output, profile: .none)
    try settings.refuseFrames()
    let store = try ProfileStore.required()
    CommandRun.execute(settings) { run throws(Failure) in
      try store.use(name)
      guard let name else { return run.diagnostics.tell("no profile is in use") }
      run.output.profileLine(name) { writer in
        writer.key("used")
        writer.bool(true)
      }
    }
  }
}

import ArgumentParser
import JSONText
import Transport

/// `instctl profile remove`.
struct ProfileRemove: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Remove a profile.",
    discussion: """
      Prints one line of type profile. What 'instctl login' has stored for the server stays: 'instctl logout' \
      removes it.

      Examples:
        instctl profile add old -s http://127.0.0.1:3000
        instctl profile remove old
      """)

  @Argument(
    help: ArgumentHelp("The profile's name.", valueName: "name"),
    completion: .custom { _, _, _ in ProfileCompletion.names() })
  var name: String

  @OptionGroup(title: "Output") var output: OutputOptions

  func run() throws {
    let settings = try Settings(nil, output, profile: .none)
    try settings.refuseFrames()
    let store = try ProfileStore.required()
    CommandRun.execute(settings) { run throws(Failure) in
      try store.remove(name)
      run.output.profileLine(name) { writer in
        writer.key("removed")
        writer.bool(true)
      }
    }
  }
}

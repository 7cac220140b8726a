import ArgumentParser
import JSONText
import Transport

/// `instctl profile list`.
struct ProfileList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the profiles.",
    discussion: """
      Prints a line of type profile for each: name, server, and whether it is the one in use.

      Examples:
        instctl profile list
        instctl profile list | jq -r 'select(.used).name'
      """)

  @OptionGroup(title: "Output") var output: OutputOptions

  func run() throws {
    let settings = try Settings(nil, output, profile: .none)
    try settings.refuseFrames()
    let store = try ProfileStore.required()
    var profiles: [Profile] = []
    for name in try store.names() { profiles.append(try store.required(name)) }
    let (found, used) = (profiles, try store.used())
    CommandRun.execute(settings) { run throws(Failure) in
      for profile in found {
        run.output.profileLine(profile.name) { writer in
          writer.key("server")
          writer.shown(.server, profile.texts(.server))
          writer.key("used")
          writer.bool(profile.name == used)
        }
      }
    }
  }
}

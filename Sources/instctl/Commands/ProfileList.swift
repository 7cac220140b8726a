import ArgumentParser
import JSONText
import Transport

/// `instctl profile list`.
struct ProfileList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the profiles.",
    discussion: """
      Prints a line of type profile for each: name, server, and whether it is the one in use. Those that \
      cannot be read are told of on stderr, and make it fail (exit 78) behind the others.

      Examples:
        instctl profile list
        instctl profile list | jq -r 'select(.used).name'
      """)

  @OptionGroup(title: "Output") var output: OutputOptions

  func run() throws {
    let settings = try Settings(nil, output, profile: .none)
    try settings.refuseFrames()
    let store = try ProfileStore.required()
    let (names, used) = (try store.names(), try store.used())
    CommandRun.execute(settings) { run throws(Failure) in
      var failure: Failure?
      for name in names {
        let profile: Profile
        do throws(Failure) { profile = try store.required(name) } catch {
          if failure == nil { failure = error } else { run.diagnostics.warn(error.message) }
          continue
        }
        run.output.profileLine(profile.name) { writer in
          writer.key("server")
          writer.shown(.server, profile.texts(.server))
          writer.key("used")
          writer.bool(profile.name == used)
        }
      }
      if let failure { throw failure }
    }
  }
}

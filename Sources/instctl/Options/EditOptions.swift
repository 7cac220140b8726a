import ArgumentParser
import InstDocument
import Transport

/// What commands take that change bots.
struct EditOptions: ParsableArguments {
  @OptionGroup var branch: BranchOptions

  @Flag(help: "Print the update, as a line of type updates, instead of sending it.")
  var dryRun = false

  @Flag(help: "Leave out stored updates that cannot be decoded, with a warning for each.")
  var skipUndecodable = false

  @OptionGroup(title: "Connection") var server: ServerOptions
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup(title: "Waiting") var waiting: TimeoutOption

  /// Runs a command to its end.
  ///
  /// - Parameters:
  ///   - readsInput: whether the edits come by stdin.
  ///   - edits: the changes to make.
  func run(
    readsInput: Bool = false,
    _ edits: @escaping @EventLoop @Sendable () async throws(Failure) -> [BotEdit]
  ) throws -> Never {
    let settings = try Settings(server, output, branch: branch, timeout: waiting.timeout)
    if readsInput, try settings.readsSecretFromInput() {
      throw Failure.usage("stdin cannot hold both the secret and the changes")
    }
    let connection = try ServerConnection(settings)
    let address = try branch.address(settings)
    CommandRun.execute(settings) { run throws(Failure) in
      let editing = BotEditing(
        run, settings, connection, address, isDry: dryRun, skips: skipUndecodable)
      try await editing.make(edits)
    }
  }
}

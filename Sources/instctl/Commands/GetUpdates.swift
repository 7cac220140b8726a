import ArgumentParser
import InstClient
import InstProtocol
import JSONText
import Transport

/// `instctl get-updates`.
struct GetUpdates: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get-updates",
    abstract: "Print every stored update of a branch, once.",
    discussion: """
      Prints one line of type updates, which holds all updates in stored order, and their timestamps. \
      Fed to add-updates it copies the branch. With --decode an update that cannot be decoded gives exit \
      code 65, after all lines.

      Examples:
        export INSTCTL_SERVER=http://127.0.0.1:3000
        instctl get-updates myInst
        instctl get-updates myInst | jq '.updates | length'
        instctl get-updates myInst --branch main > backup.json
      """)

  @OptionGroup var branch: BranchOptions
  @OptionGroup(title: "Connection") var server: ServerOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  @Flag(
    help: ArgumentHelp(
      "Tell behind the line what its updates say, as decode does: lines of type decoded."))
  var decode = false

  @OptionGroup(title: "Waiting") var waiting: TimeoutOption

  func run() throws {
    let settings = try Settings(server, output, branch: branch, timeout: waiting.timeout)
    let connection = try ServerConnection(settings)
    let address = try branch.address(settings)
    CommandRun.execute(settings) { run throws(Failure) in
      let stored = try await Self.stored(address, connection, run, settings)
      Self.print(stored, to: run.output)
      guard decode else { return }
      run.output.flush()
      // What has come can be decoded whatever becomes of the server.
      await run.close?()
      run.close = nil
      let lines = DecodedLines(run, stored.address)
      let computation = LongComputation()
      for update in stored.found {
        lines.decode(update)
        await computation.pause()
        if run.output.isStalled { await run.output.finish() }
      }
      try lines.finish()
    }
  }

  @EventLoop
  private static func stored(
    _ address: BranchAddress, _ connection: ServerConnection, _ run: CommandRun,
    _ settings: Settings
  ) async throws(Failure) -> BranchSnapshot {
    let client = try connection.client(
      for: address.instAddress, reconnects: false, showingFramesTo: settings.frameObserver(run))
    let request = RequestRun(
      run, client, timeout: settings.timeout(default: 10_000), what: "the updates did not come")
    request.start()
    Progress.showReceiving(in: run) { client.receivedBytes }
    do throws(ClientError) {
      let stored = try await client.getBranchUpdates(address)
      run.progress?.stop()
      withExtendedLifetime(request) {}
      return stored
    } catch { throw Failure(error) }
  }

  @EventLoop
  private static func print(_ stored: BranchSnapshot, to output: StandardOutput) {
    output.beginLine(LineHead("\"type\":\"updates\"", stored.address))
    stored.message.bytes.withUnsafeBytes { bytes in
      output.writer.members(of: bytes, but: ["type", "recordName", "inst", "branch"])
    }
    output.endLine()
  }
}

import ArgumentParser
import InstClient
import InstProtocol
import JSONText
import Transport

/// `instctl get-updates`.
struct GetUpdates: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print every stored update of a branch, once.",
    discussion: """
      Prints one line of type updates, which holds all updates in stored order, and their timestamps. \
      Fed to add-updates it copies the branch.

      Examples:
        instctl get-updates -s https://inst.example.com myInst
        instctl get-updates myInst | instctl add-updates copyOfMyInst
        instctl get-updates myInst | jq '.updates | length'
      """)

  @OptionGroup var branch: BranchOptions
  @OptionGroup(title: "Connection") var server: ServerOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  @OptionGroup(title: "Waiting") var waiting: TimeoutOption

  func run() throws {
    let settings = try Settings(server, output, branch: branch, timeout: waiting.timeout)
    let connection = try ServerConnection(settings)
    let address = try branch.address(settings)
    let timeout = settings.timeout(default: 10_000)
    CommandRun.execute(settings) { run throws(Failure) in
      let client = try connection.client(
        for: address.instAddress, reconnects: false, showingFramesTo: settings.frameObserver(run))
      let request = RequestRun(
        run, client, timeout: timeout, what: "the updates did not come")
      request.start()
      do throws(ClientError) {
        let stored = try await client.getBranchUpdates(address)
        withExtendedLifetime(request) { Self.print(stored, to: run.output) }
      } catch { throw Failure(error) }
    }
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

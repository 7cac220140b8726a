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

  @Option(
    help: ArgumentHelp(
      "Fail (exit 124) when nothing has moved for so long.", valueName: "duration"))
  var timeout = DurationArgument(milliseconds: 10_000, text: "10s")

  func run() throws {
    let diagnostics = output.diagnostics
    let connection = try ServerConnection(server, diagnostics: diagnostics)
    let address = try branch.address()
    CommandRun.execute(diagnostics) { run throws(Failure) in
      let client = try connection.client(for: address.instAddress, reconnects: false)
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
    let shown = ["type", "recordName", "inst", "branch"]
    stored.message.bytes.withUnsafeBytes { bytes in
      var cursor = JSONCursor(bytes)
      do throws(JSONError) {
        try cursor.beginObject()
        while let name = try cursor.nextKey() {
          let value = try cursor.skipValue().bytes(in: bytes)
          guard !shown.contains(name.decoded(in: bytes)) else { continue }
          output.writer.key(string: name.decoded(in: bytes))
          output.writer.passThrough(value)
        }
      } catch {
        // It has been scanned once; what cannot be read cannot have come this far.
      }
    }
    output.endLine()
  }
}

import ArgumentParser
import InstClient
import InstProtocol
import JSONText
import Transport

/// `instctl count`.
struct Count: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "count",
    abstract: "Count the connections that watch a branch, or all connections of the server.",
    discussion: """
      Prints one line: {"type":"count","count":N}.

      Examples:
        export INSTCTL_SERVER=http://127.0.0.1:3000
        instctl count myInst
        instctl count rec/inst --branch main | jq .count
        instctl count --all
      """)

  @OptionGroup var branch: OptionalBranchOptions

  @Flag(help: "Count every connection that is logged in, whatever it watches.")
  var all = false

  @OptionGroup(title: "Connection") var server: ServerOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  @OptionGroup(title: "Waiting") var waiting: TimeoutOption

  func validate() throws {
    if all, branch.inst != nil || branch.sayMoreThanAnInst {
      throw ValidationError(
        "--all counts whatever is watched: no inst, branch or record goes with it")
    }
    if !all, branch.inst == nil { throw ValidationError("give an inst, or --all") }
  }

  func run() throws {
    let settings = try Settings(server, output, branch: branch, timeout: waiting.timeout)
    let connection = try ServerConnection(settings)
    let address = try branch.address(settings)
    let timeout = settings.timeout(default: 10_000)
    CommandRun.execute(settings) { run throws(Failure) in
      let client = try connection.client(
        for: address?.instAddress, reconnects: false, showingFramesTo: settings.frameObserver(run))
      let request = RequestRun(run, client, timeout: timeout, what: "the count did not come")
      request.start()
      do throws(ClientError) {
        let count = try await client.getConnectionCount(ConnectionCountRequest(address))
        withExtendedLifetime(request) {
          run.output.line(LineHead("\"type\":\"count\"", address)) { writer in
            writer.key("count")
            writer.number(count.count)
          }
        }
      } catch { throw Failure(error) }
    }
  }
}

extension ConnectionCountRequest {
  /// Asks for the watchers of a branch; without one for all connections.
  init(_ address: BranchAddress?) {
    self.init(recordName: address?.recordName, inst: address?.inst, branch: address?.branch)
  }
}

import ArgumentParser
import InstClient
import InstProtocol
import Transport

/// `instctl devices`.
struct Devices: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "devices",
    abstract: "Show who watches a branch, and who comes and goes.",
    discussion: """
      Prints a line of type device_connected for each device on the branch, then a line of type sync, then \
      device_connected and device_disconnected as they happen, besides the lines of the connection. When the \
      connection is lost every device is reported as gone, and after a reconnect everyone anew.

      With --once it prints the devices alone and ends. No server says where the first list ends: it is \
      taken for complete when it has as many devices as the server counts, or when none has come for \
      --settle.

      Examples:
        export INSTCTL_SERVER=http://127.0.0.1:3000
        instctl devices myInst --for 10s
        instctl devices myInst --once | jq -r .connection.connectionId
      """)

  @OptionGroup var branch: BranchOptions

  @Flag(help: "End with the first list.")
  var once = false

  @Option(
    help: ArgumentHelp(
      "Take the first list for complete when nothing has come for so long.", valueName: "duration"))
  var settle = DurationArgument(milliseconds: 250, text: "250ms")

  @OptionGroup(title: "Connection") var server: ServerOptions
  @OptionGroup(title: "Ending") var ending: EndingOptions
  @OptionGroup(title: "Ending") var synced: UntilSyncedOption
  @OptionGroup(title: "Output") var output: OutputOptions

  @OptionGroup var ready: ReadyOptions

  func validate() throws {
    if once, ending.saysWhenToEnd {
      throw ValidationError(
        "--once ends with the first list: --count, --for, --idle and --until follow on")
    }
  }

  func run() throws {
    let settings = try Settings(server, output, branch: branch, timeout: ending.timeout)
    let connection = try ServerConnection(settings)
    let address = try branch.address(settings)
    let ending = try self.ending.settled(settings)
    CommandRun.execute(settings) { run throws(Failure) in
      let client = try connection.client(
        for: address.instAddress, reconnects: !once, showingFramesTo: settings.frameObserver(run))
      let devices = DevicesRun(
        run, client, address, isOnce: once, untilSynced: synced.untilSynced,
        settleMilliseconds: settle.milliseconds, readyFile: ready.file)
      let request = RequestRun(
        run, client,
        timeout: settings.timeout(default: 10_000),
        what: "the devices did not come", isWaiting: { once })
      devices.request = request
      if once { request.start() } else { devices.prepare(until: ending) }
      try await devices.follow()
      withExtendedLifetime(request) {}
    }
  }
}

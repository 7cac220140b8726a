import ArgumentParser
import InstClient
import Transport

/// `instctl timesync`.
struct TimeSync: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "timesync",
    abstract: "Compare the server's clock with this machine's.",
    discussion: """
      Takes samples and prints one line of type timesync: offsetMs, by how much the server's clock is ahead; \
      latencyMs, how long a message takes one way; spreadMs, by how much the samples that count differ in \
      the offset; samples, how many there were. -v shows each of them on stderr.

      With --watch a line follows each sample: one each second for the first 15, then one each 30 seconds.

      Examples:
        export INSTCTL_SERVER=http://127.0.0.1:3000
        instctl timesync
        instctl timesync --samples 20 --interval 100ms | jq .offsetMs
        instctl timesync --watch --for 5s
      """)

  @Option(help: ArgumentHelp("How many samples to take. (default: 5)", valueName: "n"))
  var samples: Int?

  @Option(
    help: ArgumentHelp(
      "The time between samples. (default: 200ms; with --watch 1s, later 30s)",
      valueName: "duration"))
  var interval: DurationArgument?

  @Flag(help: "Go on, with a line for each sample.")
  var watch = false

  @OptionGroup(title: "Connection") var server: ServerOptions
  @OptionGroup(title: "Ending") var ending: EndingOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  func validate() throws {
    if let samples, samples < 1 { throw ValidationError("--samples must be at least 1") }
    if watch, samples != nil {
      throw ValidationError("--watch goes on: --count ends it after so many samples")
    }
    if !watch, ending.saysWhenToEnd {
      throw ValidationError(
        "--count, --for, --idle and --until go with --watch; --samples without it")
    }
  }

  func run() throws {
    let settings = try Settings(server, output, timeout: ending.timeout)
    let connection = try ServerConnection(settings)
    let ending = try self.ending.settled(settings)
    CommandRun.execute(settings) { run throws(Failure) in
      let client = try connection.client(
        for: nil, reconnects: watch, showingFramesTo: settings.frameObserver(run))
      let sampling = TimeSampling(
        run, client, intervalMilliseconds: interval.map { Double($0.milliseconds) })
      let isTimed = !watch
      let request = RequestRun(
        run, client,
        timeout: settings.timeout(default: 10_000),
        what: "the server did not tell the time",
        isWaiting: { isTimed && sampling.isAsking }, answered: { sampling.count })
      request.start()
      if watch {
        try await sampling.goOn(until: ending)
      } else {
        try await sampling.sample(count: samples ?? 5)
      }
      withExtendedLifetime(request) {}
    }
  }
}

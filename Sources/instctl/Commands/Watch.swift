import ArgumentParser
import InstClient
import InstProtocol
import Transport

/// `instctl watch`.
struct Watch: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Follow branches: their state first, then every update and action as it comes.",
    discussion: """
      Prints a line for each event: connection, updates, sync, action, error, rate_limit, message. The \
      first updates line of an inst holds the whole state of its branch ("initial":true), and so does the \
      first one after a reconnect (also "replay":true).

      Several insts share a connection as far as the login allows it: a token made from a key is good for \
      one inst of a record only. Where there are several connections, their lines say which inst they are \
      for (none for the one that public insts share). An inst that is refused gives a line of type error, \
      and the others go on; the command then still ends with that error's exit code.

      With --exec a shell command runs for each action that devices send here (type device; not for results \
      of other actions). The event, JSON, is its stdin. Its environment has INSTCTL_ACTION_RECORD, \
      INSTCTL_ACTION_INST, INSTCTL_ACTION_BRANCH, INSTCTL_ACTION_TASK_ID, INSTCTL_SENDER_CONNECTION_ID, \
      INSTCTL_SENDER_USER_ID and INSTCTL_SENDER_SESSION_ID, as far as there are any, and no secrets of ours. \
      Where the sender has given a task id, it gets the command's stdout as the result (as JSON if it is \
      JSON, else as a string), or an error when the command fails, prints more than 1 MiB, takes too long, or \
      cannot be started. Whoever may send actions makes it run: treat the event as the input of a stranger.

      With --state, updates and the state after a reconnect show as what they change. An update that cannot \
      be decoded gets a decodeError on its line (--decode), or a warning (--state).

      It is really running, for --ready-file and --ready-fd, when every inst that is not refused has been \
      synced.

      With --tui a terminal shows instead of lines what is going on, on a screen of its own: insts, the \
      devices on them, rates, latency, the last actions. q or Ctrl-C ends it, Ctrl-Z stops it for a while. \
      The terminal is then as it was before, and has what was written to stderr meanwhile.

      Examples:
        export INSTCTL_SERVER=http://127.0.0.1:3000
        instctl watch myInst --until-synced
        instctl watch /one /two rec/three --events updates --for 5s
        instctl watch myInst --events action --exec 'jq .name' --idle 5s
        instctl watch myInst --state --for 5s
      """)

  @OptionGroup var branches: BranchesOptions

  @Option(
    help: ArgumentHelp(
      "Print only lines of these types: connection, updates, sync, action, error, rate_limit, message, and "
        + "decoded, bot and change as --decode and --state print them, with commas between them. What ends "
        + "the command does not depend on it.",
      valueName: "types"),
    completion: .custom { _, _, _ in WatchLineTypes.allNames })
  var events: [WatchLineTypes] = []

  @Flag(
    help: ArgumentHelp(
      "Tell behind each updates line what its updates say, as decode does: lines of type decoded."))
  var decode = false

  @Flag(
    help: ArgumentHelp(
      "Instead of updates print the bots as they are once the branch is synced, lines of type bot, and "
        + "then what changes, lines of type change: bot, tag, from, to, client."))
  var state = false

  @Flag(help: "Watch temporary branches: never stored, and gone with the last who watches.")
  var temporary = false

  @Option(
    help: ArgumentHelp(
      "The markers of insts that are made by watching them, with commas between them.",
      valueName: "markers"))
  var markers: [String] = []

  @Option(
    help: ArgumentHelp(
      "Run this with /bin/sh for each action, and send back what it prints.", valueName: "command"))
  var exec: String?

  @Option(
    help: ArgumentHelp(
      "How many commands run at a time. 256 more actions wait; what comes beyond gets an error.",
      valueName: "n"))
  var execJobs: Int = 4

  @Option(
    help: ArgumentHelp(
      "End a command that takes longer: SIGTERM, and SIGKILL 2s later, to its process group.",
      valueName: "duration"))
  var execTimeout = DurationArgument(milliseconds: 30_000, text: "30s")

  @Flag(
    help: ArgumentHelp(
      "Show a live screen instead of lines. It needs a terminal, on stdin and stdout."))
  var tui = false

  @OptionGroup var ready: ReadyOptions

  @OptionGroup(title: "Connection") var server: ServerOptions
  @OptionGroup(title: "Ending") var ending: EndingOptions
  @OptionGroup(title: "Ending") var synced: UntilSyncedOption
  @OptionGroup(title: "Output") var output: OutputOptions

  func validate() throws {
    if execJobs < 1 { throw ValidationError("--exec-jobs must be at least 1") }
    if exec == "" { throw ValidationError("--exec is empty") }
    if tui, !events.isEmpty || output.filter.choosesLines {
      throw ValidationError(
        "--tui shows all that comes: --events, --type, --where and --select choose lines")
    }
  }

  func run() throws {
    let settings = try Settings(server, output, branch: branches, timeout: ending.timeout)
    if tui {
      try settings.refuseFrames()
      try WatchScreen.requireTerminal()
    }
    let diagnostics = settings.diagnostics
    let connection = try ServerConnection(settings)
    let addresses = try branches.addresses(settings)
    let ending = try self.ending.settled(settings)
    let types = lineTypes
    let shown = WatchedDocument.Shown(
      decoded: decode && types.contains(.decoded), bots: state && types.contains(.bot),
      changes: state && types.contains(.change))
    let request = WatchRun.Request(
      temporary: temporary ? true : nil, markers: markerList, shown: shown)
    CommandRun.execute(settings) { run throws(Failure) in
      let commands = exec.map { command in
        ActionCommands(
          command, diagnostics: diagnostics, jobs: execJobs,
          timeoutMilliseconds: execTimeout.milliseconds)
      }
      let connections = try connection.connections(
        reconnects: true, showingFramesTo: tui ? nil : settings.frameObserver(run))
      let screen =
        tui
        ? try WatchScreen(
          run, connections, addresses, title: settings.serverURL().description,
          isColoured: settings.color.value.isOn(for: .output)) : nil
      let watch = WatchRun(
        run, connections, ending: ending, untilSynced: synced.untilSynced,
        readyFile: ready.file, lines: WatchLines(run, types: types),
        commands: commands)
      if addresses.count > 1 { run.pretty?.nameBranches() }
      watch.start(addresses, request, types: types)
      screen?.start()
      await run.untilEnding()
      withExtendedLifetime(watch) {}
    }
  }

  private var lineTypes: WatchLineTypes {
    if tui { return .all }
    guard events.isEmpty else { return WatchLineTypes(events) }
    return state ? .all.subtracting(.updates) : .all
  }

  private var markerList: [String]? {
    let all = markers.flatMap { $0.split(separator: ",").map(String.init) }
    return all.isEmpty ? nil : all
  }
}

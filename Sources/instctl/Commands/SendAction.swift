import ArgumentParser
import Glibc
import InstClient
import InstProtocol
import JSONText
import Transport

/// `instctl send-action`.
struct SendAction: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "send-action",
    abstract: "Send an action to devices that watch a branch.",
    discussion: """
      The event is JSON: the argument, a file with '@' before its name, or stdin, each line of which is one \
      event. It goes to the devices that match any of the --to options, to all with --broadcast, and \
      without any of these to one device that the server chooses.

      Servers do not acknowledge actions. A line {"type":"sent"} says that the action left and that the \
      server has not refused it within --settle; not that anybody received it. With --wait the command \
      watches the branch, and prints the result that a device sends: {"type":"action_result"}; it ends with \
      exit code 1 when the device reports an error.

      What is sent is an event. With --type remote_result or --type remote_error it is the result or the \
      error that answers one: those need --task-id, and EVENT is their value, if there is one. All other \
      values of --type choose the lines that are printed.

      A task id that is a JSON number is sent as a number, everything else as a text.

      Examples:
        export INSTCTL_SERVER=http://127.0.0.1:3000
        instctl send-action myInst '{"name":"hello"}' --broadcast
        echo '"ping"' | instctl send-action myInst --to-user user1
        instctl send-action myInst 42 --type remote_result --task-id t1 --broadcast
      """)

  @OptionGroup var branch: BranchOptions

  @Argument(
    help: ArgumentHelp(
      "The event, JSON; @file reads a file, '-' or none stdin.", valueName: "event"))
  var event: String?

  @Option(help: ArgumentHelp("To the device with this connection id.", valueName: "id"))
  var toConnection: String?

  @Option(help: ArgumentHelp("To the devices of this session.", valueName: "id"))
  var toSession: String?

  @Option(help: ArgumentHelp("To the devices of this user.", valueName: "id"))
  var toUser: String?

  @Flag(help: "To every device that watches the branch.")
  var broadcast = false

  @Option(
    help: ArgumentHelp(
      "An id by which a result names the event; with --wait a fresh one by default.",
      valueName: "id"))
  var taskId: String?

  @Flag(help: "Wait for the result that a device sends, and print it.")
  var wait = false

  @Flag(help: "Let the server join the action with others.")
  var allowBatching = false

  @Option(
    help: ArgumentHelp(
      "How long to wait for the server's refusal, after a round trip.", valueName: "duration"))
  var settle = DurationArgument(milliseconds: 250, text: "250ms")

  @OptionGroup(title: "Connection") var server: ServerOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  @OptionGroup(title: "Waiting") var waiting: TimeoutOption

  /// What is sent: `--type` names it, too, besides types of lines.
  private var type: ActionType {
    output.filter.typeNames.lazy.compactMap(ActionType.init).first ?? .remote
  }

  /// The types of lines among the names.
  var wantedTypes: [String] {
    output.filter.typeNames.filter { ActionType(rawValue: $0) == nil }
  }

  func validate() throws {
    if output.filter.typeNames.count - wantedTypes.count > 1 {
      throw ValidationError("one action has one --type")
    }
    if [toConnection, toSession, toUser, taskId].contains("") {
      throw ValidationError("an id is empty")
    }
    guard type != .remote else { return }
    if wait { throw ValidationError("nobody answers a result: --wait is for events") }
    if taskId == nil {
      throw ValidationError("a result names the event that it answers: --task-id ID")
    }
  }

  func run() throws {
    var output = self.output
    output.filter.types = wantedTypes
    let settings = try Settings(server, output, branch: branch, timeout: waiting.timeout)
    let readsInput = event == "-" || event == nil && type == .remote
    if readsInput, try settings.readsSecretFromInput() {
      throw Failure.usage("stdin cannot hold both the secret and the events")
    }
    let connection = try ServerConnection(settings)
    let address = try branch.address(settings)
    let timeout = settings.timeout(default: 10_000)
    let events: [RawJSON?] =
      if let event, !readsInput { try JSONInput.values(of: event) } else { [nil] }
    CommandRun.execute(settings) { run throws(Failure) in
      let client = try connection.client(
        for: address.instAddress, reconnects: false, showingFramesTo: settings.frameObserver(run))
      let sending = ActionSending(
        run, client, address, template: template, settleMilliseconds: settle.milliseconds,
        waits: wait)
      let request = RequestRun(
        run, client, timeout: timeout,
        what: wait
          ? "the action's result did not come"
          : "the outcome of the action is unknown: no answer from the server",
        isWaiting: { sending.isBusy || !client.connectionState.isConnected },
        answered: { sending.progress }, failure: { sending.failure(after: $0) },
        limitNote: { sending.limitNote })
      request.start()
      try await sending.prepare()
      if readsInput {
        try await sending.send(LineReader(descriptor: STDIN_FILENO, limit: JSONInput.limit))
      } else {
        try await sending.send(events)
      }
      if try await sending.finish() == .someFailed { run.end(.status(.no)) }
      withExtendedLifetime(request) {}
    }
  }

  /// The action but for its value.
  private var template: RemoteAction {
    RemoteAction(
      type.content(nil),
      to: DeviceSelector(
        connectionID: toConnection, sessionID: toSession, userID: toUser,
        broadcast: broadcast ? true : nil),
      taskID: taskId.map(Self.taskID), allowBatching: allowBatching ? true : nil)
  }

  private static func taskID(_ text: String) -> RawJSON {
    if let number = try? RawJSON(validating: text), number.kind == .number { return number }
    return RawJSON(string: text)
  }
}

/// The values of `--type` that say what is sent.
enum ActionType: String, ExpressibleByArgument, CaseIterable, Sendable {
  case remote
  case remoteResult = "remote_result"
  case remoteError = "remote_error"

  func content(_ value: RawJSON?) -> ActionContent {
    switch self {
    case .remote: .event(value)
    case .remoteResult: .result(value)
    case .remoteError: .error(value)
    }
  }
}

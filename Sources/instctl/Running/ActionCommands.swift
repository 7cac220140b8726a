import InstClient
import InstProtocol
import JSONText
import Transport

/// Runs a command of the shell for each action that a device sends here, and sends back what it prints:
/// `watch --exec`.
@EventLoop
final class ActionCommands {
  private let command: String
  private let diagnostics: Diagnostics
  private let jobs: Int
  private let limits: ChildProcess.Limits

  private var waiting: [Job] = []
  private var waitingBytes = 0
  private var running: [ChildProcess] = []
  /// Commands that run, and results that are on their way.
  private var busy = 0
  private var refusals = 0
  private var hasWarned = false
  private var isOver = false

  private static let maximumWaiting = 256
  private static let maximumWaitingBytes = 64 << 20
  private static let maximumRefusals = 64
  private static let outputBytes = 1 << 20
  /// What is not over by then when we end ourselves is killed.
  private static let endGraceMilliseconds: Int64 = 200

  init(_ command: String, diagnostics: Diagnostics, jobs: Int, timeoutMilliseconds: Int64) {
    self.command = command
    self.diagnostics = diagnostics
    self.jobs = jobs
    limits = ChildProcess.Limits(
      milliseconds: timeoutMilliseconds, outputBytes: Self.outputBytes)
  }

  /// Takes an action. Results of other actions run nothing.
  func received(_ action: DeviceAction, on address: BranchAddress, by client: InstRecordsClient) {
    guard !isOver, case .event(let event) = action.content else { return }
    let job = Job(
      event: (event ?? .null).bytes, address: address, sender: action.connection,
      taskID: action.taskID, client: client)
    guard busy >= jobs else { return start(job) }
    guard waiting.count < Self.maximumWaiting,
      waitingBytes + job.event.count <= Self.maximumWaitingBytes
    else { return refuse(job) }
    waiting.append(job)
    waitingBytes += job.event.count
  }

  /// Ends the commands that run; those that wait are forgotten.
  func stop() {
    isOver = true
    if !waiting.isEmpty || !running.isEmpty {
      diagnostics.warn(
        "\(waiting.count) actions were not run, and \(running.count) commands are ended")
    }
    waiting = []
    for child in running { child.stop(graceMilliseconds: Self.endGraceMilliseconds) }
  }

  /// Waits until nothing is left of the commands.
  func finished() async {
    for child in running { _ = await child.outcome.get() }
  }

  private func start(_ job: Job) {
    busy += 1
    EventLoop.start {
      await self.perform(job)
      self.busy -= 1
      self.startNext()
    }
  }

  private func startNext() {
    guard !isOver, busy < jobs, !waiting.isEmpty else { return }
    let job = waiting.removeFirst()
    waitingBytes -= job.event.count
    if waiting.isEmpty { hasWarned = false }
    start(job)
  }

  private func perform(_ job: Job) async {
    guard !isOver else { return }
    let child = ChildProcess(
      command, input: job.event + [UInt8(ascii: "\n")], environment: job.environment,
      limits: limits)
    running.append(child)
    let outcome = await child.outcome.get()
    running.removeAll { $0 === child }
    if outcome.end == .exited(status: 0) {
      await reply(.result(RawJSON(outputOf: outcome)), to: job)
    } else if !isOver {
      let error = CommandError(outcome, limits)
      diagnostics.warn(error.warning)
      await reply(.error(error.json), to: job)
    }
  }

  /// What comes when too much waits already is turned away, and its sender told, within limits.
  private func refuse(_ job: Job) {
    if !hasWarned {
      diagnostics.warn("actions come faster than --exec can run its command; some are refused")
    }
    hasWarned = true
    guard job.taskID != nil, refusals < Self.maximumRefusals else { return }
    refusals += 1
    EventLoop.start {
      await self.reply(.error(CommandError.tooBusy.json), to: job)
      self.refusals -= 1
    }
  }

  private func reply(_ content: ActionContent, to job: Job) async {
    guard !isOver, let taskID = job.taskID else { return }
    guard let sender = job.sender else {
      return diagnostics.warn("the server does not say who has sent an action: no result is sent")
    }
    let action = RemoteAction(
      content, to: DeviceSelector(connectionID: sender.connectionID), taskID: taskID)
    do throws(ClientError) {
      try await job.client.sendAction(job.address, action)
    } catch {
      if !isOver { diagnostics.warn("the result of an action could not be sent: \(error)") }
    }
  }
}

/// An action and where it came from.
private struct Job {
  let event: [UInt8]
  let address: BranchAddress
  let sender: ConnectionInfo?
  let taskID: RawJSON?
  let client: InstRecordsClient

  /// What the command learns beside the event; and what it shall not learn.
  var environment: [String: String?] {
    let named = address.answered
    let facts: [String: String?] = [
      "INSTCTL_ACTION_RECORD": named.recordName,
      "INSTCTL_ACTION_INST": named.inst,
      "INSTCTL_ACTION_BRANCH": named.branch,
      "INSTCTL_ACTION_TASK_ID": taskID.map { $0.value.stringValue ?? $0.description },
      "INSTCTL_SENDER_CONNECTION_ID": sender?.connectionID,
      "INSTCTL_SENDER_USER_ID": sender?.userID,
      "INSTCTL_SENDER_SESSION_ID": sender?.sessionID,
    ]
    return facts.merging(Secrets.withoutVariables) { fact, _ in fact }
  }
}

extension RawJSON {
  /// What a command has printed: the JSON value that it is, or the text without the line feeds at its
  /// end.
  fileprivate init(outputOf outcome: ChildProcess.Outcome) {
    if let value = try? RawJSON(validating: outcome.output) {
      self = value
    } else {
      let text = outcome.output.reversed().drop { $0 == UInt8(ascii: "\n") }.reversed()
      self.init(string: String(decoding: Array(text), as: UTF8.self))
    }
  }
}

/// What the sender of an action is told when its command came to nothing.
private struct CommandError {
  let code: String
  let message: String
  var facts: [JSONMember] = []
  /// The beginning of what the command said on stderr.
  var errors = ""

  static let tooBusy = CommandError(
    code: "too_busy", message: "too many actions wait for their commands")

  init(code: String, message: String) {
    self.code = code
    self.message = message
  }

  init(_ outcome: ChildProcess.Outcome, _ limits: ChildProcess.Limits) {
    switch outcome.end {
    case .exited(let status):
      self.init(code: "command_failed", message: "the command ended with status \(status)")
      facts = [JSONMember(name: "exitCode", value: JSONValue(Int(status)))]
    case .signalled(let signal):
      self.init(code: "command_failed", message: "the command was ended by signal \(signal)")
      facts = [JSONMember(name: "signal", value: JSONValue(Int(signal)))]
    case .timedOut, .stopped:
      self.init(
        code: "command_timeout", message: "the command took longer than \(limits.milliseconds) ms")
      facts = [JSONMember(name: "timeoutMs", value: JSONValue(Int(limits.milliseconds)))]
    case .outputTooLarge:
      self.init(
        code: "output_too_large",
        message: "the command printed more than \(limits.outputBytes) bytes")
    case .notStarted(let code):
      self.init(
        code: "command_not_started",
        message: "the command cannot be started: \(systemMessage(code))")
    }
    errors = String(decoding: outcome.errors, as: UTF8.self)
  }

  var json: RawJSON {
    var members = [
      JSONMember(name: "errorCode", value: .string(code)),
      JSONMember(name: "errorMessage", value: .string(message)),
    ]
    members += facts
    if !errors.isEmpty { members.append(JSONMember(name: "stderr", value: .string(errors))) }
    return RawJSON(.object(members))
  }

  var warning: String { errors.isEmpty ? message : "\(message): \(errors)" }
}

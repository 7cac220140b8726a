import ArgumentParser
import Glibc
import InstClient
import InstProtocol
import JSONText
import Transport

/// `instctl add-updates`.
struct AddUpdates: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Send updates to a branch, and wait until the server has stored them.",
    discussion: """
      Takes updates from the arguments, or from stdin: each line one Yjs update in base64, or a JSON \
      object with "updates" as get-updates and watch print it (lines of other types are skipped). Each \
      line is one message with one acknowledgement, which is printed: {"type":"ack","updateId":…}.

      Unacknowledged updates are sent again after a reconnect, after silence, and after a limit of rates.

      Examples:
        instctl add-updates -s https://inst.example.com myInst AQGL/qSHDQAEAQR0ZXh0BWhlbGxvAA==
        instctl get-updates myInst | instctl add-updates copyOfMyInst
        instctl watch /a | instctl add-updates /mirrorOfA
      """)

  @OptionGroup var branch: BranchOptions

  @Argument(
    help: ArgumentHelp(
      "Updates in base64, or JSON objects with updates; without any, stdin is read.",
      valueName: "update"))
  var updates: [String] = []

  @Option(help: ArgumentHelp("Read this file instead of stdin.", valueName: "file"))
  var file: String?

  @Option(help: ArgumentHelp("Join so many lines or arguments to one message.", valueName: "n"))
  var batch = 1

  @Option(help: ArgumentHelp("At most so many messages unacknowledged at a time.", valueName: "n"))
  var inflight = 256

  @Flag(help: "Send what is not base64, too.")
  var unchecked = false

  @OptionGroup(title: "Connection") var server: ServerOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  @OptionGroup(title: "Waiting") var waiting: TimeoutOption

  func validate() throws {
    guard batch > 0, inflight > 0 else {
      throw ValidationError("--batch and --inflight must be at least 1")
    }
    guard updates.isEmpty || file == nil else {
      throw ValidationError("updates come from arguments or from --file, not from both")
    }
  }

  func run() throws {
    let settings = try Settings(server, output, branch: branch, timeout: waiting.timeout)
    if updates.isEmpty, file == nil || file == "-", try settings.readsSecretFromInput() {
      throw Failure.usage("stdin cannot hold both the secret and the updates")
    }
    let connection = try ServerConnection(settings)
    let address = try branch.address(settings)
    let timeout = settings.timeout(default: 10_000)
    let descriptor = try inputDescriptor()
    CommandRun.execute(settings) { run throws(Failure) in
      let client = try connection.client(
        for: address.instAddress, reconnects: true, showingFramesTo: settings.frameObserver(run))
      let work = AddRun(run, client, address, limit: inflight, batch: batch, checks: !unchecked)
      let request = RequestRun(
        run, client, timeout: timeout, what: "an acknowledgement did not come",
        isWaiting: { client.unacknowledgedCount > 0 || !client.connectionState.isConnected },
        answered: { work.answeredCount })
      request.start()
      await work.connected()
      if updates.isEmpty {
        try await work.send(LineReader(descriptor: descriptor, limit: AddRun.lineLimit))
      } else {
        try await work.send(updates)
      }
      try await work.drain()
      withExtendedLifetime(request) {}
    }
  }

  private func inputDescriptor() throws(Failure) -> Int32 {
    guard let file, file != "-" else { return STDIN_FILENO }
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let code = errno
      throw Failure(
        code: "unreadable_file", layer: .io,
        message: "cannot read '\(file)': \(systemMessage(code))",
        exit: code == ENOENT ? .noInput : .inputOutput)
    }
    return descriptor
  }
}

/// Messages on their way, as many as may be at a time.
@EventLoop
private final class AddRun {
  /// Servers refuse frames above 100 MiB.
  nonisolated static let lineLimit = 100 << 20

  private let run: CommandRun
  private let client: InstRecordsClient
  private let address: BranchAddress
  private let limit: Int
  private let batch: Int
  private let checks: Bool
  private let ackHead: LineHead

  private var joined: [String] = []
  private var joinedCount = 0
  private var underWay = 0
  /// How many messages the server has answered.
  private(set) var answeredCount = 0
  private var failure: Failure?
  private var moved = Promise<Void>()

  init(
    _ run: CommandRun, _ client: InstRecordsClient, _ address: BranchAddress, limit: Int,
    batch: Int, checks: Bool
  ) {
    self.run = run
    self.client = client
    self.address = address
    self.limit = limit
    self.batch = batch
    self.checks = checks
    ackHead = LineHead("\"type\":\"ack\"", address)
    // Acknowledgements that nobody reads must not pile up.
    run.output.onStall = { [weak self] _ in self?.wake() }
  }

  /// Waits until there is a connection to send on: nothing is read before.
  func connected() async {
    while !client.connectionState.isConnected, !Task.isCancelled {
      await client.nextConnectionChange()
    }
  }

  func send(_ arguments: [String]) async throws(Failure) {
    for (index, argument) in arguments.enumerated() {
      try await take(Array(argument.utf8), from: "argument \(index + 1)", number: index + 1)
    }
  }

  func send(_ reader: LineReader) async throws(Failure) {
    var number = 0
    while true {
      try await waitForRoom()
      switch await reader.next() {
      case .line(let line):
        number += 1
        try await take(line, from: "line \(number)", number: number)
      case .end, .cancelled: return
      case .tooLong(let limit):
        try await drain()
        throw .badInput(
          "line \(number + 1) is longer than \(limit) bytes", facts: Self.facts(number + 1))
      case .failed(let code):
        try await drain()
        throw Failure(
          code: "read_failed", layer: .io, message: "reading failed: \(systemMessage(code))",
          exit: .inputOutput)
      }
    }
  }

  private func take(_ text: [UInt8], from place: String, number: Int) async throws(Failure) {
    let updates: [String]
    switch UpdateInput(text, checks: checks) {
    case .nothing: return
    case .updates(let read): updates = read
    case .bad(let reason):
      // What came before it is not lost.
      try await drain()
      throw .badInput(
        "\(place): \(reason)",
        hint: "each line is one update in base64, or a JSON object with updates",
        facts: Self.facts(number))
    }
    joined += updates
    joinedCount += 1
    if joinedCount == batch { try await sendJoined() }
  }

  private static func facts(_ number: Int) -> [JSONMember] {
    [JSONMember(name: "line", value: JSONValue(number))]
  }

  private func sendJoined() async throws(Failure) {
    try await waitForRoom()
    let updates = joined
    joined = []
    joinedCount = 0
    guard !updates.isEmpty else { return }
    underWay += 1
    EventLoop.start { await self.add(updates) }
  }

  private func add(_ updates: [String]) async {
    do throws(ClientError) {
      if let acknowledgement = try await client.addUpdates(address, updates) {
        print(acknowledgement)
      }
    } catch {
      failure = failure ?? Failure(error)
    }
    underWay -= 1
    answeredCount += 1
    wake()
  }

  private func wake() {
    let moved = self.moved
    self.moved = Promise()
    moved.fulfil(())
  }

  private func print(_ acknowledgement: Acknowledgement) {
    run.output.beginLine(ackHead)
    run.output.writer.key("updateId")
    run.output.writer.number(acknowledgement.updateID)
    run.output.writer.key("ackMs")
    run.output.writer.number((acknowledgement.milliseconds * 1000).rounded() / 1000)
    run.output.writer.key("tries")
    run.output.writer.number(acknowledgement.tries)
    run.output.endLine()
    let output = run.output
    Reactor.shared.atEndOfTurn { output.flush() }
  }

  private func waitForRoom() async throws(Failure) {
    while failure == nil, underWay >= limit || run.output.isStalled { await moved.get() }
    if let failure {
      await finishUnderWay()
      throw failure
    }
  }

  /// Sends what was joined and waits for every acknowledgement.
  func drain() async throws(Failure) {
    try await sendJoined()
    await finishUnderWay()
    if let failure { throw failure }
  }

  private func finishUnderWay() async {
    while underWay > 0 { await moved.get() }
  }
}

/// A line or an argument as updates.
enum UpdateInput {
  /// An empty line, or one of another type.
  case nothing
  case updates([String])
  case bad(reason: String)

  init(_ text: [UInt8], checks: Bool) {
    let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
    let start = text.firstIndex { !isSpace($0) } ?? text.endIndex
    let end = text.lastIndex { !isSpace($0) } ?? text.endIndex
    guard start < text.endIndex else {
      self = .nothing
      return
    }
    let trimmed = text[start...end]
    self =
      trimmed.first == UInt8(ascii: "{")
      ? Self.object(Array(trimmed), checks: checks)
      : Self.list([String(validating: trimmed, as: UTF8.self)], checks: checks)
  }

  private static func object(_ text: [UInt8], checks: Bool) -> UpdateInput {
    let value: JSONValue
    do throws(JSONError) { value = try JSONValue(parsing: text) } catch {
      return .bad(reason: "not valid JSON: \(error)")
    }
    guard let updates = value["updates"] else {
      return value["type"]?.stringValue != nil
        ? .nothing : .bad(reason: "the object has neither updates nor a type")
    }
    guard let elements = updates.arrayValue else {
      return .bad(reason: "updates is not an array")
    }
    return list(elements.map(\.stringValue), checks: checks)
  }

  private static func list(_ updates: [String?], checks: Bool) -> UpdateInput {
    var checked: [String] = []
    for update in updates {
      guard let update else { return .bad(reason: "an update is no text") }
      if checks {
        guard !update.isEmpty else { return .bad(reason: "an update is empty") }
        guard isBase64(update) else { return .bad(reason: "not base64") }
      }
      checked.append(update)
    }
    return checked.isEmpty ? .nothing : .updates(checked)
  }
}

/// Whether the text is base64 in the standard alphabet, padded.
private func isBase64(_ text: String) -> Bool {
  var text = text
  return text.withUTF8 { Base64.isValid(UnsafeRawBufferPointer($0)) }
}

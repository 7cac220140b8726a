import ArgumentParser
import InstClient
import InstProtocol
import JSONText
import Transport

/// `instctl add-updates`.
struct AddUpdates: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add-updates",
    abstract: "Send updates to a branch, and wait until the server has stored them.",
    discussion: """
      Takes updates from the arguments, or from stdin: each line one Yjs update in base64, or a JSON \
      object with "updates" as get-updates and watch print it (lines of other types are skipped). Each \
      line is one message with one acknowledgement, which is printed: {"type":"ack","updateId":…}. What is \
      no Yjs update is refused before anything of its line is sent; among arguments, or in an .aux file, \
      before anything is sent.

      --aux takes an .aux file instead. The updates of a file of version 2 are sent as they are; for one of \
      version 1 the branch is read, and one update sets what differs: bots and tags that the file does not \
      name stay. With --dry-run the messages are printed instead of sent, as lines of type updates.

      Unacknowledged updates are sent again after a reconnect, after silence, and after a limit of rates.

      Examples:
        export INSTCTL_SERVER=http://127.0.0.1:3000
        instctl add-updates myInst AQGL/qSHDQAEAQR0ZXh0BWhlbGxvAA==
        instctl get-updates myInst | instctl add-updates copyOfMyInst
        instctl watch myInst | instctl add-updates mirrorOfMyInst
        instctl add-updates demo --aux bots.aux --dry-run | instctl decode
      """)

  @OptionGroup var branch: BranchOptions

  @Argument(
    help: ArgumentHelp(
      "Updates in base64, or JSON objects with updates; without any, stdin is read.",
      valueName: "update"))
  var updates: [String] = []

  @Option(
    help: ArgumentHelp("Read this file instead of stdin.", valueName: "file"), completion: .file())
  var file: String?

  @Option(help: ArgumentHelp("Join so many lines or arguments to one message.", valueName: "n"))
  var batch = 1

  @Option(help: ArgumentHelp("At most so many messages unacknowledged at a time.", valueName: "n"))
  var inflight = 256

  @Flag(help: "Send what is no Yjs update, too, and no base64.")
  var unchecked = false

  @Option(
    help: ArgumentHelp("Send the bots of this .aux file; '-' is stdin.", valueName: "file"),
    completion: .file(extensions: ["aux"]))
  var aux: String?

  @Option(
    help: ArgumentHelp(
      "Of the tag masks in a file of version 1 take those of this space alone.", valueName: "space")
  )
  var space: String?

  @Flag(help: "Print what would be sent, and send nothing.")
  var dryRun = false

  @Flag(
    help: "Tell what each update says before it is sent, as decode does: lines of type decoded.")
  var decode = false

  @OptionGroup(title: "Connection") var server: ServerOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  @OptionGroup(title: "Waiting") var waiting: TimeoutOption

  func validate() throws {
    guard batch > 0, inflight > 0 else {
      throw ValidationError("--batch and --inflight must be at least 1")
    }
    guard [!updates.isEmpty, file != nil, aux != nil].count(where: { $0 }) <= 1 else {
      throw ValidationError(
        "updates come from arguments, from --file or from --aux, not from several")
    }
    guard space == nil || aux != nil else { throw ValidationError("--space goes with --aux") }
  }

  func run() throws {
    let settings = try Settings(server, output, branch: branch, timeout: waiting.timeout)
    if updates.isEmpty, (aux ?? file ?? "-") == "-", try settings.readsSecretFromInput() {
      throw Failure.usage("stdin cannot hold both the secret and the updates")
    }
    let connection = try ServerConnection(settings)
    let address = try branch.address(settings)
    let descriptor = aux == nil ? try InputFile.descriptor(of: file ?? "-") : -1
    CommandRun.execute(settings) { run throws(Failure) in
      let input: AddInput
      if let aux {
        let file = AuxInput(file: aux, space: space, branch: .inst(address, connection))
        input = try AddInput(try await file.updates(run, settings), checks: !unchecked)
      } else if updates.isEmpty {
        input = AddInput(descriptor: descriptor, checks: !unchecked)
      } else {
        input = try AddInput(arguments: updates, checks: !unchecked)
      }
      let decoded = decode ? DecodedLines(run, address) : nil
      if dryRun {
        try await show(input, run, address, decoded)
      } else {
        try await send(input, run, connection, address, settings, decoded)
      }
    }
  }

  @EventLoop
  private func send(
    _ input: AddInput, _ run: CommandRun, _ connection: ServerConnection, _ address: BranchAddress,
    _ settings: Settings, _ decoded: DecodedLines?
  ) async throws(Failure) {
    let client = try connection.client(
      for: address.instAddress, reconnects: true, showingFramesTo: settings.frameObserver(run))
    let work = AddRun(run, client, address, limit: inflight, batch: batch, decoded: decoded)
    let request = RequestRun(
      run, client, timeout: settings.timeout(default: 10_000),
      what: "an acknowledgement did not come",
      isWaiting: { client.unacknowledgedCount > 0 || !client.connectionState.isConnected },
      answered: { work.answeredCount })
    request.start()
    await work.connected()
    work.showProgress(of: input)
    try await work.send(input)
    try await work.drain()
    withExtendedLifetime(request) {}
  }

  /// Prints what would be sent.
  @EventLoop
  private func show(
    _ input: AddInput, _ run: CommandRun, _ address: BranchAddress, _ decoded: DecodedLines?
  ) async throws(Failure) {
    let head = LineHead("\"type\":\"updates\"", address)
    while !Task.isCancelled, let updates = try await input.next() {
      decoded?.tell(updates)
      run.output.line(head) { writer in
        writer.key("updates")
        writer.beginArray()
        for update in updates { writer.string(update) }
        writer.endArray()
      }
      run.output.flush()
      if run.output.isStalled { await run.output.finish() }
    }
  }
}

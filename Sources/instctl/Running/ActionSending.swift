import InstClient
import InstProtocol
import JSONText
import Transport
import WebSocket

/// Sends actions one after the other, and says of them what is known: that the server has not refused
/// them, or, where they are waited for, their results.
@EventLoop
final class ActionSending {
  /// What the results that were waited for said.
  enum Outcome { case allSucceeded, someFailed }

  /// So many actions are sent at most before it is asked whether they were refused.
  private static let batch = 64
  /// Input that does not come for so long leaves time to ask.
  private static let lullMilliseconds: Int64 = 20
  /// A server that chose us is given another choice after so long.
  private static let rechoiceMilliseconds: Int64 = 100

  /// What has happened so far: changes with each step.
  private(set) var progress = 0

  private let run: CommandRun
  private let client: InstRecordsClient
  private let address: BranchAddress
  private let template: RemoteAction
  private let settleMilliseconds: Int64
  private let waits: Bool
  private let sentHead: LineHead
  private let resultHead: LineHead

  private var underWay = 0
  /// How many actions have left, whatever became of them.
  private var leftCount = 0
  private var unsettled: [RawJSON?] = []
  /// What was sent and has no result yet.
  private var awaited: [RemoteAction] = []
  private var someFailed = false
  private let watched = Promise<Void>()
  private var moved = Promise<Void>()

  /// - Parameters:
  ///   - template: the action but for its value.
  ///   - waits: whether the results are wanted.
  init(
    _ run: CommandRun, _ client: InstRecordsClient, _ address: BranchAddress,
    template: RemoteAction, settleMilliseconds: Int64, waits: Bool
  ) {
    self.run = run
    self.client = client
    self.address = address
    self.template = template
    self.settleMilliseconds = settleMilliseconds
    self.waits = waits
    sentHead = LineHead("\"type\":\"sent\"", address)
    resultHead = LineHead("\"type\":\"action_result\"", address)
  }

  /// Whether the server or a device is waited for, rather than input.
  var isBusy: Bool { underWay > 0 || !awaited.isEmpty }

  /// Waits until actions can be sent: only who watches the branch receives results.
  func prepare() async throws(Failure) {
    if waits {
      client.watchBranchUpdates(address, watcher: self)
      try await busy { await self.watched.value(onCancel: ()) }
    }
    while !client.connectionState.isConnected, !Task.isCancelled {
      await client.nextConnectionChange()
    }
  }

  /// Sends an action for each value.
  func send(_ values: [RawJSON?]) async throws(Failure) {
    for value in values { try await send(value) }
  }

  /// Sends an action for each line, as they come.
  func send(_ reader: LineReader) async throws(Failure) {
    var number = 0
    while true {
      switch await nextLine(reader) {
      case .line(let line):
        number += 1
        guard !JSONInput.isBlank(line) else { continue }
        let value: RawJSON
        do throws(Failure) {
          value = try JSONInput.value(line, "line \(number)", line: number)
        } catch {
          // What came before it is not lost.
          try await settle()
          throw error
        }
        try await send(value)
      case .end: return
      case .cancelled:
        if Task.isCancelled { return }
        try await settle()
      case .tooLong(let limit):
        try await settle()
        throw .badInput("line \(number + 1) is longer than \(limit) bytes")
      case .failed(let code):
        try await settle()
        throw Failure(
          code: "read_failed", layer: .io, message: "reading failed: \(systemMessage(code))",
          exit: .inputOutput)
      }
    }
  }

  /// Waits for what is still to be known of the actions.
  func finish() async throws(Failure) -> Outcome {
    try await settle()
    while !awaited.isEmpty, !Task.isCancelled { await moved.value(onCancel: ()) }
    return someFailed ? .someFailed : .allSucceeded
  }

  /// What the loss of the connection means: of what was sent and not settled nobody knows.
  func failure(after error: ClientError) -> Failure {
    guard case .connectionLost = error, hasUncertain else { return facts(Failure(error)) }
    return facts(Failure(.interrupted(reason: error.description)))
  }

  /// Servers do not tell which message they drop, and actions have no acknowledgement.
  var limitNote: String? {
    unsettled.isEmpty
      ? nil : "the server does not say whether actions sent just before are among those it dropped"
  }

  private var hasUncertain: Bool { underWay > 0 || !unsettled.isEmpty || !awaited.isEmpty }

  /// Tells how many actions left before the failure, so that nobody sends them twice.
  private func facts(_ failure: Failure) -> Failure {
    guard leftCount > 0 else { return failure }
    var failure = failure
    failure.facts.append(JSONMember(name: "actionsSent", value: JSONValue(leftCount)))
    return failure
  }

  // MARK: Sending

  private func send(_ value: RawJSON?) async throws(Failure) {
    var action = template
    action.content =
      switch template.content {
      case .event: .event(value)
      case .result: .result(value)
      case .error: .error(value)
      }
    if waits {
      action.taskID = template.taskID ?? freshTaskID()
      awaited.append(action)
    }
    let sent = action
    try await busy { () throws(ClientError) in
      try await self.client.sendAction(self.address, sent)
    }
    leftCount += 1
    unsettled.append(action.taskID)
    if unsettled.count >= Self.batch { try await settle() }
  }

  /// Gives the server the time to refuse what was sent, and says what it has not refused.
  private func settle() async throws(Failure) {
    guard !unsettled.isEmpty else { return }
    try await busy { () throws(ClientError) in
      try await self.client.settleActions(
        self.address, milliseconds: Double(self.settleMilliseconds))
    }
    let settled = unsettled
    unsettled = []
    guard !waits else { return }
    for taskID in settled {
      run.output.line(sentHead) { writer in
        guard let taskID else { return }
        writer.key("taskId")
        writer.passThrough(taskID)
      }
    }
    run.output.flush()
  }

  private func busy(
    _ work: @EventLoop () async throws(ClientError) -> Void
  ) async throws(Failure) {
    underWay += 1
    defer {
      underWay -= 1
      progress += 1
    }
    do throws(ClientError) { try await work() } catch { throw facts(Failure(error)) }
  }

  /// The next line; `.cancelled` when there is none for the moment, so that it can be said what became
  /// of those before.
  private func nextLine(_ reader: LineReader) async -> LineReader.Outcome {
    guard !unsettled.isEmpty else { return await reader.next() }
    let outcome = Promise<LineReader.Outcome>()
    let reading = EventLoop.start { outcome.fulfil(await reader.next()) }
    let timer = Reactor.shared.schedule(
      at: Reactor.shared.now.advanced(byMilliseconds: Self.lullMilliseconds)
    ) { reading.cancel() }
    defer { Reactor.shared.cancel(timer) }
    return await outcome.get()
  }

  private func freshTaskID() -> RawJSON {
    let random = (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 16) }
    return RawJSON(string: random.joined())
  }
}

// MARK: - Results

extension ActionSending: BranchWatcher {
  func received(action frame: ReceivedFrame) {
    guard case .receiveAction(let message)? = frame.serverMessage(), let raw = frame.field("action")
    else { return }
    let action = message.action
    guard let taskID = action.taskID,
      let index = awaited.firstIndex(where: { $0.taskID?.value == taskID.value })
    else { return }
    switch action.content {
    case .event: return came(back: awaited[index], from: action.connection)
    case .result: print(raw, success: true)
    case .error:
      someFailed = true
      print(raw, success: false)
    }
    awaited.remove(at: index)
    progress += 1
    let moved = self.moved
    self.moved = Promise()
    moved.fulfil(())
  }

  /// A server that was to choose one device has chosen this one, which watches only for the result:
  /// nobody else has the action, so it can go again.
  private func came(back action: RemoteAction, from sender: ConnectionInfo?) {
    guard action.selector.isEmpty, let sender,
      sender.connectionID == client.connectionState.info?.connectionID
    else { return }
    run.diagnostics.note("the server chose this connection as the receiver; it is to choose again")
    let due = Reactor.shared.now.advanced(byMilliseconds: Self.rechoiceMilliseconds)
    Reactor.shared.schedule(at: due) { [weak self] in
      EventLoop.start {
        // That it is sent again gets nobody any further, so it is no progress.
        guard let self else { return }
        do throws(ClientError) { try await self.client.sendAction(self.address, action) } catch {
          self.run.fail(Failure(error))
        }
      }
    }
  }

  private func print(_ action: UnsafeRawBufferPointer, success: Bool) {
    run.output.line(resultHead) { writer in
      writer.key("success")
      writer.bool(success)
      writer.members(of: action, but: ["type", "success"])
    }
    let output = run.output
    Reactor.shared.atEndOfTurn { output.flush() }
  }

  func synced() { watched.fulfil(()) }

  func received(_ error: BranchError, isFinal: Bool) {
    switch error {
    case .error(let info), .permissionDenied(let info): run.fail(Failure(.refused(info)))
    case .maxSizeReached: break
    }
  }

  func connectionChanged(to state: ConnectionState) {}
  func received(_ updates: BranchUpdates) {}
  func receivedAll() {}
  func ended() {}
}

import InstClient
import InstProtocol
import Transport
import WebSocket

/// One run of `watch`: its branches, the connections under them, and its ends.
@EventLoop
final class WatchRun {
  /// What to ask of the server for each branch, and what to show of it.
  struct Request: Sendable {
    var temporary: Bool?
    var markers: [String]?
    /// What is shown of the documents.
    var shown = WatchedDocument.Shown()
  }

  /// Runs a command for each action, if one is given.
  let commands: ActionCommands?
  let arrivals = Arrivals()
  /// After how many updates lines to end: a plain copy, for the option's own getter is slow.
  let lineCount: Int?

  private let run: CommandRun
  private let connections: InstConnections
  private let ending: EndingOptions
  private let untilSynced: Bool
  private let readyFile: ReadyFile?
  private let lines: WatchLines
  private var branches: [WatchedBranch] = []
  private var hasSeveralConnections = false
  private var timers: EndingTimers?

  private(set) var hasBegun = false
  private var isSynced = false
  private var firstFailure: Failure?

  init(
    _ run: CommandRun, _ connections: InstConnections, ending: EndingOptions,
    untilSynced: Bool, readyFile: ReadyFile?, lines: WatchLines, commands: ActionCommands?
  ) {
    self.run = run
    self.connections = connections
    self.ending = ending
    self.untilSynced = untilSynced
    lineCount = ending.lineCount
    self.readyFile = readyFile
    self.lines = lines
    self.commands = commands
  }

  func start(_ addresses: [BranchAddress], _ request: Request, types: WatchLineTypes) {
    connections.observer = self
    let (connections, commands) = (self.connections, self.commands)
    run.close = {
      commands?.stop()
      connections.disconnect()
      await commands?.finished()
      await connections.finished()
    }
    run.output.onStall = { stalled in
      if stalled { connections.pauseReading() } else { connections.resumeReading() }
    }
    timers = EndingTimers(
      self, of: run, arrivals: arrivals, duration: ending.duration, idle: ending.idle,
      timeout: ending.timeout, until: ending.until?.expression)
    branches = addresses.map { address in
      WatchedBranch(
        address, of: self, client: connections.client(for: address.instAddress),
        lines: WatchLines(run, types: types, address),
        document: request.shown.isNothing ? nil : WatchedDocument(request.shown, run, address))
    }
    hasSeveralConnections = branches.contains { $0.client !== branches.first?.client }
    for branch in branches {
      connections.watchBranchUpdates(
        branch.address, temporary: request.temporary, markers: request.markers, watcher: branch)
    }
    Progress.showReceiving(in: run) { connections.receivedBytes }
    connections.connect()
  }

  private var liveBranches: [WatchedBranch] { branches.filter { !$0.isOver } }

  // MARK: What the branches tell

  func connectionChanged(to state: ConnectionState, of branch: WatchedBranch) {
    hasBegun = hasBegun || state.isConnected
    // One line for the connection, however many branches are on it.
    guard liveBranches.first(where: { $0.client === branch.client }) === branch else { return }
    lines.connection(state, of: hasSeveralConnections ? owner(of: branch) : nil)
  }

  /// The inst that a branch's connection is for alone; nil for the one that the others share.
  private func owner(of branch: WatchedBranch) -> InstAddress?? {
    let named = branch.address.answered.instAddress
    return .some(named.recordName == nil ? nil : named)
  }

  func branchSynced() {
    guard !isSynced || untilSynced, liveBranches.allSatisfy(\.isSynced) else { return }
    if !isSynced {
      isSynced = true
      run.progress?.stop()
      timers?.startIdle()
      writeReadyFile()
    }
    if untilSynced { done() }
  }

  private func writeReadyFile() {
    do throws(Failure) {
      try readyFile?.write(#"{"type":"ready"}"#)
    } catch { fail(error) }
  }

  /// Nothing more comes of a branch.
  func ended(_ branch: WatchedBranch, because failure: Failure) {
    branch.isOver = true
    firstFailure = firstFailure ?? failure
    guard !liveBranches.isEmpty else { return fail(firstFailure ?? failure) }
    // The others may be all that was waited for.
    branchSynced()
    let client = branch.client
    guard !liveBranches.contains(where: { $0.client === client }) else { return }
    // Not within the client's own call.
    Reactor.shared.atEndOfTurn { client.disconnect() }
  }
}

extension WatchRun: LongRunning {
  var canReceive: Bool {
    liveBranches.allSatisfy { $0.client.connectionState.isConnected } && !run.output.isStalled
  }

  var lastProgress: MonotonicTime { connections.lastProgress }

  var unmetCount: String? {
    lineCount.map { "only \(arrivals.count) of \($0) updates lines before" }
  }

  var unmetByTimeout: String {
    isSynced
      ? "nothing else ended the command"
      : branches.count == 1 ? "the branch was not synced" : "not all branches were synced"
  }

  /// The planned end. What was refused to us meanwhile is a failure all the same.
  func done() { run.end(firstFailure.map { .failure($0) } ?? .status(.done)) }

  func fail(_ failure: Failure) { run.fail(failure) }
}

extension WatchRun: InstConnectionsObserver {
  // The branches' watchers are told as well.
  func clientConnectionChanged(to state: ConnectionState) {}

  func rateLimited(retryAfterMilliseconds: Int64) {
    arrivals.noteRateLimit()
    lines.rateLimit(milliseconds: retryAfterMilliseconds)
  }

  func received(_ error: ErrorInfo) { lines.error(error) }

  func received(unclaimed frame: ReceivedFrame) {
    arrivals.note()
    if let message = frame.content { lines.message(message) }
  }

  func receivedUnreadable(_ reason: String) {
    run.diagnostics.warn("the server sent what cannot be understood: \(reason)")
  }

  func resending(updateID: Int, tries: Int) {}
  func updatesSyncChanged(to state: UpdatesSync) {}

  func connectionFailed(of inst: InstAddress?, _ error: ClientError) {
    let failure = Failure(error)
    let ended = liveBranches.filter {
      connections.failure(for: $0.address.instAddress) != nil
    }
    for branch in ended {
      if hasSeveralConnections { branch.lines.error(failure) }
      self.ended(branch, because: failure)
    }
  }

  // Each connection has told of its own end.
  func failed(_ error: ClientError) {}
}

import ArgumentParser
import InstClient
import InstProtocol
import JSONText
import Transport
import WebSocket

/// `instctl watch`.
struct Watch: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Follow a branch: its state first, then every update as it comes.",
    discussion: """
      Prints a line for each event: connection, updates, sync, action, error, rate_limit. The first \
      updates line holds the whole state of the branch ("initial":true), and so does the first one after \
      a reconnect (also "replay":true).

      Examples:
        instctl watch -s https://inst.example.com myInst
        instctl watch -s ws://127.0.0.1:3000/websocket /demo --until-synced
        instctl watch record/inst --key-file key.txt --count 10 --timeout 1m
      """)

  @OptionGroup var branch: BranchOptions
  @OptionGroup(title: "Connection") var server: ServerOptions
  @OptionGroup(title: "Ending") var ending: EndingOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  @Option(
    help: ArgumentHelp(
      "Create this file at the first sync, when the command is really running.", valueName: "file"))
  var readyFile: String?

  func run() throws {
    let diagnostics = output.diagnostics
    let connection = try ServerConnection(server, diagnostics: diagnostics)
    let address = try branch.address()
    CommandRun.execute(diagnostics) { run throws(Failure) in
      let client = try connection.client(for: address.instAddress, reconnects: true)
      let watch = WatchRun(
        run, client, address, ending: ending, readyFile: readyFile.map(ReadyFile.init))
      watch.start()
      await run.untilEnding()
      withExtendedLifetime(watch) {}
    }
  }
}

/// The lines of one watch, and its ends.
@EventLoop
private final class WatchRun {
  private let run: CommandRun
  private let client: InstRecordsClient
  private let address: BranchAddress
  private let ending: EndingOptions
  /// A plain copy: the option's own getter is too slow to be asked for each line.
  private let lineCount: Int?
  private let readyFile: ReadyFile?

  private let updatesHead: LineHead
  private let syncHead: LineHead
  private let actionHead: LineHead
  private let errorHead: LineHead
  private let connectionHead = LineHead("\"type\":\"connection\"")
  private let rateLimitHead = LineHead("\"type\":\"rate_limit\"")
  private let messageHead = LineHead("\"type\":\"message\"")
  private let plainErrorHead = LineHead("\"type\":\"error\"")

  private var updateLines = 0
  private var wasConnected = false
  private var wasSynced = false
  private var lastArrival: MonotonicTime

  init(
    _ run: CommandRun, _ client: InstRecordsClient, _ address: BranchAddress,
    ending: EndingOptions, readyFile: ReadyFile?
  ) {
    self.run = run
    self.client = client
    self.address = address
    self.ending = ending
    lineCount = ending.lineCount
    self.readyFile = readyFile
    updatesHead = LineHead("\"type\":\"updates\"", address)
    syncHead = LineHead("\"type\":\"sync\"", address)
    actionHead = LineHead("\"type\":\"action\"", address)
    errorHead = LineHead("\"type\":\"error\"", address)
    lastArrival = Reactor.shared.now
  }

  func start() {
    client.observer = self
    let client = self.client
    run.close = {
      client.disconnect()
      await client.finished()
    }
    run.output.onStall = { stalled in
      if stalled { client.pauseReading() } else { client.resumeReading() }
    }
    let started = Reactor.shared.now
    if let timeout = ending.timeout {
      Reactor.shared.schedule(at: started.advanced(byMilliseconds: timeout.milliseconds)) {
        [weak self] in self?.timeoutPassed(timeout)
      }
    }
    if let duration = ending.duration {
      Reactor.shared.schedule(at: started.advanced(byMilliseconds: duration.milliseconds)) {
        [weak self] in self?.durationPassed()
      }
    }
    client.watchBranchUpdates(address, watcher: self)
    client.connect()
  }

  // MARK: Ends

  private func end(_ ending: CommandRun.Ending) { run.end(ending) }

  private func durationPassed() {
    // A planned end of something that never began is none.
    guard !wasConnected else { return end(.status(.done)) }
    end(
      .failure(
        Failure(
          code: "not_connected", layer: .websocket,
          message: "there was no connection by the time of --for", isRetryable: true,
          exit: .unavailable)))
  }

  private func timeoutPassed(_ timeout: DurationArgument) {
    let what = wasSynced ? "nothing else ended the command" : "the branch was not synced"
    end(
      .failure(
        .timeout(
          "\(what) within \(timeout.milliseconds) ms", milliseconds: timeout.milliseconds)))
  }

  private func scheduleIdleCheck() {
    guard let idle = ending.idle else { return }
    let due = lastArrival.advanced(byMilliseconds: idle.milliseconds)
    Reactor.shared.schedule(at: due) { [weak self] in
      guard let self else { return }
      // While there is no connection, or nobody reads, nothing can arrive.
      if !self.client.connectionState.isConnected || self.run.output.isStalled {
        self.lastArrival = Reactor.shared.now
      }
      if Reactor.shared.now < self.lastArrival.advanced(byMilliseconds: idle.milliseconds) {
        return self.scheduleIdleCheck()
      }
      if let count = self.lineCount {
        return self.end(
          .failure(
            .timeout(
              "nothing arrived for \(idle.milliseconds) ms, and only \(self.updateLines) of "
                + "\(count) updates lines before", milliseconds: idle.milliseconds)))
      }
      self.end(.status(.done))
    }
  }

  // MARK: Lines

  /// Whether lines are still wanted.
  private var isPrinting: Bool { !run.isEnding && run.output.ended == nil }

  private func line(_ head: LineHead, _ members: (inout JSONWriter) -> Void) {
    guard isPrinting else { return }
    run.output.line(head, members)
  }
}

extension WatchRun: BranchWatcher {
  func connectionChanged(to state: ConnectionState) {
    wasConnected = wasConnected || state.isConnected
    line(connectionHead) { writer in
      writer.key("state")
      writer.string(state.phase.rawValue)
      writer.key("connected")
      writer.bool(state.isConnected)
      if let attempt = state.attempt {
        writer.key("attempt")
        writer.number(attempt)
      }
      if let wait = state.retryInMilliseconds {
        writer.key("retryInMs")
        writer.number(Int(wait))
      }
      if let reason = state.reason {
        writer.key("reason")
        writer.string(reason)
      }
      if let code = state.closeCode {
        writer.key("closeCode")
        writer.number(code)
      }
    }
    run.output.flush()
  }

  func received(_ updates: BranchUpdates) {
    lastArrival = Reactor.shared.now
    guard isPrinting else { return }
    let output = run.output
    if updates.isPlain, updates.updates.count >= StandardOutput.straightOutSize {
      output.beginLine(updatesHead)
      output.writer.key("updates")
      output.straightOut(updates.updates)
      output.writer.members(behind: updates)
      output.endLine()
    } else {
      output.line(updatesHead) { writer in
        writer.key("updates")
        writer.passThrough(updates.updates, isPlain: updates.isPlain)
        writer.members(behind: updates)
      }
    }
    updateLines += 1
    if updateLines == lineCount { end(.status(.done)) }
  }

  func synced() {
    let isFirst = !wasSynced
    wasSynced = true
    if isFirst { scheduleIdleCheck() }
    line(syncHead) { writer in
      writer.key("complete")
      writer.bool(true)
    }
    if isFirst, let readyFile {
      do throws(Failure) {
        try readyFile.write(#"{"type":"ready"}"#)
      } catch { end(.failure(error)) }
    }
    if ending.untilSynced { end(.status(.done)) }
  }

  func received(action frame: ReceivedFrame) {
    lastArrival = Reactor.shared.now
    guard let action = frame.field("action") else { return }
    line(actionHead) { writer in
      writer.key("action")
      writer.passThrough(action)
    }
  }

  func received(_ error: BranchError, isFinal: Bool) {
    lastArrival = Reactor.shared.now
    let failure: Failure
    switch error {
    case .error(let info):
      errorLine(kind: "error", info)
      failure = Failure(.refused(info))
    case .permissionDenied(let info):
      errorLine(kind: "permission_denied", info)
      failure = Failure(.refused(info))
    case .maxSizeReached(let maximum, let needed):
      failure = Failure(.maxSizeReached(maximum: maximum, needed: needed))
      line(errorHead) { writer in
        writer.key("kind")
        writer.string("max_size_reached")
        for fact in Failure.sizes(maximum: maximum, needed: needed) {
          writer.key(string: fact.name)
          writer.value(fact.value)
        }
      }
    }
    run.output.flush()
    if isFinal { end(.failure(failure)) }
  }

  private func errorLine(kind: String, _ info: ErrorInfo) {
    line(errorHead) { writer in
      writer.key("kind")
      writer.string(kind)
      writer.errorMembers(info)
    }
  }

  func receivedAll() { run.output.flush() }

  // The client's failure tells why, and our own end needs no news.
  func ended() {}
}

extension WatchRun: InstRecordsObserver {
  // The branch's watcher is told as well.
  func clientConnectionChanged(to state: ConnectionState) {}

  func rateLimited(retryAfterMilliseconds: Int64) {
    line(rateLimitHead) { writer in
      writer.key("retryAfterMs")
      writer.number(Int(retryAfterMilliseconds))
    }
    run.output.flush()
  }

  func received(_ error: ErrorInfo) {
    line(plainErrorHead) { writer in
      writer.key("kind")
      writer.string("error")
      writer.errorMembers(error)
    }
    run.output.flush()
  }

  func received(unclaimed frame: ReceivedFrame) {
    lastArrival = Reactor.shared.now
    guard let message = frame.content else { return }
    line(messageHead) { writer in
      writer.key("message")
      writer.passThrough(message)
    }
    run.output.flush()
  }

  func receivedUnreadable(_ reason: String) {
    run.diagnostics.warn("the server sent what cannot be understood: \(reason)")
  }

  func resending(updateID: Int, tries: Int) {}
  func updatesSyncChanged(to state: UpdatesSync) {}

  func failed(_ error: ClientError) { end(.failure(Failure(error))) }
}

extension JSONWriter {
  /// The members of a line that follow the updates themselves.
  fileprivate mutating func members(behind updates: BranchUpdates) {
    if let timestamps = updates.timestamps {
      key("timestamps")
      passThrough(timestamps, isPlain: updates.isPlain)
    }
    if updates.isInitial { literal("\"initial\":true") } else { literal("\"initial\":false") }
    if updates.isReplay { literal("\"replay\":true") }
    if let message = updates.messageWithOtherFields { otherFields(of: message) }
  }

  /// Fields that only the server knows the meaning of.
  private mutating func otherFields(of message: UnsafeRawBufferPointer) {
    let known = ["type", "recordName", "inst", "branch", "updates", "timestamps", "initial"]
    guard let value = try? JSONValue(parsing: message) else { return }
    for member in value.objectValue ?? [] where !known.contains(member.name) {
      key(string: member.name)
      self.value(member.value)
    }
  }

  /// The members that tell of a server's error.
  mutating func errorMembers(_ info: ErrorInfo) {
    key("errorCode")
    string(info.errorCode.rawValue)
    key("errorMessage")
    string(info.errorMessage)
    if let reason = info.reason {
      key("reason")
      passThrough(reason)
    }
    if let issues = info.issues {
      key("issues")
      passThrough(issues)
    }
  }
}

import InstClient
import InstProtocol
import Transport

/// A command that is on a branch for the sake of something else than its updates: says nothing about
/// them, and tells of the connection on stderr alone.
@EventLoop
protocol BranchPresence: BranchWatcher, InstRecordsObserver {
  var run: CommandRun { get }
  var arrivals: Arrivals { get }
}

extension BranchPresence {
  /// Begins to watch the branch, and takes care of the end.
  func appear(on address: BranchAddress, by client: InstRecordsClient) {
    client.observer = self
    run.close = {
      client.disconnect()
      await client.finished()
    }
    run.output.onStall = { stalled in
      if stalled { client.pauseReading() } else { client.resumeReading() }
    }
    client.watchBranchUpdates(address, watcher: self)
    client.connect()
  }

  // MARK: BranchWatcher

  func connectionChanged(to state: ConnectionState) {}
  func received(_ updates: BranchUpdates) {}
  func received(action frame: ReceivedFrame) {}
  func receivedAll() {}
  func ended() {}

  // MARK: InstRecordsObserver

  func clientConnectionChanged(to state: ConnectionState) {
    let reason = state.reason.map { ": \($0)" } ?? ""
    run.diagnostics.note("connection: \(state.phase.rawValue)\(reason)")
  }

  func rateLimited(retryAfterMilliseconds: Int64) {
    arrivals.noteRateLimit()
    run.diagnostics.warn(
      "the server limits the rate: nothing is sent for \(retryAfterMilliseconds) ms")
  }

  func received(_ error: ErrorInfo) {
    run.diagnostics.warn("the server reports \(error.errorCode): \(error.errorMessage)")
  }

  func received(unclaimed frame: ReceivedFrame) {
    run.diagnostics.note("a message that nobody waits for: \(frame.typeText)")
  }

  func receivedUnreadable(_ reason: String) {
    run.diagnostics.warn("the server sent what cannot be understood: \(reason)")
  }

  func resending(updateID: Int, tries: Int) {}
  func updatesSyncChanged(to state: UpdatesSync) {}
  func failed(_ error: ClientError) { run.fail(Failure(error)) }
}

import InstClient
import InstProtocol
import Transport
import WebSocket

/// A command that makes requests rather than follow something: it shows the connection's news on
/// stderr alone, and ends when nothing has moved for `--timeout`.
@EventLoop
final class RequestRun {
  private let run: CommandRun
  private let client: InstRecordsClient
  private let timeout: DurationArgument
  private let what: String
  /// Whether something is waited for; time in which nothing is does not count.
  private let isWaiting: @EventLoop () -> Bool
  /// How many requests are answered; nil where whatever the server sends counts as progress.
  private let answered: (@EventLoop () -> Int)?
  /// What the end of the connection means for what is under way.
  /// What a limit of rates means for what is under way, if that needs saying.
  private let limitNote: @EventLoop () -> String?
  private let failure: @EventLoop (ClientError) -> Failure
  private var answeredBefore = 0

  private var lastProgress = Reactor.shared.now
  /// The arrival of a message that said only that nothing moves.
  private var ignoredProgress: MonotonicTime?
  private var isRateLimited = false

  /// - Parameter what: what did not happen when time is up, for the message.
  init(
    _ run: CommandRun, _ client: InstRecordsClient, timeout: DurationArgument, what: String,
    isWaiting: @escaping @EventLoop () -> Bool = { true },
    answered: (@EventLoop () -> Int)? = nil,
    failure: @escaping @EventLoop (ClientError) -> Failure = { Failure($0) },
    limitNote: @escaping @EventLoop () -> String? = { nil }
  ) {
    self.run = run
    self.client = client
    self.timeout = timeout
    self.what = what
    self.isWaiting = isWaiting
    self.answered = answered
    self.failure = failure
    self.limitNote = limitNote
  }

  func start() {
    client.observer = self
    let client = self.client
    run.close = {
      client.disconnect()
      await client.finished()
    }
    client.connect()
    check()
  }

  private func check() {
    let now = Reactor.shared.now
    if !isWaiting() { lastProgress = now }
    if let answered {
      let count = answered()
      if count != answeredBefore { noteProgress(at: now) }
      answeredBefore = count
    } else if client.lastProgress > lastProgress, client.lastProgress != ignoredProgress {
      noteProgress(at: client.lastProgress)
    }
    let due = lastProgress.advanced(byMilliseconds: timeout.milliseconds)
    guard due > now else { return timeIsUp() }
    // Waiting may begin at any time, so the end of the allowance is not all there is to look at.
    let soon = now.advanced(byMilliseconds: 250)
    Reactor.shared.schedule(at: min(due, soon)) { [weak self] in self?.check() }
  }

  /// What has just come gets nobody nearer to an answer.
  func ignoreNews() { ignoredProgress = client.lastProgress }

  private func noteProgress(at time: MonotonicTime) {
    lastProgress = time
    isRateLimited = false
  }

  private func timeIsUp() {
    let allowance = timeout.milliseconds
    let what = "\(what) within \(allowance) ms"
    run.fail(isRateLimited ? .rateLimited(what) : .timeout(what, milliseconds: allowance))
  }
}

extension RequestRun: InstRecordsObserver {
  func clientConnectionChanged(to state: ConnectionState) {
    let wait = state.retryInMilliseconds.map { ", again in \($0) ms" } ?? ""
    run.diagnostics.note(
      "connection: \(state.phase.rawValue)\(state.reason.map { ": \($0)" } ?? "")\(wait)")
  }

  func rateLimited(retryAfterMilliseconds: Int64) {
    ignoredProgress = client.lastProgress
    isRateLimited = true
    run.diagnostics.warn(
      "the server limits the rate: nothing is sent for \(retryAfterMilliseconds) ms"
        + (limitNote().map { "; \($0)" } ?? ""))
  }

  func received(_ error: ErrorInfo) {
    run.diagnostics.warn("the server reports \(error.errorCode): \(error.errorMessage)")
  }

  func received(unclaimed frame: ReceivedFrame) {
    ignoreNews()
    run.diagnostics.note("a message that nobody waits for: \(frame.typeText)")
  }

  func receivedUnreadable(_ reason: String) {
    run.diagnostics.warn("the server sent what cannot be understood: \(reason)")
  }

  func resending(updateID: Int, tries: Int) {
    run.diagnostics.note("update \(updateID) is sent again (try \(tries))")
  }

  func updatesSyncChanged(to state: UpdatesSync) {}

  func failed(_ error: ClientError) { run.fail(failure(error)) }
}

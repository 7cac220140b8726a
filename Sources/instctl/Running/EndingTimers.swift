import LineFilter
import Transport
import WebSocket

/// A command that goes on until something ends it.
@EventLoop
protocol LongRunning: AnyObject {
  /// Whether there ever was a connection.
  var hasBegun: Bool { get }
  /// Whether anything could arrive now: there is a connection, and somebody reads the output.
  var canReceive: Bool { get }
  /// When the last message, or a part of one, came over the network.
  var lastProgress: MonotonicTime { get }
  /// What is missing of `--count`; nil where nothing is.
  var unmetCount: String? { get }
  /// What has not happened by the time of `--timeout`.
  var unmetByTimeout: String { get }
  /// Ends in order.
  func done()
  /// Ends with a failure.
  func fail(_ failure: Failure)
}

/// What has arrived for a long-running command. It is noted with each message, so nothing holds it
/// weakly: that slows down every use of an object.
@EventLoop
final class Arrivals {
  private(set) var last = Reactor.shared.now
  /// How many of those that `--count` counts.
  private(set) var count = 0
  private var lastLimit: MonotonicTime?

  /// Whether the last word of the server was to wait.
  var isRateLimited: Bool { lastLimit.map { $0 >= last } ?? false }

  /// Something came that keeps the command from being idle.
  func note() { last = Reactor.shared.now }

  /// The server wants us to wait.
  func noteRateLimit() { lastLimit = Reactor.shared.now }

  /// The same as ``note()``, and it counts.
  func noteCounted() {
    note()
    count += 1
  }
}

/// The ends of a long-running command that are the same for all: `--for`, `--idle` and `--timeout`, which
/// are a matter of time, and `--until`.
@EventLoop
final class EndingTimers {
  private weak var command: (any LongRunning)?
  private let arrivals: Arrivals
  private let idle: DurationArgument?
  private let awaitsLine: Bool
  private var isIdleStarted = false
  /// So long at least the server has for what comes first, however soon the command may be idle then.
  private static let beginMilliseconds: Int64 = 10_000

  /// Starts the clocks of `--for` and `--timeout`, and to look at the lines.
  init(
    _ command: any LongRunning, of run: CommandRun, arrivals: Arrivals = Arrivals(),
    duration: DurationArgument?, idle: DurationArgument?, timeout: DurationArgument?,
    until last: LineExpression?
  ) {
    self.command = command
    self.arrivals = arrivals
    self.idle = idle
    awaitsLine = last != nil
    if let last { run.waitForLast(last) { [weak self] in self?.command?.done() } }
    if let timeout { after(timeout) { $0.timeoutPassed(timeout) } }
    if let duration { after(duration) { $0.durationPassed() } }
    if let idle { scheduleBeginCheck(max(idle.milliseconds, Self.beginMilliseconds)) }
  }

  /// Something came that keeps the command from being idle.
  func noteArrival() { arrivals.note() }

  /// The server wants us to wait.
  func noteRateLimit() { arrivals.noteRateLimit() }

  /// Starts the clock of `--idle`.
  func startIdle() {
    isIdleStarted = true
    arrivals.note()
    scheduleIdleCheck()
  }

  private func scheduleBeginCheck(_ milliseconds: Int64) {
    let last = max(arrivals.last, command?.lastProgress ?? arrivals.last)
    let due = last.advanced(byMilliseconds: milliseconds)
    Reactor.shared.schedule(at: due) { [weak self] in self?.checkBegin(milliseconds) }
  }

  /// A server that says nothing from the beginning is a failure: it is not known what there is.
  private func checkBegin(_ milliseconds: Int64) {
    guard !isIdleStarted, let command else { return }
    if !command.canReceive { arrivals.note() }
    let last = max(arrivals.last, command.lastProgress)
    guard Reactor.shared.now >= last.advanced(byMilliseconds: milliseconds) else {
      return scheduleBeginCheck(milliseconds)
    }
    fail(
      "nothing arrived for \(milliseconds) ms, and \(command.unmetByTimeout)", milliseconds,
      option: "--idle")
  }

  private func fail(_ what: String, _ milliseconds: Int64, option: String) {
    command?.fail(
      arrivals.isRateLimited
        ? .rateLimited(what) : .timeout(what, milliseconds: milliseconds, option: option))
  }

  private func after(
    _ duration: DurationArgument, _ action: @escaping @EventLoop (EndingTimers) -> Void
  ) {
    let due = Reactor.shared.now.advanced(byMilliseconds: duration.milliseconds)
    Reactor.shared.schedule(at: due) { [weak self] in if let self { action(self) } }
  }

  private func durationPassed() {
    guard let command else { return }
    // A planned end of something that never began is none.
    guard !command.hasBegun else { return command.done() }
    command.fail(
      Failure(
        code: "not_connected", layer: .websocket,
        message: "there was no connection by the time of --for",
        hint: "a longer --for waits longer; -v shows what happens", isRetryable: true,
        exit: .unavailable))
  }

  private func timeoutPassed(_ timeout: DurationArgument) {
    guard let command else { return }
    fail(
      "\(command.unmetByTimeout) within \(timeout.milliseconds) ms", timeout.milliseconds,
      option: "--timeout")
  }

  private func scheduleIdleCheck() {
    guard let idle else { return }
    let due = arrivals.last.advanced(byMilliseconds: idle.milliseconds)
    Reactor.shared.schedule(at: due) { [weak self] in self?.checkIdle(idle) }
  }

  /// What is missing of `--until`.
  private var unmetLine: String? { awaitsLine ? "no line was the one of --until" : nil }

  private func checkIdle(_ idle: DurationArgument) {
    guard let command else { return }
    if !command.canReceive { arrivals.note() }
    let due = arrivals.last.advanced(byMilliseconds: idle.milliseconds)
    guard Reactor.shared.now >= due else { return scheduleIdleCheck() }
    guard let unmet = command.unmetCount ?? unmetLine else { return command.done() }
    command.fail(
      .timeout(
        "nothing arrived for \(idle.milliseconds) ms, and \(unmet)",
        milliseconds: idle.milliseconds, option: "--idle"))
  }
}

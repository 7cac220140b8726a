import Transport
import WebSocket

/// A command that goes on until something ends it.
@EventLoop
protocol LongRunning: AnyObject {
  /// Whether there ever was a connection.
  var hasBegun: Bool { get }
  /// Whether anything could arrive now: there is a connection, and somebody reads the output.
  var canReceive: Bool { get }
  /// What is missing of `--count`; nil where nothing is.
  var unmetCount: String? { get }
  /// What has not happened by the time of `--timeout`.
  var unmetByTimeout: String { get }
  /// Ends in order.
  func done()
  /// Ends with a failure.
  func fail(_ failure: Failure)
}

/// The ends of a long-running command that are a matter of time: `--for`, `--idle` and `--timeout`.
@EventLoop
final class EndingTimers {
  private weak var command: (any LongRunning)?
  private let idle: DurationArgument?
  private var lastArrival = Reactor.shared.now

  /// Starts the clocks of `--for` and `--timeout`.
  init(
    _ command: any LongRunning, duration: DurationArgument?, idle: DurationArgument?,
    timeout: DurationArgument?
  ) {
    self.command = command
    self.idle = idle
    if let timeout { after(timeout) { $0.timeoutPassed(timeout) } }
    if let duration { after(duration) { $0.durationPassed() } }
  }

  /// Something came that keeps the command from being idle.
  func noteArrival() { lastArrival = Reactor.shared.now }

  /// Starts the clock of `--idle`.
  func startIdle() {
    noteArrival()
    scheduleIdleCheck()
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
        message: "there was no connection by the time of --for", isRetryable: true,
        exit: .unavailable))
  }

  private func timeoutPassed(_ timeout: DurationArgument) {
    guard let command else { return }
    command.fail(
      .timeout(
        "\(command.unmetByTimeout) within \(timeout.milliseconds) ms",
        milliseconds: timeout.milliseconds))
  }

  private func scheduleIdleCheck() {
    guard let idle else { return }
    let due = lastArrival.advanced(byMilliseconds: idle.milliseconds)
    Reactor.shared.schedule(at: due) { [weak self] in self?.checkIdle(idle) }
  }

  private func checkIdle(_ idle: DurationArgument) {
    guard let command else { return }
    if !command.canReceive { noteArrival() }
    let due = lastArrival.advanced(byMilliseconds: idle.milliseconds)
    guard Reactor.shared.now >= due else { return scheduleIdleCheck() }
    guard let unmet = command.unmetCount else { return command.done() }
    command.fail(
      .timeout(
        "nothing arrived for \(idle.milliseconds) ms, and \(unmet)",
        milliseconds: idle.milliseconds))
  }
}

import CSystem
import Glibc

/// Signals as events of the loop, so that a handler may do anything.
@EventLoop
public final class Signals: ReadinessHandler {
  private let descriptor: Int32
  private let handler: @EventLoop (Int32) -> Void
  private var registration: Reactor.Registration?

  /// Those with which a user ends a program: SIGHUP, SIGINT, SIGTERM.
  public nonisolated static let ofUsers = [SIGHUP, SIGINT, SIGTERM]

  /// Takes the signals over: from now on they arrive at `handler` and nowhere else.
  ///
  /// Blocks them in the calling thread, so call it before another thread is started.
  public init(
    _ signals: [Int32], handler: @escaping @EventLoop (Int32) -> Void
  ) throws(TransportError) {
    descriptor = csystem_signalfd(signals, Int32(signals.count))
    guard descriptor >= 0 else { throw .io(operation: "signalfd", code: errno) }
    self.handler = handler
    registration = try Reactor.shared.add(descriptor, .readable, self)
  }

  /// Lets a signal end the process at once, with 128 and its number as exit code, while something keeps the
  /// thread waiting: a FIFO that nobody writes to, or another program. Afterwards all is as it was.
  ///
  /// - Parameter body: the work that waits.
  public nonisolated static func endingAtOnce<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let signals = Self.ofUsers
    let wereBlocked = csystem_let_signals_end(signals, Int32(signals.count))
    defer { csystem_let_signals_be(signals, Int32(signals.count), wereBlocked) }
    return try body()
  }

  /// For the loop.
  public func ready(_ readiness: Readiness) {
    while true {
      let signal = csystem_next_signal(descriptor)
      if signal == 0 { return }
      handler(signal)
    }
  }

  /// Handles what has arrived since: for work that keeps the loop from its turn.
  public func poll() { ready(.readable) }

  /// Ends the watch.
  public func close() {
    if let registration { Reactor.shared.remove(registration) }
    registration = nil
    Glibc.close(descriptor)
  }
}

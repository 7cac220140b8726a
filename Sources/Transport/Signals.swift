import CSystem
import Glibc

/// Signals as events of the loop, so that a handler may do anything.
@EventLoop
public final class Signals: ReadinessHandler {
  private let descriptor: Int32
  private let handler: @EventLoop (Int32) -> Void
  private var registration: Reactor.Registration?

  /// Takes the signals over: from now on they arrive at `handler` and nowhere else.
  ///
  /// Blocks them in the calling thread, so call it before another thread is started.
  public init(
    _ signals: [Int32], handler: @escaping @EventLoop (Int32) -> Void
  ) throws(TransportError) {
    var mask = sigset_t()
    sigemptyset(&mask)
    for signal in signals { sigaddset(&mask, signal) }
    pthread_sigmask(SIG_BLOCK, &mask, nil)
    descriptor = csystem_signalfd(&mask)
    guard descriptor >= 0 else { throw .io(operation: "signalfd", code: errno) }
    self.handler = handler
    registration = try Reactor.shared.add(descriptor, .readable, self)
  }

  /// For the loop.
  public func ready(_ readiness: Readiness) {
    var info = signalfd_siginfo()
    while read(descriptor, &info, MemoryLayout<signalfd_siginfo>.size)
      == MemoryLayout<signalfd_siginfo>.size
    {
      handler(Int32(info.ssi_signo))
    }
  }

  /// Ends the watch.
  public func close() {
    if let registration { Reactor.shared.remove(registration) }
    registration = nil
    Glibc.close(descriptor)
  }
}

import Transport
import WebSocket

/// Waits for so long.
@EventLoop
func pass(milliseconds: Int64) async {
  let promise = Promise<Void>()
  Reactor.shared.schedule(at: .current().advanced(byMilliseconds: milliseconds)) {
    promise.fulfil(())
  }
  await promise.get()
}

/// Waits until something is so, and fails when that takes too long.
@EventLoop
func within(
  milliseconds: Int64, _ failure: @autoclosure () -> String, _ isSo: @EventLoop () throws -> Bool
) async throws {
  let end = MonotonicTime.current().advanced(byMilliseconds: milliseconds)
  while try !isSo() {
    guard MonotonicTime.current() < end else {
      throw ChaosFailure("\(failure()) within \(milliseconds) ms")
    }
    await pass(milliseconds: 10)
  }
}

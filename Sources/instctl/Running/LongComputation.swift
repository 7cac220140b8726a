import Transport
import WebSocket

/// A computation that may take long, and lets signals and whatever else the loop waits for have their turns.
@EventLoop
final class LongComputation {
  private var lastTurn = MonotonicTime.current()
  /// So long nothing else need happen.
  private static let nanoseconds: Int64 = 50_000_000

  /// To be called again and again: waits for a turn of the loop where one is due.
  func pause() async {
    guard MonotonicTime.current().nanoseconds(since: lastTurn) > Self.nanoseconds else { return }
    let turn = Promise<Void>()
    Reactor.shared.schedule(at: Reactor.shared.now) { turn.fulfil(()) }
    await turn.get()
    lastTurn = MonotonicTime.current()
  }
}

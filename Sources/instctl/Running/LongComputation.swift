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
    guard isDue else { return }
    let turn = Promise<Void>()
    Reactor.shared.schedule(at: Reactor.shared.now) { turn.fulfil(()) }
    await turn.get()
    lastTurn = MonotonicTime.current()
  }

  /// The same for what cannot wait: signals alone have their turn. False once one has ended the command.
  func goesOn(in run: CommandRun) -> Bool {
    if isDue {
      run.noticeSignals()
      lastTurn = MonotonicTime.current()
    }
    return !run.isInterrupted
  }

  private var isDue: Bool {
    MonotonicTime.current().nanoseconds(since: lastTurn) > Self.nanoseconds
  }
}

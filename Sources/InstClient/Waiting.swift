import Transport
import WebSocket

/// Waits so many milliseconds, or until the task is cancelled.
@EventLoop
func wait(milliseconds: Int64) async {
  let due = Promise<Void>()
  let time = MonotonicTime.current().advanced(byMilliseconds: milliseconds)
  let timer = Reactor.shared.schedule(at: time) { due.fulfil(()) }
  await due.value(onCancel: ())
  Reactor.shared.cancel(timer)
}

import LineDisplay
import Transport
import WebSocket

/// Shows how far a long transfer has come, on a terminal's stderr.
@EventLoop
final class Progress {
  private let text: @EventLoop () -> String?
  private var timer: Reactor.TimerID?

  /// What is over sooner needs none.
  private static let delayMilliseconds: Int64 = 500
  private static let intervalMilliseconds: Int64 = 100

  /// Starts showing it.
  ///
  /// - Parameter text: the row, asked for ten times a second; nil while there is nothing to show.
  private init(_ text: @escaping @EventLoop () -> String?) {
    self.text = text
    schedule(after: Self.delayMilliseconds)
  }

  /// Shows it until the run ends, where somebody could see it.
  static func show(in run: CommandRun, _ text: @escaping @EventLoop () -> String?) {
    guard run.screen == nil, run.diagnostics.showsProgress, Terminal.errors.isCapable else {
      return
    }
    run.progress = Progress(text)
  }

  /// Shows how much has been received, until the run ends or what was waited for is there.
  static func showReceiving(in run: CommandRun, bytes: @escaping @EventLoop () -> Int) {
    var progress = TransferProgress(startingAt: seconds)
    show(in: run) { progress.text(receivedBytes: bytes(), at: seconds) }
  }

  private func schedule(after milliseconds: Int64) {
    let due = Reactor.shared.now.advanced(byMilliseconds: milliseconds)
    timer = Reactor.shared.schedule(at: due) { [weak self] in self?.draw() }
  }

  private func draw() {
    if let text = text() { StatusLine.show(text) } else { StatusLine.clear() }
    schedule(after: Self.intervalMilliseconds)
  }

  /// Takes it away for good.
  func stop() {
    if let timer { Reactor.shared.cancel(timer) }
    timer = nil
    StatusLine.clear()
  }

  /// The loop's time.
  static var seconds: Double { Double(Reactor.shared.now.nanoseconds) / 1e9 }
}

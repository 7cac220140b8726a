import ArgumentParser
import Glibc
import InstClient
import JSONText
import LineFilter
import Transport
import WebSocket

/// One run of a command: its output, its diagnostics, and the one thing that ends it.
@EventLoop
final class CommandRun {
  /// What ended the command; the first one counts.
  enum Ending: Sendable {
    case status(ExitStatus)
    case failure(Failure)
    case signal(Int32)
    case readerGone
  }

  private let settings: Settings
  let diagnostics: Diagnostics
  let output = StandardOutput()
  /// What makes lines for reading of them; nil where they are printed as they are.
  let pretty: PrettyStage?
  /// What takes the lines instead of stdout; nil where nothing does.
  private(set) var screen: WatchScreen?
  /// Chooses the lines that are printed; nil where all are.
  private var filter: LineFilterStage?
  /// Shows how far the command's transfer has come; nil where nobody would see it.
  var progress: Progress?
  /// How to take leave of the network, at the end.
  var close: (@EventLoop @Sendable () async -> Void)?

  private let ending = Promise<Ending>()
  private var signals: Signals?

  /// How long taking leave may last after a signal.
  private static let interruptMilliseconds: Int64 = 500
  /// … and otherwise.
  private static let closeMilliseconds: Int64 = 2000

  private init(_ settings: Settings) {
    self.settings = settings
    diagnostics = settings.diagnostics
    pretty = settings.prettyStage()
    output.stage = pretty
    if !settings.lines.isAll { choose(settings.lines) }
    output.onEnd = { [weak self] end in
      switch end {
      case .readerGone: self?.end(.readerGone)
      case .failed(let code):
        self?.fail(.stdoutFailed(code))
      }
    }
  }

  /// Whether the command is over but for taking leave.
  private(set) var isEnding = false
  /// Whether that is because of a signal.
  private(set) var isInterrupted = false

  /// Ends the command, unless it is ending already.
  func end(_ ending: Ending) {
    isEnding = true
    self.ending.fulfil(ending)
  }

  private func choose(_ lines: LineChoice) {
    let filter = LineFilterStage(lines, next: screen ?? pretty)
    filter.onForbidden = { [weak self] type, time in
      self?.output.taken = .nothing
      if let text = lines.failing?.text {
        self?.fail(.forbiddenLine(text, type: type, time: time))
      }
    }
    self.filter = filter
    output.stage = filter
  }

  /// Shows the lines on a screen of their own, until the command ends. To be asked for before there are
  /// lines.
  func show(on screen: WatchScreen) {
    self.screen = screen
    if let filter { filter.next = screen } else { output.stage = screen }
  }

  /// Calls `action` with the first line for which the expression is true, after which no more is
  /// printed. To be asked for before there are lines.
  func waitForLast(_ expression: LineExpression, _ action: @escaping @EventLoop () -> Void) {
    if filter == nil { choose(.all) }
    filter?.waitForLast(expression) { [weak self] in
      self?.output.taken = .nothing
      action()
    }
  }

  /// Waits until something ends the command.
  func untilEnding() async { _ = await ending.get() }

  /// Takes note of signals at once: for work that keeps the loop from its turn.
  func noticeSignals() { signals?.poll() }

  /// Ends the command with a failure.
  func fail(_ failure: Failure) { end(.failure(failure)) }

  /// Runs a command to its end and leaves the process with its exit code.
  ///
  /// - Parameters:
  ///   - settings: how its lines look, and what it tells besides.
  ///   - body: the command's work; when it returns the command is done. It is cancelled when something
  ///     else ends the command.
  nonisolated static func execute(
    _ settings: Settings,
    _ body: @escaping @EventLoop @Sendable (CommandRun) async throws(Failure) -> Void
  ) -> Never {
    signal(SIGPIPE, SIG_IGN)
    let status = EventLoop.run {
      let run = CommandRun(settings)
      return await run.untilEnd(body)
    }
    exit(status.rawValue)
  }

  private func untilEnd(
    _ body: @escaping @EventLoop @Sendable (CommandRun) async throws(Failure) -> Void
  ) async -> ExitStatus {
    signals = try? Signals(Signals.ofUsers) { [weak self] signal in
      // The second one does not wait for manners.
      if self?.isEnding ?? true {
        StatusLine.clear()
        Screen.restore()
        _exit(ExitStatus(signal: signal).rawValue)
      }
      self?.isInterrupted = true
      self?.end(.signal(signal))
    }
    TraceFile.onFailure = { [weak self] in self?.fail($0) }
    let work = EventLoop.start { [settings] in
      do throws(Failure) {
        _ = try settings.traceFile()
        try await body(self)
        self.end(.status(.done))
      } catch {
        self.fail(error)
      }
    }
    let ending = await self.ending.get()
    work.cancel()
    let status = await takeLeave(ending)
    signals?.close()
    signals = nil
    guard let failure = TraceFile.finish(status), status == .done else { return status }
    diagnostics.report(failure)
    return failure.exit
  }

  private func takeLeave(_ ending: Ending) async -> ExitStatus {
    progress?.stop()
    screen?.close()
    switch ending {
    case .status(let status):
      await closeWithin(Self.closeMilliseconds)
      await output.finish()
      // The output may fail only now.
      if case .failed(let code)? = output.ended {
        diagnostics.report(.stdoutFailed(code))
        return .inputOutput
      }
      return status
    case .failure(let failure):
      output.flush()
      diagnostics.report(failure)
      await closeWithin(Self.closeMilliseconds)
      // A reader that has stopped must not turn a failure into a hang.
      await within(Self.closeMilliseconds) { [output] in await output.finish() }
      return failure.exit
    case .signal(let signal):
      output.flush()
      await closeWithin(Self.interruptMilliseconds)
      return ExitStatus(signal: signal)
    case .readerGone:
      await closeWithin(Self.interruptMilliseconds)
      return .done
    }
  }

  private func closeWithin(_ milliseconds: Int64) async {
    if let close { await within(milliseconds, close) }
  }

  private func within(
    _ milliseconds: Int64, _ work: @escaping @EventLoop @Sendable () async -> Void
  ) async {
    let done = Promise<Void>()
    let timer = Reactor.shared.schedule(
      at: MonotonicTime.current().advanced(byMilliseconds: milliseconds)
    ) { done.fulfil(()) }
    EventLoop.start {
      await work()
      done.fulfil(())
    }
    await done.get()
    Reactor.shared.cancel(timer)
  }
}

import CSystem
import Glibc
import LineDisplay
import Transport

/// A terminal's screen while a program has it to itself, with its keys and its size.
///
/// It is given back by ``close()``, and by whatever ends the process; and while the process is stopped, or
/// a shell has another job in the foreground.
@EventLoop
final class Screen: ReadinessHandler {
  /// A key was pressed, or the terminal has gone (nil).
  var onKey: (@EventLoop (UInt8?) -> Void)?
  /// It is to be painted.
  var onChange: (@EventLoop () -> Void)?

  private enum State {
    case taken(descriptor: Int32)
    case away
    case closed
  }

  private var state = State.away
  private var painter: ScreenPainter
  private var keys: Reactor.Registration?
  private var signals: Signals?
  /// What the terminal has not taken yet. Nothing more is painted meanwhile.
  private var waiting: [UInt8] = []

  /// Takes the screen over.
  init(isColoured: Bool) throws(Failure) {
    painter = ScreenPainter(isColoured: isColoured)
    try take()
    do throws(TransportError) {
      signals = try Signals([SIGWINCH, SIGTSTP, SIGCONT]) { [weak self] in self?.received($0) }
    } catch {
      close()
      throw Failure(error)
    }
  }

  private func take() throws(Failure) {
    let descriptor = csystem_screen_take()
    let code = errno
    guard descriptor >= 0 else {
      throw Failure(
        code: "no_screen", layer: .io,
        message: "the terminal cannot be taken over: \(systemMessage(code))", exit: .inputOutput)
    }
    state = .taken(descriptor: descriptor)
    painter.forget()
    do throws(TransportError) {
      keys = try Reactor.shared.add(STDIN_FILENO, .readable, self)
    } catch {
      leave()
      throw Failure(error)
    }
  }

  private func leave() {
    state = .away
    if let keys { Reactor.shared.remove(keys) }
    keys = nil
    waiting = []
    Self.restore()
  }

  /// Gives the screen back.
  func close() {
    leave()
    state = .closed
    signals?.close()
    signals = nil
  }

  /// Gives back the screen of this process, whoever has it, if anybody: before the process ends.
  nonisolated static func restore() { csystem_screen_restore() }

  // MARK: Painting

  /// Shows a frame, unless the terminal is still busy with one before.
  func show(_ frame: (_ columns: Int, _ rows: Int) -> [StyledText]) {
    if case .away = state, csystem_screen_is_ours() != 0 {
      do throws(Failure) { try take() } catch { return gone() }
    }
    guard case .taken(let descriptor) = state else { return }
    write(to: descriptor)
    guard waiting.isEmpty else { return }
    let (columns, rows) = Terminal.output.size
    waiting = Array(painter.paint(frame(columns, rows), columns: columns, rows: rows).utf8)
    write(to: descriptor)
  }

  private func write(to descriptor: Int32) {
    while !waiting.isEmpty {
      let count = waiting.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      let code = errno
      if count < 0, code == EINTR { continue }
      guard count > 0 else { return code == EAGAIN ? () : gone() }
      waiting.removeFirst(count)
    }
  }

  private func gone() { onKey?(nil) }

  /// What was written to stderr last, while it is held back.
  var heldErrors: String? {
    var text = [CChar](repeating: 0, count: 512)
    let count = Int(csystem_screen_errors(&text, Int32(text.count), 1 << 20))
    guard count > 0 else { return nil }
    let all = String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return all.split(separator: "\n").last.map(String.init)
  }

  // MARK: What the user does

  func ready(_ readiness: Readiness) {
    var text = [UInt8](repeating: 0, count: 64)
    let count = read(STDIN_FILENO, &text, text.count)
    let code = errno
    if count < 0, code == EINTR || code == EAGAIN { return }
    guard count > 0 else {
      if let keys { Reactor.shared.remove(keys) }
      keys = nil
      return gone()
    }
    // An escape begins the name of a key that has no character: not a word of it is for us.
    for key in text.prefix(count).prefix(while: { $0 != 0x1B }) {
      switch key {
      case 0x1A: suspend()
      case 0x0C: repaint()
      default: onKey?(key)
      }
    }
  }

  private func received(_ signal: Int32) {
    switch signal {
    case SIGTSTP: suspend()
    case SIGCONT:
      // Somebody may have stopped us without a word; the terminal was another's since.
      leave()
      onChange?()
    default: repaint()
    }
  }

  /// Stops, as the user of a shell wants it, with the screen as it was before us.
  private func suspend() {
    leave()
    kill(getpid(), SIGSTOP)
  }

  private func repaint() {
    painter.forget()
    onChange?()
  }
}

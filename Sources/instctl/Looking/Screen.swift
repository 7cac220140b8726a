import CSystem
import Glibc
import LineDisplay
import Transport

/// A terminal's screen while a program has it to itself, with its keys and its size.
///
/// It is given back by ``close()``, and by whatever ends the process.
@EventLoop
final class Screen: ReadinessHandler {
  /// A key was pressed, or the terminal has gone (nil).
  var onKey: (@EventLoop (UInt8?) -> Void)?
  /// Everything is to be painted anew.
  var onChange: (@EventLoop () -> Void)?

  private var painter: ScreenPainter
  private let output: Int32
  private var registration: Reactor.Registration?
  private var signals: Signals?
  /// What the terminal has not taken yet. Nothing more is painted meanwhile.
  private var waiting: [UInt8] = []
  private var isOpen = false

  /// Takes the screen over.
  init(isColoured: Bool) throws(Failure) {
    painter = ScreenPainter(isColoured: isColoured)
    // A descriptor of our own can be non-blocking without being so for others.
    let own = open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
    output = own >= 0 ? own : STDOUT_FILENO
    try take()
    do throws(TransportError) {
      registration = try Reactor.shared.add(STDIN_FILENO, .readable, self)
      signals = try Signals([SIGWINCH, SIGTSTP, SIGCONT]) { [weak self] in self?.received($0) }
    } catch {
      close()
      throw Failure(error)
    }
  }

  private func take() throws(Failure) {
    guard csystem_screen_take() == 0 else {
      let code = errno
      throw Failure(
        code: "no_screen", layer: .io,
        message: "the terminal cannot be taken over: \(systemMessage(code))", exit: .inputOutput)
    }
    isOpen = true
  }

  /// Gives the screen back.
  func close() {
    isOpen = false
    if let registration { Reactor.shared.remove(registration) }
    registration = nil
    signals?.close()
    signals = nil
    Self.restore()
    if output != STDOUT_FILENO { Glibc.close(output) }
  }

  /// Gives back the screen of this process, whoever has it, if anybody: before the process ends.
  nonisolated static func restore() { csystem_screen_restore() }

  // MARK: Painting

  var size: (columns: Int, rows: Int) { Terminal.output.size }

  /// Shows a frame, unless the terminal is still busy with one before.
  func show(_ frame: (_ columns: Int, _ rows: Int) -> [StyledText]) {
    guard isOpen else { return }
    writeWaiting()
    guard waiting.isEmpty else { return }
    let (columns, rows) = size
    let text = painter.paint(frame(columns, rows), columns: columns, rows: rows)
    guard !text.isEmpty else { return }
    waiting = Array(text.utf8)
    writeWaiting()
  }

  private func writeWaiting() {
    while !waiting.isEmpty {
      let count = waiting.withUnsafeBytes { write(output, $0.baseAddress, $0.count) }
      let code = errno
      if count < 0, code == EINTR { continue }
      guard count > 0 else { return }
      waiting.removeFirst(count)
    }
  }

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
    var keys = [UInt8](repeating: 0, count: 64)
    let count = read(STDIN_FILENO, &keys, keys.count)
    let code = errno
    if count < 0, code == EINTR || code == EAGAIN { return }
    guard count > 0 else {
      if let registration { Reactor.shared.remove(registration) }
      registration = nil
      onKey?(nil)
      return
    }
    // An escape begins the name of a key that has no character: not a word of it is for us.
    for key in keys.prefix(count).prefix(while: { $0 != 0x1B }) {
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
    // Somebody has stopped us without a word before.
    case SIGCONT: resume()
    default: repaint()
    }
  }

  /// Stops, as the user of a shell wants it, with the screen as it was before us.
  private func suspend() {
    guard isOpen else { return }
    csystem_screen_restore()
    isOpen = false
    kill(getpid(), SIGSTOP)
    // Here everything goes on.
    resume()
  }

  private func resume() {
    csystem_screen_restore()
    do throws(Failure) { try take() } catch {
      onKey?(nil)
      return
    }
    repaint()
  }

  private func repaint() {
    painter.forget()
    onChange?()
  }
}

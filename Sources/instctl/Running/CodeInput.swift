import Glibc
import InstProtocol
import Transport
import WebSocket

/// Gets the code that a server has sent to whoever signs in: asks for it on the terminal, or reads it
/// from a file.
@EventLoop
struct CodeInput {
  /// How long a human, or a mailbox, may take.
  private static let allowanceMilliseconds: Int64 = 15 * 60_000
  private static let longest = 4096

  /// Whether somebody can be asked.
  nonisolated static var canAsk: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

  private let reader: LineReader
  private let name: String
  private let run: CommandRun

  /// Reads from stdin.
  static func input(_ run: CommandRun) -> CodeInput {
    CodeInput(
      reader: LineReader(descriptor: STDIN_FILENO, limit: longest), name: "stdin", run: run)
  }

  /// Reads from a file, which may be a pipe that nobody writes to yet; `-` is stdin.
  static func file(_ file: String, _ run: CommandRun) throws(Failure) -> CodeInput {
    guard file != "-" else { return input(run) }
    let descriptor = open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else {
      let code = errno
      throw Failure(
        code: "unreadable_file", layer: .config,
        message: "cannot read '\(file)': \(systemMessage(code))",
        exit: code == ENOENT ? .noInput : .configuration)
    }
    // It stays open to the end of the process, like stdin.
    try Secrets.refuseIfOpenToOthers(descriptor, file: file)
    return CodeInput(
      reader: LineReader(descriptor: descriptor, limit: longest), name: file, run: run)
  }

  /// Puts a question on the terminal.
  ///
  /// The code is shown as it is typed: it is of no use a moment later, and a terminal whose echo is
  /// never switched off cannot be left without it.
  func prompt(_ question: String) {
    var question = question
    question.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  /// The next line.
  func read() async throws(Failure) -> Secret {
    let run = self.run
    let due = MonotonicTime.current().advanced(byMilliseconds: Self.allowanceMilliseconds)
    let timer = Reactor.shared.schedule(at: due) {
      let allowance = Self.allowanceMilliseconds
      run.fail(.timeout("there was no code within \(allowance) ms", milliseconds: allowance))
    }
    defer { Reactor.shared.cancel(timer) }
    switch await reader.next() {
    case .line(let bytes):
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw Secrets.broken(name, "it is no line of text")
      }
      let code = text.split(whereSeparator: \.isWhitespace).joined()
      guard !code.isEmpty else { throw Secrets.broken(name, "its line is empty") }
      return Secret(code)
    case .end: throw Secrets.broken(name, "it ends without a code")
    case .tooLong: throw Secrets.broken(name, "its line is too long")
    case .failed(let code):
      throw Failure(
        code: "read_failed", layer: .io, message: "cannot read '\(name)': \(systemMessage(code))",
        exit: .inputOutput)
    case .cancelled: throw Failure(TransportError.cancelled)
    }
  }
}

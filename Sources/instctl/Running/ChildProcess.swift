import Glibc
import Transport
import WebSocket

/// A command of the shell: fed, read and ended on the loop.
@EventLoop
final class ChildProcess {
  /// How far it may go.
  struct Limits: Sendable {
    var milliseconds: Int64
    var outputBytes: Int
    /// So much of what it says on stderr is kept.
    var errorBytes = 4096
  }

  /// How it ended.
  enum End: Hashable, Sendable {
    case exited(status: Int32)
    case signalled(Int32)
    case timedOut
    case outputTooLarge
    /// We have ended it, because our own work is over.
    case stopped
    case notStarted(code: Int32)
  }

  struct Outcome: Sendable {
    var end: End
    var output: [UInt8] = []
    /// The beginning of what it said on stderr.
    var errors: [UInt8] = []
  }

  /// Fulfilled when it has ended and nothing of it is left.
  let outcome = Promise<Outcome>()

  private let limits: Limits
  private var shell: SpawnedShell?
  private var input: [UInt8]
  private var inputHead = 0
  private var inputPipe: WatchedDescriptor?
  private var outputPipe: WatchedDescriptor?
  private var errorPipe: WatchedDescriptor?
  private var exitWatch: WatchedDescriptor?
  private var output: [UInt8] = []
  private var errors: [UInt8] = []

  private var hasExited = false
  /// Why it is being ended before its time.
  private var cause: End?
  private var graceIsOver = false
  private var timer: Reactor.TimerID?

  /// What is left of a command that takes too long has so much time between SIGTERM and SIGKILL.
  private static let graceMilliseconds: Int64 = 2000

  /// Starts a command.
  ///
  /// - Parameters:
  ///   - input: what it gets as stdin.
  ///   - environment: variables beside our own ones; nil takes one away.
  init(_ command: String, input: [UInt8], environment: [String: String?], limits: Limits) {
    self.limits = limits
    self.input = input
    do throws(SpawnedShell.Trouble) {
      let shell = try SpawnedShell(command, environment: environment)
      self.shell = shell
      watch(shell)
    } catch { outcome.fulfil(Outcome(end: .notStarted(code: error.code))) }
  }

  private func watch(_ shell: SpawnedShell) {
    inputPipe = WatchedDescriptor(shell.input, .writable) { [weak self] in self?.feed() }
    outputPipe = WatchedDescriptor(shell.output, .readable) { [weak self] in
      self?.readOutput()
      self?.finishIfOver()
    }
    errorPipe = WatchedDescriptor(shell.errors, .readable) { [weak self] in
      self?.readErrors()
      self?.finishIfOver()
    }
    exitWatch = WatchedDescriptor(shell.exit, .readable) { [weak self] in self?.exited() }
    timer = after(limits.milliseconds) { $0.stop(because: .timedOut) }
  }

  private func after(
    _ milliseconds: Int64, _ action: @escaping @EventLoop (ChildProcess) -> Void
  ) -> Reactor.TimerID {
    Reactor.shared.schedule(at: Reactor.shared.now.advanced(byMilliseconds: milliseconds)) {
      [weak self] in if let self { action(self) }
    }
  }

  // MARK: Pipes

  private func feed() {
    while inputHead < input.count {
      let count = input.withUnsafeBytes { bytes in
        write(
          inputPipe?.number ?? -1, bytes.baseAddress?.advanced(by: inputHead),
          bytes.count - inputHead)
      }
      if count < 0 && errno == EINTR { continue }
      if count < 0 && errno == EAGAIN { return }
      // A command need not read all of its input, or any.
      guard count > 0 else { break }
      inputHead += count
    }
    input = []
    close(&inputPipe)
  }

  private func readOutput() {
    guard read(&outputPipe, into: &output, limit: limits.outputBytes) else { return }
    close(&outputPipe)
    stop(because: .outputTooLarge)
  }

  private func readErrors() {
    // What goes beyond the limit is read all the same: the command must not wait for it.
    if read(&errorPipe, into: &errors, limit: limits.errorBytes) {
      errors.removeLast(errors.count - limits.errorBytes)
    }
  }

  /// Reads what is there.
  ///
  /// - Returns: Whether it is more than `limit`.
  private func read(
    _ pipe: inout WatchedDescriptor?, into bytes: inout [UInt8], limit: Int
  ) -> Bool {
    guard let descriptor = pipe?.number else { return false }
    var chunk = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      if count < 0 && errno == EAGAIN { return false }
      guard count > 0 else { break }
      bytes += chunk[..<count]
      if bytes.count > limit { return true }
    }
    close(&pipe)
    return false
  }

  private func close(_ descriptor: inout WatchedDescriptor?) {
    descriptor?.close()
    descriptor = nil
  }

  // MARK: Ends

  /// Ends the whole process group: SIGTERM, and SIGKILL after a while.
  func stop(because cause: End = .stopped, graceMilliseconds: Int64? = nil) {
    guard let shell, self.cause == nil else { return }
    self.cause = cause
    if let timer { Reactor.shared.cancel(timer) }
    kill(-shell.identifier, SIGTERM)
    timer = after(graceMilliseconds ?? Self.graceMilliseconds) { child in
      kill(-shell.identifier, SIGKILL)
      child.graceIsOver = true
      child.finishIfOver()
    }
  }

  private func exited() {
    hasExited = true
    close(&exitWatch)
    finishIfOver()
  }

  /// Until the process is waited for, nobody else can get its number, and its group can be signalled.
  private func finishIfOver() {
    guard hasExited, let shell else { return }
    if cause == nil {
      // What it has started in the background may hold the pipes for good.
      readOutput()
      readErrors()
    }
    let isSilent = outputPipe == nil && errorPipe == nil
    guard cause == nil || isSilent || graceIsOver else { return }
    self.shell = nil
    if let timer { Reactor.shared.cancel(timer) }
    for pipe in [inputPipe, outputPipe, errorPipe] { pipe?.close() }
    var status: Int32 = 0
    while waitpid(shell.identifier, &status, 0) < 0 && errno == EINTR {}
    outcome.fulfil(Outcome(end: cause ?? End(status), output: output, errors: errors))
  }
}

extension ChildProcess.End {
  /// From what `waitpid` tells of a process that has ended.
  fileprivate init(_ status: Int32) {
    self = status & 0x7F == 0 ? .exited(status: status >> 8 & 0xFF) : .signalled(status & 0x7F)
  }
}

/// A descriptor that belongs to its watch.
@EventLoop
private final class WatchedDescriptor: ReadinessHandler {
  let number: Int32
  private let whenReady: @EventLoop () -> Void
  private var registration: Reactor.Registration?

  init(
    _ number: Int32, _ readiness: Readiness, whenReady: @escaping @EventLoop () -> Void
  ) {
    self.number = number
    self.whenReady = whenReady
    registration = try? Reactor.shared.add(number, readiness, self)
  }

  func ready(_ readiness: Readiness) { whenReady() }

  func close() {
    if let registration { Reactor.shared.remove(registration) }
    registration = nil
    Glibc.close(number)
  }
}

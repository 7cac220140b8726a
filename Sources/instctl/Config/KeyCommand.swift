import CSystem
import Glibc
import Transport
import WebSocket

/// The command of a password manager, which prints a key.
enum KeyCommand {
  /// Somebody may have to type a password first.
  private static let seconds: Int64 = 60
  private static let outputLimit = 64 * 1024

  /// Runs the command with `/bin/sh` and gives the first line that it prints. Its stdin and stderr are
  /// ours; our secrets are not in its environment.
  static func run(_ command: String) throws(Failure) -> String {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw failure("no pipe: \(systemMessage(errno))") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let (readEnd, writeEnd) = (ends[0], ends[1])
    defer { close(readEnd) }
    let process: pid_t
    do throws(SpawnedShell.Trouble) {
      defer { close(writeEnd) }
      process = try SpawnedShell.spawn(
        command, environment: Secrets.withoutVariables,
        [STDIN_FILENO, writeEnd, STDERR_FILENO], inOwnGroup: false)
    } catch { throw failure("it cannot be started: \(systemMessage(error.code))") }

    csystem_end_also(process)
    var isReaped = false
    defer {
      csystem_end_also(0)
      if !isReaped {
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
      }
    }
    let due = MonotonicTime.current().advanced(byMilliseconds: seconds * 1000)
    let output = try read(from: readEnd, until: due)
    let exit = csystem_pidfd(process)
    guard exit >= 0 else { throw failure(systemMessage(errno)) }
    defer { close(exit) }
    try wait(for: exit, until: due)
    // Once waited for, the number may be another process's.
    csystem_end_also(0)
    var status: Int32 = 0
    waitpid(process, &status, 0)
    isReaped = true
    guard status == 0 else { throw failure("it failed, \(describe(status))") }
    let line = output.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    guard let text = String(validating: line, as: UTF8.self), !text.isEmpty else {
      throw failure("it printed no line of text")
    }
    return text
  }

  /// All that is printed, until the command closes its stdout.
  private static func read(
    from descriptor: Int32, until due: MonotonicTime
  ) throws(Failure) -> [UInt8] {
    var output: [UInt8] = []
    while true {
      try wait(for: descriptor, until: due)
      var chunk = [UInt8](repeating: 0, count: 4096)
      let got = Glibc.read(descriptor, &chunk, chunk.count)
      if got < 0 && errno == EINTR { continue }
      guard got > 0 else { return output }
      output += chunk.prefix(got)
      guard output.count <= outputLimit else { throw failure("it prints too much") }
    }
  }

  /// Waits until there is something to read.
  private static func wait(
    for descriptor: Int32, until due: MonotonicTime
  ) throws(Failure) {
    while true {
      let left = (due.nanoseconds - MonotonicTime.current().nanoseconds) / 1_000_000
      guard left > 0 else { throw failure("it took longer than \(seconds) s") }
      var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      if poll(&ready, 1, Int32(clamping: left)) > 0 { return }
    }
  }

  private static func describe(_ status: Int32) -> String {
    let signal = status & 0x7F
    return signal == 0 ? "exit code \(status >> 8 & 0xFF)" : "ended by signal \(signal)"
  }

  private static func failure(_ reason: String) -> Failure {
    Failure(
      code: "key_command_failed", layer: .config,
      message: "--key-command gave no key: \(reason)",
      hint: "run the command by hand: it must print the key, and exit with 0",
      exit: .configuration)
  }
}

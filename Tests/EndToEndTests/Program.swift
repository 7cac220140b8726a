import Foundation
import Glibc
import Testing

/// The programs that the build has made.
enum Programs {
  private static let variable = "INSTCTL_TEST_PROGRAMS"

  /// The folder that the environment names, such as that of the programs as they are shipped; else the one
  /// beside the test bundle, where SwiftPM puts everything.
  static let folder: URL = {
    if let given = ProcessInfo.processInfo.environment[variable], !given.isEmpty {
      return URL(fileURLWithPath: given)
    }
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(fileURLWithPath: link ?? CommandLine.arguments[0]).deletingLastPathComponent()
  }()

  static var instctl: URL { folder.appendingPathComponent("instctl") }
}

/// A running program with its pipes.
///
/// `@unchecked Sendable`: what changes after `init` is behind `lock`.
final class Program: @unchecked Sendable {
  /// The process, which leads a group of its own.
  let identifier: pid_t
  private let input: Int32
  private let lock = NSCondition()
  private var output = Data()
  private var errors = Data()
  private var openPipes = 2
  private var waitStatus: Int32?

  static let deadline: TimeInterval = 30
  private static let spawning = NSLock()

  init(
    _ arguments: [String], executable: URL = Programs.instctl,
    environment: [String: String] = [:], stdin: StandardInput = .closed
  ) throws {
    // What is set round the tests must not reach what they run.
    let others = ["NO_COLOR", "SSLKEYLOGFILE", "SSL_CERT_FILE", "SSL_CERT_DIR"]
    var all = ProcessInfo.processInfo.environment.filter { name, _ in
      !name.hasPrefix("INSTCTL_") && !name.lowercased().hasSuffix("_proxy")
        && !others.contains(name)
    }
    all["SWIFT_BACKTRACE"] = "enable=no"
    // What whoever runs the tests has stored is none of their business.
    all["XDG_CONFIG_HOME"] = "/nonexistent"
    all.merge(environment) { $1 }
    let pipes = try Self.spawning.withLock { try (0..<3).map { _ in try Self.pipe() } }
    identifier = try Self.spawn(
      [executable.path] + arguments, all.map { "\($0)=\($1)" },
      [pipes[0].read, pipes[1].write, pipes[2].write])
    for end in [pipes[0].read, pipes[1].write, pipes[2].write] { close(end) }
    input = pipes[0].write
    collect(pipes[1].read) { $0.output += $1 }
    collect(pipes[2].read) { $0.errors += $1 }
    awaitExit()
    switch stdin {
    case .closed: closeInput()
    case .open: break
    case .text(let text):
      write(text)
      closeInput()
    }
  }

  private static func spawn(
    _ arguments: [String], _ environment: [String], _ descriptors: [Int32]
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (target, source) in descriptors.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, source, Int32(target))
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var noSignals = sigset_t()
    sigemptyset(&noSignals)
    posix_spawnattr_setsigmask(&attributes, &noSignals)
    // A program that ends before it has read its input must not end the tests; it shall know nothing
    // of that.
    Glibc.signal(SIGPIPE, SIG_IGN)
    var brokenPipe = noSignals
    sigaddset(&brokenPipe, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &brokenPipe)

    var argv = arguments.map { strdup($0) } + [nil]
    var envp = environment.map { strdup($0) } + [nil]
    defer { for text in argv + envp { free(text) } }
    var identifier = pid_t()
    let code = spawning.withLock {
      posix_spawn(&identifier, arguments[0], &actions, &attributes, &argv, &envp)
    }
    guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EINVAL) }
    return identifier
  }

  /// A pipe that other programs, started at the same time, do not inherit: its end would not be seen
  /// before theirs.
  private static func pipe() throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    guard Glibc.pipe(&ends) == 0, fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0,
      fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0
    else { throw POSIXError(.EMFILE) }
    return (ends[0], ends[1])
  }

  /// Reads to the end on a thread of its own: one that waits for nobody else.
  private func collect(_ pipe: Int32, _ add: @escaping @Sendable (Program, Data) -> Void) {
    Thread.detachNewThread { [self] in
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while true {
        let count = read(pipe, &buffer, buffer.count)
        if count < 0 && errno == EINTR { continue }
        lock.withLock {
          if count > 0 { add(self, Data(buffer[..<count])) } else { openPipes -= 1 }
          lock.broadcast()
        }
        if count <= 0 { break }
      }
      close(pipe)
    }
  }

  private func awaitExit() {
    Thread.detachNewThread { [self] in
      var status: Int32 = 0
      while waitpid(identifier, &status, 0) < 0 && errno == EINTR {}
      lock.withLock {
        waitStatus = status
        lock.broadcast()
      }
    }
  }

  enum StandardInput {
    case closed, open
    case text(String)
  }

  func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)[...]
      while !rest.isEmpty {
        let count = Glibc.write(
          input, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
      }
    }
  }

  func closeInput() { close(input) }

  func signal(_ signal: Int32) { kill(identifier, signal) }

  /// The lines printed so far.
  var lines: [[String: Any]] { lock.withLock { Self.objects(output) } }

  /// Waits until `isThere` holds for the lines printed so far.
  @discardableResult
  func wait(
    _ what: String, sourceLocation: SourceLocation = #_sourceLocation,
    until isThere: ([[String: Any]]) -> Bool
  ) -> [[String: Any]] {
    Self.objects(waitForOutput(what, sourceLocation) { isThere(Self.objects($0)) })
  }

  /// Waits until a text is printed, which need not be a line of JSON.
  func wait(forText expected: String, sourceLocation: SourceLocation = #_sourceLocation) {
    waitForOutput("'\(expected)'", sourceLocation) { text($0).contains(expected) }
  }

  @discardableResult
  private func waitForOutput(
    _ what: String, _ sourceLocation: SourceLocation, until isThere: (Data) -> Bool
  ) -> Data {
    let end = Date(timeIntervalSinceNow: Self.deadline)
    lock.lock()
    defer { lock.unlock() }
    while true {
      if isThere(output) { return output }
      if openPipes == 0 || !lock.wait(until: end) {
        Issue.record(
          "\(what) did not happen; stdout: \(text(output.prefix(2000))) stderr: \(text(errors))",
          sourceLocation: sourceLocation)
        return output
      }
    }
  }

  /// Waits for the end of the program.
  func finish(
    within seconds: TimeInterval = deadline, sourceLocation: SourceLocation = #_sourceLocation
  ) -> Outcome {
    let end = Date(timeIntervalSinceNow: seconds)
    lock.lock()
    while openPipes > 0 || waitStatus == nil {
      if !lock.wait(until: end) {
        Issue.record(
          "the program did not end; stdout: \(text(output.prefix(2000))) stderr: \(text(errors))",
          sourceLocation: sourceLocation)
        kill(-identifier, SIGKILL)
        break
      }
    }
    defer { lock.unlock() }
    let status = waitStatus ?? SIGKILL
    return Outcome(
      status: status & 0x7F == 0 ? status >> 8 : status & 0x7F,
      endedBySignal: status & 0x7F != 0,
      output: text(output), lines: Self.objects(output), errors: text(errors))
  }

  private func text(_ data: Data) -> String { String(decoding: data, as: UTF8.self) }

  private static func objects(_ data: Data) -> [[String: Any]] {
    data.split(separator: UInt8(ascii: "\n")).compactMap {
      (try? JSONSerialization.jsonObject(with: Data($0))) as? [String: Any]
    }
  }

  struct Outcome {
    let status: Int32
    let endedBySignal: Bool
    let output: String
    let lines: [[String: Any]]
    let errors: String

    /// The error object on stderr.
    var error: [String: Any]? {
      errors.split(separator: "\n").compactMap {
        (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
      }.last { $0["type"] as? String == "error" }
    }
  }

  /// Ends the program, and whatever it has started.
  func end() { kill(-identifier, SIGKILL) }
}

/// Runs `instctl` to its end.
func instctl(
  _ arguments: String..., environment: [String: String] = [:],
  stdin: Program.StandardInput = .closed, sourceLocation: SourceLocation = #_sourceLocation
) throws -> Program.Outcome {
  try Program(arguments, environment: environment, stdin: stdin).finish(
    sourceLocation: sourceLocation)
}

extension [[String: Any]] {
  func of(type: String) -> [[String: Any]] { filter { $0["type"] as? String == type } }
}

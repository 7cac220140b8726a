import CSystem
// `environ` is a variable of the C library, which nothing here ever changes.
@preconcurrency import Glibc

/// A shell's process that was just started, and our ends of its pipes.
struct SpawnedShell {
  let identifier: pid_t
  /// Readable once it has ended.
  let exit: Int32
  let input: Int32
  let output: Int32
  let errors: Int32

  /// Why a process could not be started, an `errno`.
  struct Trouble: Error {
    let code: Int32
  }

  /// Starts `/bin/sh -c command` in a process group of its own, with three pipes. All other descriptors of
  /// ours are closed on exec.
  ///
  /// - Parameter environment: variables beside our own ones; nil takes one away.
  init(_ command: String, environment: [String: String?]) throws(Trouble) {
    let input = try Pipe()
    let output = try Pipe()
    let errors = try Pipe()
    identifier = try Self.spawn(
      command, environment: environment, [input.readEnd, output.writeEnd, errors.writeEnd],
      inOwnGroup: true)
    exit = csystem_pidfd(identifier)
    guard exit >= 0 else {
      let code = errno
      kill(-identifier, SIGKILL)
      waitpid(identifier, nil, 0)
      throw Trouble(code: code)
    }
    self.input = input.keepWriteEnd()
    self.output = output.keepReadEnd()
    self.errors = errors.keepReadEnd()
  }

  /// Starts `/bin/sh -c command`.
  ///
  /// - Parameters:
  ///   - environment: variables beside our own ones; nil takes one away.
  ///   - descriptors: what becomes its stdin, stdout and stderr.
  ///   - inOwnGroup: whether it gets a process group of its own; one that is to use the terminal must not.
  static func spawn(
    _ command: String, environment: [String: String?], _ descriptors: [Int32], inOwnGroup: Bool
  ) throws(Trouble) -> pid_t {
    let arguments = ["/bin/sh", "-c", command]
    let environment = Self.environment(changedBy: environment)
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
      &attributes,
      Int16(
        (inOwnGroup ? POSIX_SPAWN_SETPGROUP : 0) | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    // The loop blocks the signals that it takes as events, and ignores SIGPIPE.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigaddset(&signals, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &signals)

    var argumentPointers = arguments.map { strdup($0) } + [nil]
    var environmentPointers = environment.map { strdup($0) } + [nil]
    defer { for text in argumentPointers + environmentPointers { free(text) } }
    var identifier = pid_t()
    let code = posix_spawn(
      &identifier, arguments[0], &actions, &attributes, &argumentPointers, &environmentPointers)
    guard code == 0 else { throw Trouble(code: code) }
    return identifier
  }

  private static func environment(changedBy changes: [String: String?]) -> [String] {
    var result: [String] = []
    var next = environ
    while let entry = next.pointee {
      let text = String(cString: entry)
      if changes[String(text.prefix { $0 != "=" })] == nil { result.append(text) }
      next += 1
    }
    for case (let name, let value?) in changes where !value.utf8.contains(0) {
      result.append("\(name)=\(value)")
    }
    return result
  }
}

/// Both ends of a pipe, closed on exec; those that nobody keeps are closed with it.
private final class Pipe {
  private(set) var readEnd: Int32
  private(set) var writeEnd: Int32

  init() throws(SpawnedShell.Trouble) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw SpawnedShell.Trouble(code: errno) }
    (readEnd, writeEnd) = (ends[0], ends[1])
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
  }

  func keepReadEnd() -> Int32 { keep(&readEnd) }
  func keepWriteEnd() -> Int32 { keep(&writeEnd) }

  /// Takes an end out, for use on the loop.
  private func keep(_ end: inout Int32) -> Int32 {
    defer { end = -1 }
    _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
    return end
  }

  deinit { for end in [readEnd, writeEnd] where end >= 0 { close(end) } }
}

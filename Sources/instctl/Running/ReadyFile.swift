import Glibc
import Transport

/// What says that a command is really running: a file that appears whole, once, or a descriptor that gets a
/// line and is closed.
struct ReadyFile: Sendable {
  private enum Target: Sendable {
    case path(String)
    case descriptor(Int32)
  }

  private let target: Target

  init(path: String) { target = .path(path) }
  init(descriptor: Int32) {
    target = .descriptor(descriptor)
    // Whoever waits for its end must not wait for a command of --exec.
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  /// - Parameter line: what the file holds, or the descriptor gets.
  func write(_ line: String) throws(Failure) {
    switch target {
    case .path(let path): try Self.create(path, line)
    case .descriptor(let descriptor):
      let code = Self.write(line, to: descriptor)
      close(descriptor)
      // Who has stopped listening need not be told.
      guard code == 0 || code == EPIPE else {
        throw Self.failure("descriptor \(descriptor)", code)
      }
    }
  }

  private static func create(_ path: String, _ line: String) throws(Failure) {
    let temporary = "\(path).\(getpid())"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure("'\(path)'", errno) }
    var code = write(line, to: descriptor)
    close(descriptor)
    if code == 0, rename(temporary, path) != 0 { code = errno }
    guard code == 0 else {
      unlink(temporary)
      throw failure("'\(path)'", code)
    }
  }

  /// - Returns: 0, or an `errno`.
  private static func write(_ line: String, to descriptor: Int32) -> Int32 {
    var text = line + "\n"
    return text.withUTF8 { bytes in
      let count = Glibc.write(descriptor, bytes.baseAddress, bytes.count)
      return count == bytes.count ? 0 : count < 0 ? errno : ENOSPC
    }
  }

  private static func failure(_ place: String, _ code: Int32) -> Failure {
    Failure(
      code: "write_failed", layer: .io,
      message: "\(place) cannot be written: \(systemMessage(code))", exit: .inputOutput)
  }
}

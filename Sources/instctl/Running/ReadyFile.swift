import Glibc
import Transport

/// The file that says that a command is really running: it appears whole, once.
struct ReadyFile: Sendable {
  let path: String

  /// - Parameter line: what the file holds.
  func write(_ line: String) throws(Failure) {
    let temporary = "\(path).\(getpid())"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(errno) }
    var text = line + "\n"
    let written = text.withUTF8 { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    let code = errno
    close(descriptor)
    guard written == text.utf8.count else {
      unlink(temporary)
      throw failure(written < 0 ? code : ENOSPC)
    }
    guard rename(temporary, path) == 0 else {
      let code = errno
      unlink(temporary)
      throw failure(code)
    }
  }

  private func failure(_ code: Int32) -> Failure {
    Failure(
      code: "write_failed", layer: .io,
      message: "'\(path)' cannot be written: \(systemMessage(code))",
      exit: .inputOutput)
  }
}

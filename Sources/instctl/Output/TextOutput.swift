import Glibc
import Transport

/// Texts that are themselves the answer, such as help and the version, on stdout.
enum TextOutput {
  /// Writes all of it.
  ///
  /// - Throws: where stdout does not take it; a reader that has gone away is no trouble.
  static func write(_ bytes: [UInt8]) throws(Failure) {
    signal(SIGPIPE, SIG_IGN)
    let code = bytes.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Glibc.write(
          STDOUT_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0, errno != EINTR { return errno }
        rest = rest.dropFirst(max(0, count))
      }
      return 0
    }
    if code != 0, code != EPIPE { throw .stdoutFailed(code) }
  }
}

extension Failure {
  /// stdout does not take what is written, for the reason of an `errno`.
  static func stdoutFailed(_ code: Int32) -> Failure {
    Failure(
      code: "write_failed", layer: .io,
      message: "stdout cannot be written: \(systemMessage(code))", exit: .inputOutput)
  }
}

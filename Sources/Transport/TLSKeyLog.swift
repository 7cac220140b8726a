import COpenSSL
import Glibc
import Synchronization

/// A file of connections' secrets in the form that `SSLKEYLOGFILE` has for browsers and Wireshark.
final class TLSKeyLog: Sendable {
  private let path: String
  private let descriptor: Int32
  /// The `errno` of a line that was not written.
  private let failedWith = Atomic<Int32>(0)

  /// Opens the file to append to it; a new one is for its owner alone.
  init(path: String) throws(TLSError) {
    descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0o600)
    self.path = path
    guard descriptor >= 0 else {
      throw .keyLogFailed(path: path, reason: systemMessage(errno))
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Makes OpenSSL write here. The context must not outlive the log.
  func attach(to context: OpaquePointer) {
    SSL_CTX_set_ex_data(context, keyLogIndex, Unmanaged.passUnretained(self).toOpaque())
    SSL_CTX_set_keylog_callback(context, logKey)
  }

  fileprivate func write(_ line: UnsafePointer<CChar>) {
    // At once, since others may append to the same file.
    let bytes = UnsafeBufferPointer(start: line, count: strlen(line)) + [CChar(0x0A)]
    var written: Int
    repeat {
      written = Glibc.write(descriptor, Array(bytes), bytes.count)
    } while written < 0 && errno == EINTR
    guard written != bytes.count else { return }
    failedWith.store(written < 0 ? errno : ENOSPC, ordering: .relaxed)
  }

  /// Says so if a line was not written.
  func check() throws(TLSError) {
    let code = failedWith.load(ordering: .relaxed)
    if code != 0 { throw .keyLogFailed(path: path, reason: systemMessage(code)) }
  }
}

/// Where an `SSL_CTX` keeps its log (OpenSSL leaves index 0 to applications).
private let keyLogIndex: Int32 = 0

private let logKey: @convention(c) (OpaquePointer?, UnsafePointer<CChar>?) -> Void = { ssl, line in
  guard let ssl, let line, let log = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), keyLogIndex) else {
    return
  }
  Unmanaged<TLSKeyLog>.fromOpaque(log).takeUnretainedValue().write(line)
}

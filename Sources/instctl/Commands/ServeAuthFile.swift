import Glibc
import InstServer
import Transport

extension AuthDatabase {
  /// Reads the file of `serve --auth`, which nobody else may read: it holds secrets.
  init(file: String) throws(Failure) {
    self = try Signals.endingAtOnce { () throws(Failure) in try Self.read(file) }
  }

  private static func read(_ file: String) throws(Failure) -> AuthDatabase {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(file, errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw unreadable(file, errno) }
    guard status.st_mode & 0o077 == 0 || status.st_mode & S_IFMT != S_IFREG else {
      throw Failure(
        code: "unprotected_file", layer: .config,
        message: "'\(file)' holds secrets, and others may read it", hint: "chmod 600 '\(file)'",
        exit: .configuration)
    }
    let text = try read(descriptor, file)
    do throws(AuthDatabaseError) { return try AuthDatabase(parsing: text) } catch {
      throw Failure(
        code: "broken_auth_file", layer: .config, message: "'\(file)': \(error)",
        hint: "'instctl serve --help' shows the form", exit: .configuration)
    }
  }

  private static func read(_ descriptor: Int32, _ file: String) throws(Failure) -> [UInt8] {
    var text: [UInt8] = []
    while true {
      var code: Int32 = 0
      let chunk = [UInt8](unsafeUninitializedCapacity: 64 * 1024) { space, count in
        let got = Glibc.read(descriptor, space.baseAddress, space.count)
        code = got < 0 ? errno : 0
        count = max(0, got)
      }
      if code == EINTR { continue }
      guard code == 0 else { throw unreadable(file, code) }
      guard !chunk.isEmpty else { return text }
      text += chunk
      guard text.count <= 16 << 20 else { throw unreadable(file, EFBIG) }
    }
  }

  private static func unreadable(_ file: String, _ code: Int32) -> Failure {
    Failure(
      code: "unreadable_file", layer: .config,
      message: "cannot read '\(file)': \(String(cString: strerror(code)))",
      exit: code == ENOENT ? .noInput : .configuration)
  }
}

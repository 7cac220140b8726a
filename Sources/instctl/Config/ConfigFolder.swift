import Glibc
import Transport

/// The folder of the user's configuration: `$XDG_CONFIG_HOME/instctl`, else `~/.config/instctl`. Nobody
/// else may look into it, and its files are written whole or not at all.
struct ConfigFolder: Sendable {
  let path: String

  /// The folder in the user's home; nil where the environment names no home.
  static func ofUser() -> ConfigFolder? {
    // A relative path has no meaning here (XDG Base Directory Specification).
    if let base = Secrets.environment("XDG_CONFIG_HOME"), base.hasPrefix("/") {
      return ConfigFolder(path: base + "/instctl")
    }
    guard let home = Secrets.environment("HOME"), home.hasPrefix("/") else { return nil }
    return ConfigFolder(path: home + "/.config/instctl")
  }

  func path(of file: String) -> String { "\(path)/\(file)" }

  // MARK: Reading

  /// The whole of a file; nil where it is not there.
  ///
  /// - Parameter limit: the most bytes that such a file may have.
  /// - Throws: where it cannot be read, and where others may read it too.
  func readPrivate(_ file: String, limit: Int = 4 << 20) throws(Failure) -> [UInt8]? {
    let path = path(of: file)
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let code = errno
      if code == ENOENT { return nil }
      throw Self.unreadable(path, code)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Self.unreadable(path, errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw Self.unreadable(path, EINVAL) }
    guard status.st_mode & 0o077 == 0 else {
      throw Failure(
        code: "unprotected_file", layer: .config,
        message: "'\(path)' is private, and others may read it", hint: "chmod 600 '\(path)'",
        exit: .configuration)
    }
    var text: [UInt8] = []
    while true {
      var code: Int32 = 0
      let chunk = [UInt8](unsafeUninitializedCapacity: 64 * 1024) { space, count in
        let got = read(descriptor, space.baseAddress, space.count)
        code = got < 0 ? errno : 0
        count = max(0, got)
      }
      if code == EINTR { continue }
      guard code == 0 else { throw Self.unreadable(path, code) }
      guard !chunk.isEmpty else { return text }
      text += chunk
      guard text.count <= limit else { throw Self.unreadable(path, EFBIG) }
    }
  }

  static func unreadable(_ path: String, _ code: Int32) -> Failure {
    Failure(
      code: "unreadable_file", layer: .config,
      message: "cannot read '\(path)': \(systemMessage(code))", exit: .configuration)
  }

  // MARK: Writing

  /// Makes the folder, and those above it, where they are missing; what is made nobody else may look into.
  func create() throws(Failure) { try Self.create(path[...]) }

  private static func create(_ path: Substring) throws(Failure) {
    var missing: [String] = []
    var folder = path
    while !folder.isEmpty, mkdir(String(folder), 0o700) != 0 {
      let code = errno
      if code == EEXIST { break }
      guard code == ENOENT, let slash = folder.lastIndex(of: "/") else {
        throw Self.unwritable(String(folder), code)
      }
      missing.append(String(folder))
      folder = folder[..<slash]
    }
    for folder in missing.reversed() where mkdir(folder, 0o700) != 0 && errno != EEXIST {
      throw Self.unwritable(folder, errno)
    }
  }

  /// Where a symbolic link leads: whoever keeps the configuration elsewhere wants it to stay there.
  private static func target(of path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  /// Replaces a file, which nobody else may read, by one with this text. Whoever reads it meanwhile sees
  /// the old text or the new one.
  func replacePrivate(_ file: String, with text: [UInt8]) throws(Failure) {
    let path = Self.target(of: path(of: file))
    let parent = path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)
    try Self.create(parent)
    let temporary = "\(path).\(getpid())"
    unlink(temporary)
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw Self.unwritable(path, errno) }
    var code = Self.writeAll(text, to: descriptor)
    // Before the name: after a crash the file must not be there without its text.
    if code == 0, fsync(descriptor) != 0 { code = errno }
    close(descriptor)
    if code == 0, rename(temporary, path) != 0 { code = errno }
    guard code == 0 else {
      unlink(temporary)
      throw Self.unwritable(path, code)
    }
    let folder = open(String(parent), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }

  /// Removes a file.
  func remove(_ file: String) throws(Failure) {
    guard unlink(path(of: file)) == 0 || errno == ENOENT else {
      throw Self.unwritable(path(of: file), errno)
    }
  }

  /// - Returns: 0, or an `errno`.
  private static func writeAll(_ text: [UInt8], to descriptor: Int32) -> Int32 {
    text.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = write(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return count < 0 ? errno : ENOSPC }
        rest = rest.dropFirst(count)
      }
      return 0
    }
  }

  private static func unwritable(_ path: String, _ code: Int32) -> Failure {
    Failure(
      code: "write_failed", layer: .io, message: "cannot write '\(path)': \(systemMessage(code))",
      exit: .inputOutput)
  }

  // MARK: Taking turns

  /// How long another process may keep the folder to itself, and how often that is looked at.
  private static let lockMilliseconds = 2000
  private static let lockPollMilliseconds = 10

  /// Reads and writes while no other process does the same under the same name.
  func withLock<Result>(
    _ name: String, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try create()
    let path = path(of: name)
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Self.unwritable(path, errno) }
    // The lock goes with the descriptor, whatever ends the process.
    defer { close(descriptor) }
    var waited = 0
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      guard code == EWOULDBLOCK || code == EINTR else { throw Self.unwritable(path, code) }
      guard waited < Self.lockMilliseconds else {
        throw Failure(
          code: "locked", layer: .io,
          message: "another process has locked '\(path)' for \(waited) ms", isRetryable: true,
          exit: .inputOutput)
      }
      usleep(UInt32(Self.lockPollMilliseconds * 1000))
      waited += Self.lockPollMilliseconds
    }
    return try body()
  }
}

import Glibc
import InstProtocol
import Transport

/// Reading what must not stand on the command line.
enum Secrets {
  /// The first line of a file, or of stdin for `-`, without the white space around it.
  static func read(file: String) throws(Failure) -> String {
    try Signals.endingAtOnce { () throws(Failure) in try line(of: file) }
  }

  private static func line(of file: String) throws(Failure) -> String {
    let isInput = file == "-"
    let descriptor = isInput ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let code = errno
      throw Failure(
        code: "unreadable_file", layer: .config,
        message: "cannot read '\(file)': \(String(cString: strerror(code)))",
        exit: code == ENOENT ? .noInput : .configuration)
    }
    defer { if !isInput { close(descriptor) } }
    if !isInput { try refuseIfOpenToOthers(descriptor, file: file) }

    var bytes: [UInt8] = []
    let limit = 64 * 1024
    while bytes.count <= limit {
      var chunk = [UInt8](repeating: 0, count: 4096)
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { break }
      bytes += chunk.prefix(count)
    }
    let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
    guard bytes.count <= limit, let text = String(validating: line, as: UTF8.self) else {
      throw broken(file, "it is no line of text")
    }
    let trimmed = text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()
    guard !trimmed.isEmpty else { throw broken(file, "it is empty") }
    KnownSecrets.add(String(trimmed))
    return String(trimmed)
  }

  /// Refuses an argument with a token or a key in it: every user of the machine could see it.
  static func refuseOnCommandLine(_ argument: String) throws(Failure) {
    guard !argument.hasPrefix("@"), argument != "-" else { return }
    for mark in SecretMask.marks where argument.utf8.firstRange(of: mark.utf8) != nil {
      throw .usage(
        "a token or key does not belong on the command line",
        hint: "@file, or '-' for stdin, keeps it out of the list of processes")
    }
  }

  static func broken(_ file: String, _ reason: String) -> Failure {
    Failure(
      code: "broken_key_file", layer: .config,
      message: "\(file == "-" ? "stdin" : "'\(file)'") holds no usable secret: \(reason)",
      exit: .configuration)
  }

  static func refuseIfOpenToOthers(_ descriptor: Int32, file: String) throws(Failure) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return }
    try refuseIfOpenToOthers(status, file: file)
  }

  /// The same for a file that somebody else opens; one that is not there is left to them.
  static func refuseIfOpenToOthers(file: String) throws(Failure) {
    var status = stat()
    guard stat(file, &status) == 0 else { return }
    try refuseIfOpenToOthers(status, file: file)
  }

  private static func refuseIfOpenToOthers(_ status: stat, file: String) throws(Failure) {
    guard status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o077 != 0 else { return }
    throw Failure(
      code: "unprotected_file", layer: .config,
      message: "'\(file)' holds a secret, and others may read it", hint: "chmod 600 '\(file)'",
      exit: .configuration)
  }

  /// Variables that hold secrets of ours, or may.
  private static let variables = [
    "INSTCTL_TOKEN", "INSTCTL_KEY", "INSTCTL_RECORD_KEY", "INSTCTL_SESSION_KEY",
    "INSTCTL_CERT_PASSWORD", "INSTCTL_PROXY", "INSTCTL_HEADER",
  ]

  /// What takes our secrets out of the environment of a process that we start.
  static var withoutVariables: [String: String?] {
    Dictionary(uniqueKeysWithValues: variables.map { ($0, nil) })
  }

  /// A variable of the environment, nil where it is unset or empty.
  static func environment(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    if variables.contains(name) {
      KnownSecrets.add(name == "INSTCTL_PROXY" ? userPart(text) : text)
    }
    return text.isEmpty ? nil : text
  }

  /// User and password of a URL: where the proxy is may be told.
  private static func userPart(_ url: String) -> String {
    let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
    return rest.lastIndex(of: "@").map { String(rest[..<$0]) } ?? ""
  }
}

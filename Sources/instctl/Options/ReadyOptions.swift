import ArgumentParser
import Glibc

/// How a command says that it is really running: every inst that is not refused has been synced (`watch`), the
/// first list is complete (`devices`), it listens (`serve`, `permission`).
struct ReadyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Create this file, whole, once the command is really running.", valueName: "file"),
    completion: .file())
  var readyFile: String?

  @Option(
    help: ArgumentHelp(
      "Write a line, {\"type\":\"ready\"} (serve: its line of type listening), to this descriptor, and "
        + "close it, once the command is really running.",
      valueName: "n"))
  var readyFd: Int32?

  func validate() throws {
    if readyFile != nil, readyFd != nil {
      throw ValidationError("--ready-file and --ready-fd exclude each other")
    }
    guard let readyFd else { return }
    guard readyFd > STDERR_FILENO, fcntl(readyFd, F_GETFD) != -1 else {
      throw ValidationError("--ready-fd: \(readyFd) is no descriptor that is open for it")
    }
  }

  /// Where to say it; nil where nobody wants to know.
  var file: ReadyFile? {
    readyFile.map(ReadyFile.init(path:)) ?? readyFd.map(ReadyFile.init(descriptor:))
  }
}

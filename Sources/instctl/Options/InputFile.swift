import Glibc
import Transport

/// A whole file, or the whole of stdin.
enum InputFile {
  /// Reads a text.
  ///
  /// - Parameters:
  ///   - file: `-` for stdin.
  ///   - limit: the most that is accepted, in bytes.
  static func readText(_ file: String, limit: Int) throws(Failure) -> String {
    let bytes = try read(file, limit: limit)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .badInput("\(name(file)) is not UTF-8")
    }
    return text
  }

  /// Opens a file for reading.
  ///
  /// - Parameter file: `-` for stdin.
  static func descriptor(of file: String) throws(Failure) -> Int32 {
    if file == "-" { return STDIN_FILENO }
    let descriptor = Signals.endingAtOnce { open(file, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw unreadable(file, errno) }
    return descriptor
  }

  /// Reads bytes.
  ///
  /// - Parameters:
  ///   - file: `-` for stdin.
  ///   - limit: the most that is accepted.
  static func read(_ file: String, limit: Int) throws(Failure) -> [UInt8] {
    let descriptor = try descriptor(of: file)
    defer { if file != "-" { close(descriptor) } }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let (count, code) = Signals.endingAtOnce {
        (Glibc.read(descriptor, &chunk, chunk.count), errno)
      }
      if count < 0 && code == EINTR { continue }
      guard count >= 0 else { throw unreadable(file, code) }
      guard count > 0 else { return bytes }
      bytes += chunk.prefix(count)
      guard bytes.count <= limit else {
        throw .badInput("\(name(file)) is longer than \(limit) bytes")
      }
    }
  }

  /// What messages call it.
  static func name(_ file: String) -> String { file == "-" ? "stdin" : "'\(file)'" }

  private static func unreadable(_ file: String, _ code: Int32) -> Failure {
    Failure(
      code: "unreadable_file", layer: .io,
      message: "cannot read \(name(file)): \(systemMessage(code))",
      exit: code == ENOENT ? .noInput : .inputOutput)
  }
}

import Foundation
import Glibc
import Testing

/// `instctl serve` in a process of its own.
final class TestServer: Sendable {
  let program: Program
  let url: String
  /// The number behind the last colon of the URL.
  var port: String { String((url.split(separator: ":").last ?? "").prefix { $0 != "/" }) }

  init(_ options: String..., port: String = "0") throws {
    program = try Program(["serve", "--port", port] + options)
    let lines = program.wait("listening") { !$0.isEmpty }
    url = lines.first?["url"] as? String ?? ""
  }

  deinit { program.end() }

  /// Ends the server in order.
  @discardableResult
  func stop(_ signal: Int32 = SIGTERM) -> Program.Outcome {
    program.signal(signal)
    return program.finish()
  }
}

/// A folder that goes with its owner.
final class TemporaryFolder: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("instctl-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  func write(_ name: String, _ text: String, permissions: Int = 0o600) throws -> String {
    let file = url.appendingPathComponent(name)
    try text.write(to: file, atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes(
      [.posixPermissions: permissions], ofItemAtPath: file.path)
    return file.path
  }

  /// Waits until a program has made a file.
  func awaitFile(_ name: String) throws {
    let end = Date(timeIntervalSinceNow: Program.deadline)
    while !FileManager.default.fileExists(atPath: path(name)) {
      guard Date() < end else { throw POSIXError(.ETIMEDOUT) }
      usleep(10_000)
    }
  }

  deinit { try? FileManager.default.removeItem(at: url) }
}

/// Two Yjs updates of one client, which insert `hello` twice.
let hello = "AQGL/qSHDQAEAQR0ZXh0BWhlbGxvAA=="
let helloAgain = "AQGL/qSHDQWEi/6khw0EBWhlbGxvAA=="

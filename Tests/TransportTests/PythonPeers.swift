import Foundation
import Testing
import WebSocket

@testable import Transport

/// The peers in `Tests/Peers`, written in Python with other people's libraries.
enum PythonPeers {
  /// Names the interpreter; `make test` makes one with the libraries of `Tests/requirements.txt`.
  private static let variable = "INSTCTL_TEST_PYTHON"

  private static let tests = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()

  static let interpreter: String = {
    if let given = ProcessInfo.processInfo.environment[variable], !given.isEmpty { return given }
    let own = tests.deletingLastPathComponent().appendingPathComponent(".build-python/bin/python")
    return FileManager.default.isExecutableFile(atPath: own.path) ? own.path : "python3"
  }()

  @EventLoop
  static func start(_ script: String, _ arguments: [String]) throws -> Command {
    try Command(
      interpreter, [tests.appendingPathComponent("Peers/\(script)").path] + arguments)
  }
}

/// How a connection to a Python peer is made.
struct Link: Sendable, CustomTestStringConvertible {
  var isCompressed: Bool
  var isSecure: Bool

  static let all = [false, true].flatMap { isCompressed in
    [false, true].map { Link(isCompressed: isCompressed, isSecure: $0) }
  }

  var testDescription: String {
    (isSecure ? "TLS" : "TCP") + (isCompressed ? ", compressed" : "")
  }
}

/// `ws_server.py`, running.
@EventLoop
struct PythonServer {
  let command: Command
  let link: Link
  let port: UInt16
  let files: TestCertificates

  init(_ link: Link = Link(isCompressed: true, isSecure: false)) async throws {
    self.link = link
    files = try await TestCertificates.shared()
    var arguments = link.isCompressed ? [] : ["--no-deflate"]
    if link.isSecure {
      arguments += ["--certificate", files.certificate(.good), "--key", files.key]
    }
    command = try PythonPeers.start("ws_server.py", arguments)
    port = try #require(UInt16(try await command.line()))
  }

  func url(_ path: String) -> WebSocketURL {
    WebSocketURL(isSecure: link.isSecure, host: "127.0.0.1", port: port, target: "/" + path)
  }

  /// Settings for a client of ours.
  func options() throws -> ConnectOptions {
    var options = ConnectOptions()
    if link.isSecure { options.tls = try TLSContext.client(trust: .file(files.authority)) }
    return options
  }

  /// How the server saw the next connection end.
  func end() async throws -> String { try await command.line() }

  func stop() { command.stop() }
}

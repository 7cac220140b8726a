import Foundation
import Glibc
import JSONText
import Transport
import WebSocket

/// `instctl serve --data`, which dies and comes back.
@EventLoop
final class ServerProcess {
  private(set) var port: UInt16 = 0
  /// Whether it speaks TLS, with another certificate each time.
  let isSecure: Bool
  private let dataFile: URL
  private let errorFile: URL
  private var process: ChildProcess?
  private var listening = Promise<Bool>()
  /// Whether its end is part of the plan.
  private var mayEnd = false
  /// Told when it ends by itself.
  var onUnexpectedEnd: (@EventLoop (String) -> Void)?

  /// Starts the server and waits until it listens.
  init(in folder: URL, isSecure: Bool) async throws {
    self.isSecure = isSecure
    dataFile = folder.appendingPathComponent("insts.jsonl")
    errorFile = folder.appendingPathComponent("server.log")
    try start([])
    try await awaitListening()
  }

  private func start(_ options: [String]) throws {
    let listening = Promise<Bool>()
    self.listening = listening
    mayEnd = false
    let process = try ChildProcess(
      ["serve", "--port", String(port), "--data", dataFile.path] + (isSecure ? ["--tls"] : [])
        + options, errors: errorFile
    ) { [weak self] line in
      guard let url = (try? JSONValue(parsing: line))?["url"]?.stringValue,
        let address = try? WebSocketURL(server: url)
      else { return }
      self?.port = address.port
      listening.fulfil(true)
    }
    self.process = process
    EventLoop.start { [weak self] in
      let status = await process.ended.get()
      listening.fulfil(false)
      guard let self, self.process === process, !self.mayEnd else { return }
      self.onUnexpectedEnd?("the server ended by itself, status \(status): \(process.lastErrors)")
    }
  }

  func awaitListening() async throws {
    let listening = self.listening
    try await within(milliseconds: 30_000, "the server did not listen") { listening.isFulfilled }
    guard await listening.get() else {
      throw ChaosFailure("the server did not start: \(process?.lastErrors ?? "")")
    }
  }

  /// Ends the process.
  func end(_ signal: Fault.RestartSignal) async throws {
    guard let process else { return }
    mayEnd = true
    process.signal(signal == .kill ? SIGKILL : SIGTERM)
    try await within(milliseconds: 15_000, "the server did not end") { process.ended.isFulfilled }
    let status = await process.ended.get()
    let expected = signal == .kill ? 128 + SIGKILL : 128 + SIGTERM
    guard status == expected else {
      throw ChaosFailure("the server ended with \(status), not \(expected): \(process.lastErrors)")
    }
    self.process = nil
  }

  /// Starts it again on the same port and data.
  func startAgain(_ options: [String] = []) throws { try start(options) }

  /// Lets it stand still, or go on.
  func freeze(_ isFrozen: Bool) { process?.signal(isFrozen ? SIGSTOP : SIGCONT) }

  func kill() {
    mayEnd = true
    process?.signal(SIGKILL)
  }

  var residentBytes: Int? { process?.residentBytes }
}

import Foundation
import Testing

/// Progress on a terminal's stderr (CLI section 5): one row, gone before anything else is written there.
@Suite(.serialized) struct TerminalProgressTests {
  private let folder: TemporaryFolder
  private let server: TestServer
  private let file: String

  init() throws {
    folder = try TemporaryFolder()
    server = try TestServer("--latency", "50ms")
    file = try folder.write(
      "updates", Array(repeating: hello, count: 60).joined(separator: "\n") + "\n")
  }

  private func shell(_ command: String) throws -> TerminalProgram {
    try TerminalProgram(columns: 80, rows: 24, ["-c", command], executable: "/bin/sh")
  }

  private var add: String {
    "\(Programs.instctl.path) add-updates -s \(server.url) p --inflight 1 --file \(file)"
  }

  @Test func updatesThatAreSent() throws {
    let acks = folder.path("acks")
    let terminal = try shell("\(add) > \(acks)")
    let state = terminal.wait("updates acknowledged", "KiB of", "/s", "% ", " left")
    #expect(state.screen.dropFirst().allSatisfy { $0.isEmpty })
    let last = terminal.finish()
    #expect(last.status == 0)
    #expect(last.text.trimmingCharacters(in: .whitespacesAndNewlines) == "")
    let lines = try String(contentsOfFile: acks, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 60)
    #expect(lines.allSatisfy { $0.hasPrefix(#"{"type":"ack""#) })
  }

  /// Lines on the same terminal, a warning, and an interrupt take it away first.
  @Test func itGoesBeforeAnythingElse() throws {
    let terminal = try shell("exec \(add) --output pretty")
    terminal.wait("updates acknowledged", "ack        ✓ #5 ")
    terminal.signal(SIGINT)
    let state = terminal.finish()
    #expect(state.status == 130)
    #expect(!state.text.contains("acknowledged"))
    #expect(state.screen.filter { !$0.isEmpty }.allSatisfy { $0.contains("ack        ✓ #") })
  }

  @Test func statesThatAreReceived() throws {
    let slow = try TestServer("--latency", "900ms")
    for command in ["watch --until-synced", "get-updates"] {
      let terminal = try shell(
        "exec \(Programs.instctl.path) \(command) -s \(slow.url) p > /dev/null")
      terminal.wait("received  ")
      let state = terminal.finish()
      #expect(state.status == 0)
      #expect(state.text.trimmingCharacters(in: .whitespacesAndNewlines) == "")
    }
  }

  /// A shell's job in the background leaves the terminal to what is typed there.
  @Test func noneInTheBackground() throws {
    let terminal = try TerminalProgram(
      columns: 80, rows: 24, ["-c", "set -m; \(add) > /dev/null & wait; echo over"],
      executable: "/bin/bash")
    let state = terminal.finish()
    #expect(state.status == 0)
    #expect(state.written.hasSuffix("over\r\n"))
    #expect(!state.written.contains("acknowledged"))
  }

  @Test(arguments: ["--quiet", "2> /dev/null", "--log-format json"])
  func noneWhereNobodyWantsIt(option: String) throws {
    let state = try shell("exec \(add) \(option) > /dev/null").finish()
    #expect(state.status == 0)
    #expect(state.written == "")
  }
}

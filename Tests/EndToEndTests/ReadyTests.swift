import Foundation
import Testing

/// How commands say that they are really running (CLI.md section 5), and what they take for arguments.
@Suite(.serialized) struct ReadyTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func shell(_ command: String) throws -> Program {
    try Program(
      ["-c", command.replacing("exec instctl", with: "exec '\(Programs.instctl.path)'")],
      executable: URL(fileURLWithPath: "/bin/sh"))
  }

  @Test(arguments: ["devices", "watch"])
  func aDescriptorGetsALineAndIsClosed(command: String) throws {
    let server = try TestServer()
    let file = folder.path("ready")
    let program = try shell(
      "exec instctl \(command) x -s \(server.url) --until-synced --ready-fd 3 3>'\(file)'")
    #expect(program.finish().status == 0)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "{\"type\":\"ready\"}\n")
  }

  @Test(arguments: [
    "--ready-fd 9 9>&-", "--ready-fd 1", "--ready-fd x", "--ready-fd 3 --ready-file f 3>&1",
  ])
  func aDescriptorThatIsNoneIsRefused(options: String) throws {
    let outcome = try shell("exec instctl serve --port 0 \(options)").finish()
    #expect(outcome.status == 64)
  }

  @Test func anArgumentThatIsNoTextIsRefused() throws {
    let outcome = try shell("exec instctl count \"$(printf 'a\\377b')\" -s http://127.0.0.1:1")
      .finish()
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains("argument 2 is not UTF-8"))
  }
}

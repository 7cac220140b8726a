import Foundation
import Testing

/// What takes a command long still ends when it is told to.
@Suite(.serialized) struct LongComputationTests {
  @Test(arguments: [(SIGTERM, 143), (SIGINT, 130)])
  func signalsEndDecoding(signal: Int32, status: Int) throws {
    let folder = try TemporaryFolder()
    // Each change is told with the whole text before and after it, which takes minutes in all.
    let file = try folder.write("typing.txt", Self.typing(20_000).joined(separator: "\n"))
    let program = try Program(["decode", file, "--select", ".type"])
    program.wait(forText: "decoded")
    program.signal(signal)
    let outcome = program.finish()
    #expect(outcome.status == status)
    #expect(Set(outcome.output.split(separator: "\n")) == ["\"decoded\""])
  }

  /// Many updates at once are decoded in one go; the rest of them is left then.
  @Test func aSignalLeavesTheRest() throws {
    let server = try TestServer()
    let updates = Self.typing(20_000).map { "\"\($0)\"" }.joined(separator: ",")
    let line = #"{"type":"updates","updates":[\#(updates)]}"# + "\n"
    let adding = try Program(
      ["add-updates", "-s", server.url, "t", "--dry-run", "--decode", "--select", ".type"],
      stdin: .open)
    adding.write(#"{"type":"updates","updates":["AAA="]}"# + "\n")
    adding.wait(forText: "decoded")
    adding.write(line)
    adding.signal(SIGTERM)
    let rest = adding.finish()
    #expect(rest.status == 143)
    #expect(rest.output.split(separator: "\n").count { $0 == "\"decoded\"" } < 20_000)

    #expect(try instctl("add-updates", "-s", server.url, "t", stdin: .text(line)).status == 0)
    let watching = try Program(["watch", "-s", server.url, "t", "--decode", "--select", ".type"])
    watching.wait(forText: "connection")
    watching.signal(SIGINT)
    let outcome = watching.finish()
    #expect(outcome.status == 130)
    #expect(outcome.output.split(separator: "\n").count < 20_000)
  }

  /// What has come is decoded however long that takes, and whatever becomes of the server.
  @Test func decodingHasAllTheTime() throws {
    let server = try TestServer()
    let folder = try TemporaryFolder()
    let file = try folder.write("typing.txt", Self.typing(8000).joined(separator: "\n"))
    #expect(
      try instctl("add-updates", "-s", server.url, "t", "--file", file, "--batch", "1000").status
        == 0)
    let outcome = try instctl(
      "get-updates", "-s", server.url, "t", "--decode", "--timeout", "1s", "--select", ".type")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.split(separator: "\n").count == 1 + 8001)
  }

  /// Updates in base64 (lib0 and Yjs, version 1): one client types letters to the text `t` of the bot `b`.
  private static func typing(_ count: Int) -> [String] {
    let mapB: [UInt8] = [0x27, 1, 4] + Array("bots".utf8) + [1] + Array("b".utf8) + [1]
    let textT: [UInt8] = [0x27, 0, 1, 0, 1] + Array("t".utf8) + [2]
    let first: [UInt8] = [0x04, 0, 1, 1, 1] + Array("x".utf8)
    let start: [UInt8] = [1, 3, 1, 0] + mapB + textT + first + [0]
    let others = (3..<3 + count).map { clock in
      [1, 1, 1] + varUint(clock) + [0x84, 1] + varUint(clock - 1) + [1] + Array("x".utf8) + [0]
    }
    return ([start] + others).map { Data($0).base64EncodedString() }
  }

  private static func varUint(_ value: Int) -> [UInt8] {
    value < 128 ? [UInt8(value)] : [UInt8(value & 127) | 128] + varUint(value >> 7)
  }
}

import Foundation
import Testing

@Suite(.serialized) struct WatchTests {
  @Test func updatesFlowAsLines() throws {
    let server = try TestServer()
    let watch = try Program(["watch", "-s", server.url, "rec/inst", "--count", "2"])
    watch.wait("sync") { !$0.of(type: "sync").isEmpty }
    let add = try instctl("add-updates", "-s", server.url, "rec/inst", hello)
    #expect(add.status == 0)
    let outcome = watch.finish()
    #expect(outcome.status == 0)
    #expect(outcome.errors == "")

    let types = outcome.lines.map { $0["type"] as? String }
    #expect(types == ["connection", "connection", "connection", "updates", "sync", "updates"])
    let states = outcome.lines.of(type: "connection").map { $0["state"] as? String }
    #expect(states == ["connecting", "authenticating", "connected"])
    let updates = outcome.lines.of(type: "updates")
    #expect(updates[0]["updates"] as? [String] == [])
    #expect(updates[0]["initial"] as? Bool == true)
    #expect(updates[1]["updates"] as? [String] == [hello])
    #expect(updates[1]["initial"] as? Bool == false)
    #expect(updates[1]["recordName"] as? String == "rec")
    #expect(updates[1]["inst"] as? String == "inst")
    #expect(updates[1]["branch"] as? String == "default")

    // Type and time come first, in RFC 3339 with milliseconds.
    let form = /^\{"type":"[a-z_]+","time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z".*\}$/
    for line in outcome.output.split(separator: "\n") {
      #expect(line.wholeMatch(of: form) != nil, "\(line)")
    }
    // A public inst has a record name, too: null.
    let open = try instctl("watch", "-s", server.url, "open", "--until-synced")
    #expect(open.output.contains(#""recordName":null,"inst":"open","branch":"default""#))
  }

  @Test func endings() throws {
    let server = try TestServer()
    #expect(try instctl("add-updates", "-s", server.url, "e", hello, helloAgain).status == 0)

    let one = try instctl("watch", "-s", server.url, "e", "-1")
    #expect(one.status == 0)
    #expect(one.lines.last?["updates"] as? [String] == [hello, helloAgain])

    let synced = try instctl("watch", "-s", server.url, "e", "--until-synced", "--count", "9")
    #expect(synced.status == 0)
    #expect(synced.lines.last?["type"] as? String == "sync")

    let planned = try instctl("watch", "-s", server.url, "e", "--for", "300ms")
    #expect(planned.status == 0)

    let idle = try instctl("watch", "-s", server.url, "e", "--idle", "300ms")
    #expect(idle.status == 0)
    #expect(idle.lines.of(type: "updates").count == 1)

    let unmet = try instctl("watch", "-s", server.url, "e", "--idle", "300ms", "--count", "2")
    #expect(unmet.status == 124)
    #expect(unmet.error?["layer"] as? String == "timeout")

    let late = try instctl("watch", "-s", server.url, "e", "--timeout", "300ms")
    #expect(late.status == 124)
    #expect(late.error?["exit"] as? Int == 124)
  }

  /// A server that is silent from the beginning is no quiet one.
  @Test func aServerThatSaysNothingIsNotWaitedForWithoutEnd() throws {
    let server = try ScriptedServer { _ in [] }
    let watch = try Program(["watch", "-s", server.url, "s", "--idle", "100ms"])
    let other = try ScriptedServer { _ in [] }
    let devices = try Program(["devices", "-s", other.url, "s", "--idle", "100ms"])
    for program in [watch, devices] {
      let outcome = program.finish()
      #expect(outcome.status == 124)
      #expect(
        (outcome.error?["message"] as? String)?.hasPrefix("nothing arrived for 10000 ms") == true)
    }
  }

  /// What is too large does not become smaller.
  @Test func whatIsTooLargeIsNotAskedForAgain() throws {
    let server = try TestServer()
    let large = Data(
      [1, 1, 1, 0, 4, 1, 1, 0x74, 0xD0, 0x0F] + Array(repeating: 0x78, count: 2000) + [0]
    )
    .base64EncodedString()
    #expect(try instctl("add-updates", "-s", server.url, "l", large).status == 0)
    let outcome = try instctl("watch", "-s", server.url, "l", "--max-message", "1KB")
    #expect(outcome.status == 76)
    #expect(outcome.error?["code"] as? String == "message_too_large")
    #expect(outcome.error?["retryable"] as? Bool == false)
    let connections = outcome.lines.of(type: "connection").compactMap { $0["state"] as? String }
    #expect(!connections.contains("reconnecting"))
  }

  @Test func readyFileAppearsWithTheFirstSync() throws {
    let folder = try TemporaryFolder()
    let server = try TestServer("--ready-file", folder.path("serving"))
    try folder.awaitFile("serving")
    let outcome = try instctl(
      "watch", "-s", server.url, "r", "--until-synced", "--ready-file", folder.path("ready"))
    #expect(outcome.status == 0)
    #expect(FileManager.default.fileExists(atPath: folder.path("ready")))
  }

  @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143)), (SIGHUP, Int32(129))])
  func signalsEndWithACloseFrame(signal: Int32, status: Int32) throws {
    let server = try TestServer("-v")
    let watch = try Program(["watch", "-s", server.url, "s"])
    watch.wait("sync") { !$0.of(type: "sync").isEmpty }
    watch.signal(signal)
    let outcome = watch.finish()
    #expect(outcome.status == status)
    #expect(!outcome.endedBySignal)
    #expect(server.stop().errors.contains("with code 1000"))
  }

  @Test func aClosedReaderEndsTheCommandQuietly() throws {
    let server = try TestServer()
    let shell = try Program(
      [
        "-c", #""$0" watch -s "$1" quiet | head -n 1; echo "${PIPESTATUS[0]}" >&2"#,
        Programs.instctl.path, server.url,
      ],
      executable: URL(fileURLWithPath: "/bin/bash"))
    let outcome = shell.finish()
    #expect(outcome.lines.count == 1)
    #expect(outcome.errors == "0\n")
  }

  @Test func comesBackAfterTheServerAndShowsTheStateAgain() throws {
    let folder = try TemporaryFolder()
    let first = try TestServer("--data", folder.path("data"))
    #expect(try instctl("add-updates", "-s", first.url, "back", hello).status == 0)
    let watch = try Program(["watch", "-s", first.url, "back"])
    watch.wait("sync") { !$0.of(type: "sync").isEmpty }
    first.stop(SIGKILL)
    watch.wait("the loss") { lines in
      lines.contains { $0["state"] as? String == "reconnecting" }
    }
    let second = try TestServer("--data", folder.path("data"), port: first.port)
    watch.wait("the second sync") { $0.of(type: "sync").count == 2 }
    #expect(try instctl("add-updates", "-s", second.url, "back", helloAgain).status == 0)
    let lines = watch.wait("the update") { $0.of(type: "updates").count == 3 }
    let updates = lines.of(type: "updates")
    #expect(updates[0]["replay"] == nil)
    #expect(updates[1]["initial"] as? Bool == true)
    #expect(updates[1]["replay"] as? Bool == true)
    #expect(updates[1]["updates"] as? [String] == [hello])
    #expect(updates[2]["updates"] as? [String] == [helloAgain])
    watch.signal(SIGTERM)
    #expect(watch.finish().status == 143)
  }

  @Test func noReconnectMakesALossAnError() throws {
    let server = try TestServer()
    let watch = try Program(["watch", "-s", server.url, "n", "--no-reconnect"])
    watch.wait("sync") { !$0.of(type: "sync").isEmpty }
    #expect(server.stop().status == 143)
    let outcome = watch.finish()
    #expect(outcome.status == 69)
    #expect(outcome.error?["layer"] as? String == "websocket")
    #expect(outcome.error?["closeCode"] as? Int == 1001)
  }

  @Test func aStalledReaderLosesNothing() throws {
    let server = try TestServer()
    let folder = try TemporaryFolder()
    // The reader takes one line, and the rest only when it is told to.
    let script = #"""
      "$0" watch -s "$1" slow --count 41 --ready-file "$2" |
        (read -r line; while ! [ -e "$3" ]; do sleep 0.05; done; cat)
      """#
    let watch = try Program(
      ["-c", script, Programs.instctl.path, server.url, folder.path("ready"), folder.path("go")],
      executable: URL(fileURLWithPath: "/bin/bash"))
    try folder.awaitFile("ready")
    let updates = (0..<40).map { Data(repeating: $0, count: 30_000).base64EncodedString() }
    let add = try instctl(
      "add-updates", "-s", server.url, "slow", "--unchecked",
      stdin: .text(updates.joined(separator: "\n")))
    #expect(add.lines.of(type: "ack").count == 40)
    _ = try folder.write("go", "")
    let lines = watch.finish().lines.of(type: "updates")
    #expect(lines.flatMap { $0["updates"] as? [String] ?? [] } == updates)
  }
}

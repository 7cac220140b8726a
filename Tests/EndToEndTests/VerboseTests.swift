import Foundation
import Testing

/// `-v`, `-vv` and `--log-format` (CLI.md sections 2 and 3).
@Suite(.serialized) struct VerboseTests {
  private func objects(_ outcome: Program.Outcome) -> [[String: Any]] {
    outcome.errors.split(separator: "\n").compactMap {
      (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
    }
  }

  @Test func everyStepWithItsTimeAndAllOfThemInOneObject() throws {
    let folder = try TemporaryFolder()
    let authority = folder.path("ca.pem")
    let server = try TestServer("--tls", "--cert-out", authority)
    let url = server.url.replacingOccurrences(of: "127.0.0.1", with: "localhost")
    let outcome = try instctl(
      "count", "-s", url, "a", "--cacert", authority, "-v", "--log-format", "json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = objects(outcome)
    let names = ["name", "tcp", "tls", "upgrade", "login"]
    let steps = lines.of(type: "step")
    #expect(steps.compactMap { $0["step"] as? String } == names)
    #expect(steps.allSatisfy { ($0["durationMs"] as? Double ?? -1) > 0 })
    #expect(steps.allSatisfy { $0["connection"] as? Int == 1 && $0["summary"] is String })

    let all = lines.of(type: "connected")
    #expect(all.count == 1)
    #expect((all.first?["url"] as? String)?.hasPrefix("wss://localhost:") == true)
    let parts = all.first?["steps"] as? [[String: Any]] ?? []
    #expect(parts.compactMap { $0["step"] as? String } == names)
    let sum = parts.compactMap { $0["durationMs"] as? Double }.reduce(0, +)
    #expect(sum <= all.first?["durationMs"] as? Double ?? 0)
    let facts = Dictionary(
      uniqueKeysWithValues: zip(names, parts.map { $0["facts"] as? [String: Any] ?? [:] }))
    #expect(facts["name"]?["host"] as? String == "localhost")
    #expect((facts["tcp"]?["address"] as? String)?.hasSuffix(":\(server.port)") == true)
    #expect((facts["tls"]?["version"] as? String)?.hasPrefix("TLSv1.") == true)
    #expect(facts["tls"]?["cipher"] is String)
    #expect(facts["upgrade"]?["compression"] as? Bool == true)
    #expect(facts["login"]?["connectionId"] is String)
  }

  @Test func wordsWhereTheyAreAskedFor() throws {
    let server = try TestServer()
    let outcome = try instctl("count", "-s", server.url, "a", "-v", "--log-format", "text")
    let lines = outcome.errors.split(separator: "\n").map(String.init)
    for name in ["name", "tcp", "upgrade", "login"] {
      let line = lines.first { $0.hasPrefix("\(name): ") }
      #expect(line?.hasSuffix(" ms)") == true, "\(name) \(outcome.errors)")
    }
    #expect(lines.contains { $0.hasPrefix("connected to \(server.url) in ") })
    #expect(!outcome.errors.contains("{"))
  }

  @Test func framesWithTwo() throws {
    let server = try TestServer()
    let outcome = try instctl("count", "-s", server.url, "a", "-vv", "--log-format", "json")
    let frames = objects(outcome).of(type: "frame").map { frame in
      ["direction", "opcode", "messageType"].compactMap { frame[$0] as? String }
        .joined(separator: " ")
    }
    #expect(
      Array(frames.prefix(4)) == [
        "out text login", "in text login_result", "out text repo/connection_count",
        "in text repo/connection_count",
      ])
    let once = try instctl("count", "-s", server.url, "a", "-v")
    #expect(objects(once).of(type: "frame").isEmpty)
    let none = try instctl("count", "-s", server.url, "a")
    #expect(none.errors == "")
  }

  @Test func errorsHaveTheFormatToo() throws {
    for arguments in [
      ["count", "a", "--log-format", "text"], ["count", "--nonsense", "--log-format", "text"],
      ["count", "--nonsense", "--log-format=text"],
    ] {
      let outcome = try Program(arguments).finish()
      #expect(outcome.status == 64)
      #expect(outcome.errors.hasPrefix("error: "), "\(outcome.errors)")
    }
    let variable = try instctl("count", "a", environment: ["INSTCTL_LOG_FORMAT": "text"])
    #expect(variable.errors.hasPrefix("error: "))
    let json = try instctl(
      "count", "a", "--log-format", "json", environment: ["INSTCTL_LOG_FORMAT": "text"])
    #expect(json.error?["exit"] as? Int == 64)
  }

  /// What the network says never steers a terminal.
  @Test func controlCharactersDoNotGetThrough() throws {
    let server = try ScriptedServer { _ in
      [#"[1,-1,{"type":"\u001b[2Jx\u0007\u202e"}]"#]
    }
    for format in ["text", "json"] {
      let outcome = try instctl(
        "call", "-s", server.url, "y", "-c", "1", "-vv", "--log-format", format)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("[2Jx"))
      #expect(!outcome.errors.unicodeScalars.contains { $0.value == 0x1B || $0.value == 7 })
      // Objects are for programs.
      #expect(outcome.errors.contains("\u{202E}") == (format == "json"))
    }
    let error = try instctl(
      "count", "a", "--n\u{202E}\u{200B}\u{1B}", "--log-format", "text")
    #expect(error.errors.hasPrefix("error: Unknown option '--n\u{FFFD}\u{FFFD}\u{FFFD}'"))
  }

  @Test func exchangesOverHTTP() throws {
    let api = try ScriptedAPI { _ in (200, #"{"success":true,"insts":[]}"#) }
    let outcome = try instctl("insts", "list", "-s", api.url, "rec", "-v")
    let steps = objects(outcome).of(type: "step")
    #expect(steps.compactMap { $0["step"] as? String } == ["name", "tcp", "http"])
    let facts = steps.last?["facts"] as? [String: Any]
    #expect(facts?["status"] as? Int == 200)
    #expect(facts?["target"] as? String == "/api/v2/records/insts/list?***")
  }
}

import Foundation
import Testing

/// `--output raw`: the wire's frames in both directions, without secrets.
@Suite(.serialized) struct RawOutputTests {
  private func frames(_ outcome: Program.Outcome) -> [String] {
    outcome.lines.map { line in
      let message = (line["frame"] as? [Any])?.last as? [String: Any]
      let type = message?["type"] as? String ?? "?"
      return "\(line["type"] ?? "?") \(line["direction"] ?? "?") \(type)"
    }
  }

  @Test func theFramesInsteadOfTheLines() throws {
    let server = try TestServer()
    let environment = ["INSTCTL_SERVER": server.url]
    let login = ["frame out login", "frame in login_result"]
    let added = try instctl(
      "add-updates", "a", hello, "--output", "raw", environment: environment)
    #expect(added.status == 0)
    #expect(
      frames(added) == login + ["frame out repo/add_updates", "frame in repo/updates_received"])
    let got = try instctl("get-updates", "a", "--output", "raw", environment: environment)
    #expect(
      frames(got) == login + ["frame out repo/get_updates", "frame in repo/add_updates"])
    #expect(got.output.contains(#""updates":["\#(hello)"]"#))
    let watched = try instctl(
      "watch", "a", "--until-synced", "--output", "raw", environment: environment)
    #expect(
      Array(frames(watched).prefix(4)) == login
        + ["frame out repo/watch_branch", "frame in repo/add_updates"])
    let count = try instctl("count", "a", "--output", "raw", environment: environment)
    #expect(
      frames(count) == login
        + ["frame out repo/connection_count", "frame in repo/connection_count"])
    let time = try instctl(
      "timesync", "--samples", "1", "--output", "raw", environment: environment)
    #expect(frames(time) == login + ["frame out sync/time", "frame in sync/time/response"])
    let sent = try instctl(
      "send-action", "a", "1", "--broadcast", "--output", "raw", environment: environment)
    // First which dialect it is, then the action.
    #expect(
      Array(frames(sent)[2...4])
        == ["frame out sync/time", "frame in sync/time/response", "frame out repo/send_action"])
    let devices = try instctl(
      "devices", "a", "--once", "--output", "raw", environment: environment)
    #expect(frames(devices)[2] == "frame out repo/watch_branch_devices")
    let called = try instctl(
      "call", "sync/time", #"{"id":1,"clientRequestTime":0}"#, "--output", "raw",
      environment: environment)
    #expect(frames(called) == login + ["frame out sync/time", "frame in sync/time/response"])
    // The frame is the wire's text.
    #expect(
      called.output.contains(#""frame":[1,2,{"type":"sync/time","id":1,"clientRequestTime":0}]"#))
  }

  @Test func secretsAreMasked() throws {
    let folder = try TemporaryFolder()
    let server = try TestServer(
      "--auth", try folder.write("users.json", WatchSeveralTests.users))
    let signedIn = try instctl(
      "count", "-s", server.url, "rec/closed", "--output", "raw",
      environment: ["INSTCTL_KEY": WatchSeveralTests.ownerKey])
    #expect(signedIn.status == 0, "\(signedIn.errors)")
    #expect(signedIn.output.contains(#"{"type":"login","connectionToken":"***"}"#))
    #expect(!signedIn.output.contains("vCT1."))
    let key = try instctl(
      "get-updates", "-s", server.url, "open", "--output", "raw",
      environment: ["INSTCTL_RECORD_KEY": "vRK2.cmVj.c2VjcmV0.subjectless"])
    #expect(key.output.contains(#""recordName":"vRK2.***""#))
    #expect(!key.output.contains("c2VjcmV0"))
  }

  /// What the server says of a secret is masked, too, and all else of the frame stays as it came.
  @Test func secretsFromTheServerAreMasked() throws {
    let server = try ScriptedServer { _ in
      [
        #"[1,-1,{"type":"x","a":1.50,"b":["\u0076CK1.abc.def"],"c":"see vRK1.name.key"}]"#,
        #"[1,-1,{"type":"x","text":"begins with vCT1."}]"#,
        "[1,-1, {\"type\":\"x\",\t\"u\":\"\u{9B}\"}]",
      ]
    }
    let outcome = try instctl("call", "-s", server.url, "y", "-c", "3")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines[0].contains(#"{"type":"x","a":1.50,"b":["vCK1.***"],"c":"see vRK1.***"}"#))
    #expect(lines[1].contains(#""text":"begins with vCT1.""#))
    // What would steer a terminal is written as an escape.
    #expect(lines[2].contains(#""u":"\u009b""#))
  }
}

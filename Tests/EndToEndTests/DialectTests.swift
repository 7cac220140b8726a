import Foundation
import Testing

/// Each setting of `--dialect` against a server of either dialect (PROTOCOL section 2).
@Suite(.serialized) struct DialectTests {
  private static let pairs = ["deployed", "documented"].flatMap { server in
    ["auto", "deployed", "documented"].map { (server, $0) }
  }

  @Test(arguments: pairs)
  func everySettingAgainstEitherServer(server spoken: String, setting: String) throws {
    let server = try TestServer("--dialect", spoken)
    let options = ["-s", server.url, "--dialect", setting]
    let isUnderstood = setting == "auto" || setting == spoken

    let watch = try Program(["watch", "a", "--events", "action,sync", "--idle", "3s"] + options)
    watch.wait("the first state") { $0.contains { $0["type"] as? String == "sync" } }
    let action = try Program(["send-action", "a", #"{"n":1}"#, "--broadcast"] + options).finish()
    let time = try Program(["timesync", "--samples", "1"] + options).finish()
    let http = try Program(["http", "GET", "/api/v2/echo"] + options).finish()
    // What is the same in both goes whatever is set.
    let added = try Program(["add-updates", "a", hello] + options).finish()
    let count = try Program(["count", "a"] + options).finish()
    #expect(added.status == 0)
    #expect(count.lines.first?["count"] as? Int == 1)

    for outcome in [action, time, http] {
      #expect(outcome.status == (isUnderstood ? 0 : 65), "\(outcome.errors)")
      #expect(outcome.lines.count == (isUnderstood ? 1 : 0))
    }
    // Exactly once, or not at all.
    #expect(watch.finish().lines.of(type: "action").count == (isUnderstood ? 1 : 0))
  }

  @Test(arguments: [["--to-user", "u"], []])
  func autoNeverChangesWhoReceivesAnAction(receivers: [String]) throws {
    let server = try TestServer("--dialect", "documented")
    let outcome = try Program(["send-action", "a", "1", "-s", server.url] + receivers).finish()
    #expect(outcome.status == 64)
    #expect(outcome.error?["hint"] is String)
    #expect(outcome.output == "")
  }
}

import Foundation
import Testing

/// `count` (PROTOCOL section 5, Count).
@Suite(.serialized) struct CountTests {
  @Test func watchersOfABranchAndAllConnections() throws {
    let server = try TestServer()
    #expect(try instctl("count", "-s", server.url, "a").lines.first?["count"] as? Int == 0)
    let devices = try (1...2).map { try Device(server, connectionID: "\($0)", inst: "a") }
    let branch = try instctl("count", "-s", server.url, "a")
    #expect(branch.status == 0)
    #expect(branch.lines.count == 1)
    #expect(branch.lines[0]["count"] as? Int == 2)
    #expect(branch.output.contains(#""recordName":null,"inst":"a","branch":"default","count":2"#))
    // The one who asks is logged in, too.
    let all = try instctl("count", "-s", server.url, "--all")
    #expect(all.status == 0)
    #expect(all.lines.first?["count"] as? Int == 3)
    #expect(all.lines.first?["inst"] == nil)
    #expect(all.lines.first.map { $0.keys.contains("recordName") } == false)
    withExtendedLifetime(devices) {}
  }

  @Test(arguments: [
    ["--all", "a"], [], ["--all", "--branch", "b"], ["a", "--timeout", "5"],
  ])
  func usage(arguments: [String]) throws {
    let outcome = try Program(["count", "-s", "ws://h"] + arguments).finish()
    #expect(outcome.status == 64)
    #expect(outcome.output == "")
  }

  /// The token is for no record and the connection's id as inst.
  @Test func allWithAKeyNeedsNoInst() throws {
    let folder = try TemporaryFolder()
    let server = try TestServer(
      "--auth", try folder.write("users.json", WatchSeveralTests.users))
    let outcome = try instctl(
      "count", "-s", server.url, "--all",
      environment: ["INSTCTL_KEY": WatchSeveralTests.ownerKey])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.lines.first?["count"] as? Int == 1)
  }

  @Test func whatIsRefusedOrHasNoForm() throws {
    let folder = try TemporaryFolder()
    let closed = try TestServer(
      "--auth", try folder.write("users.json", WatchSeveralTests.users))
    let refused = try instctl(
      "count", "-s", closed.url, "rec/closed",
      environment: ["INSTCTL_KEY": WatchSeveralTests.otherKey])
    #expect(refused.status == 77, "\(refused.errors)")
    #expect(refused.output == "")
    let documented = try TestServer("--dialect", "documented")
    let formless = try instctl("count", "-s", documented.url, "--all", "--dialect", "documented")
    #expect(formless.status == 64)
    #expect(formless.error?["code"] as? String == "no_such_form")
  }

  @Test func aServerThatDoesNotAnswer() throws {
    let server = try ScriptedServer { _ in [] }
    let outcome = try instctl("count", "-s", server.url, "a", "--timeout", "500ms")
    #expect(outcome.status == 124)
    #expect(outcome.output == "")
  }
}

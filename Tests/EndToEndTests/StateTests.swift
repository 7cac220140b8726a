import Foundation
import Testing

/// `instctl state` and `watch --state`: bots in a branch or a file (PROTOCOL section 9).
@Suite(.serialized) struct StateTests {
  private func bots(_ lines: [[String: Any]]) -> [[String: Any]] {
    lines.of(type: "bot").compactMap { $0["bot"] as? [String: Any] }
  }

  @Test func theBotsOfABranchAndOfAFileAreTheSame() throws {
    let server = try TestServer()
    let environment = ["INSTCTL_SERVER": server.url]
    let input = Program.StandardInput.text(BotUpdates.all.joined(separator: "\n"))
    #expect(try instctl("add-updates", "rec/s", environment: environment, stdin: input).status == 0)
    let branch = try instctl("state", "rec/s", environment: environment)
    #expect(branch.status == 0, "\(branch.errors)")
    #expect(branch.lines.count == 1)
    #expect(branch.lines[0]["recordName"] as? String == "rec")
    let expected = #"{"id":"one","masks":{"color":"masked"},"tags":{"color":"reddish"}}"#
    #expect(bots(branch.lines).map { "\(json: $0)" } == [expected])

    let folder = try TemporaryFolder()
    let file = try folder.write("updates", BotUpdates.all.joined(separator: "\n"))
    for arguments in [[file], ["--file", file], ["-"]] {
      let outcome = try Program(["state"] + arguments, stdin: input).finish()
      #expect(bots(outcome.lines).map { "\(json: $0)" } == [expected])
      #expect(outcome.lines.first?["inst"] == nil)
    }
    // A file of an inst's name does not hide the inst from --inst.
    let hidden = try instctl("state", "--inst", file, environment: environment)
    #expect(hidden.status == 0)
    #expect(hidden.output == "")
  }

  /// A file has no server, no branch and no frames: who names them means something else.
  @Test(arguments: [
    ["--branch", "b"], ["--server", "ftp://x"], ["--key-file", "none"], ["--timeout", "1s"],
    ["--trace", "t"], ["--retries", "3"], ["-4"], ["--output", "raw"],
  ])
  func optionsThatMeanNothingToAFileAreRefused(options: [String]) throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("updates", BotUpdates.all.joined(separator: "\n"))
    for arguments in [["state", file], ["gaps", file], ["diff", file, file]] {
      let outcome = try Program(arguments + options).finish()
      #expect(outcome.status == 64, "\(arguments[0]) \(outcome.output)")
      #expect(outcome.output == "")
    }
    #expect(try instctl("state", file, "--file", "--record", "r").status == 64)
    #expect(try instctl("decode", file, "--output", "raw").status == 64)
    // Variables are there for other commands, too.
    let variables = ["INSTCTL_BRANCH": "b", "INSTCTL_TRACE": "/nowhere/t", "INSTCTL_RETRIES": "3"]
    #expect(try instctl("decode", file, environment: variables).status == 0)
  }

  @Test func botsAndTagsAreChosen() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      "bots.aux",
      #"{"version":1,"state":{"a":{"id":"a","tags":{"x":1,"y":2}},"b":{"id":"b","tags":{"x":"s"}}}}"#
    )
    #expect(try instctl("state", file).lines.count == 2)
    let one = try instctl("state", file, "--bot", "b", "--tag", "x")
    #expect(bots(one.lines).map { "\(json: $0["tags"])" } == [#"{"x":"s"}"#])
    let tagged = try instctl("state", file, "--tag", "y")
    #expect(bots(tagged.lines).map { "\(json: $0["tags"])" } == [#"{"y":2}"#])
    for arguments in [["--bot", "c"], ["--tag", "z"], ["--bot", "b", "--tag", "y"]] {
      let none = try Program(["state", file] + arguments).finish()
      #expect(none.status == 1)
      #expect(none.output == "")
      #expect(none.error?["code"] as? String == "nothing_found")
    }
  }

  @Test func whatCannotBeDecodedIsAnErrorUnlessSkipped() throws {
    let input = Program.StandardInput.text("\(BotUpdates.all[0])\nAAE=\n")
    let outcome = try instctl("state", "-", stdin: input)
    #expect(outcome.status == 65)
    #expect(outcome.output == "")
    #expect((outcome.error?["message"] as? String)?.contains("line 2 of stdin") == true)
    let skipped = try instctl("state", "-", "--skip-undecodable", stdin: input)
    #expect(skipped.status == 0)
    #expect(bots(skipped.lines).count == 1)
    #expect(skipped.errors.contains("line 2 of stdin"))
  }

  @Test func missingUpdatesAreToldAbout() throws {
    let outcome = try instctl("state", "-", stdin: .text(BotUpdates.all[2]))
    #expect(outcome.status == 0)
    #expect(outcome.output == "")
    #expect(outcome.errors.contains("lacks updates"))
  }

  @Test func anInstNeedsAServerAndAFileNone() throws {
    let noServer = try instctl("state", "someInst")
    #expect(noServer.status == 64)
    #expect(try instctl("state", "./nowhere").status == 66)
    #expect(try instctl("state", "nowhere.aux").status == 66)
    #expect(try instctl("state", "--file", "nowhere").status == 66)
  }

  @Test func watchShowsTheStateAndThenChanges() throws {
    let server = try TestServer()
    let environment = ["INSTCTL_SERVER": server.url]
    #expect(
      try instctl("add-updates", "w", BotUpdates.all[0], environment: environment).status == 0)
    let watch = try Program(["watch", "w", "--state", "--count", "4"], environment: environment)
    watch.wait("sync") { !$0.of(type: "sync").isEmpty }
    for update in BotUpdates.all.dropFirst() {
      #expect(try instctl("add-updates", "w", update, environment: environment).status == 0)
    }
    let outcome = watch.finish()
    #expect(outcome.status == 0)
    let lines = outcome.lines.filter { $0["type"] as? String != "connection" }
    #expect(
      lines.map { $0["type"] as? String } == ["bot", "sync", "change", "change", "change"])
    #expect(lines[0]["inst"] as? String == "w")
    #expect(bots(lines).map { "\(json: $0["tags"])" } == [#"{"color":"red","size":2}"#])
    let changes = lines.of(type: "change")
    #expect(
      changes.map { "\(json: $0["from"]) \(json: $0["to"])" } == [
        #""red" "reddish""#, #"null "masked""#, "2 null",
      ])
    #expect(changes.map { $0["tag"] as? String } == ["color", "color", "size"])
  }

  /// The state that comes again after a reconnect shows as what has changed meanwhile.
  @Test func afterAReconnectOnlyChangesAreShown() throws {
    let folder = try TemporaryFolder()
    var server = try TestServer("--data", folder.path("data"))
    let port = server.port
    #expect(
      try instctl("add-updates", "-s", server.url, "r", BotUpdates.all[0]).status == 0)
    let watch = try Program(
      ["watch", "-s", server.url, "r", "--state", "--backoff", "50ms..200ms"])
    watch.wait("sync") { !$0.of(type: "sync").isEmpty }
    server.stop(SIGKILL)
    server = try TestServer("--data", folder.path("data"), port: port)
    watch.wait("the second sync") { $0.of(type: "sync").count == 2 }
    #expect(
      try instctl("add-updates", "-s", server.url, "r", BotUpdates.all[1]).status == 0)
    let lines = watch.wait("the change") { !$0.of(type: "change").isEmpty }
    #expect(lines.of(type: "bot").count == 1)
    #expect(lines.of(type: "change").count == 1)
    watch.signal(SIGTERM)
    #expect(watch.finish().status == 143)
  }
}

import Foundation
import Testing

/// `.aux` files of versions 1 and 2 into branches and out of them (PROTOCOL section 9).
@Suite(.serialized) struct AuxTests {
  /// Everything that tags can hold.
  private let state =
    #"{"version":1,"state":{"a":{"id":"a","space":"shared","tags":{"x":"one","y":2.5,"t":true,"n":null,"#
    + #""formula":"=this.x + 1","script":"@os.toast(\"hi\");\nshout('x');","link":"🔗b","list":[1,{"k":[]}],"#
    + #""empty":"","vector":"➡️1,2,3","emoji":"👩‍🚀"},"masks":{"shared":{"x":"masked"}}},"#
    + #""b":{"id":"b","space":"shared","tags":{}}}}"#

  private func run(_ server: TestServer, _ arguments: String...) throws -> Program.Outcome {
    try Program(arguments, environment: ["INSTCTL_SERVER": server.url]).finish()
  }

  @Test func versionOneGoesThroughABranchWithoutLoss() throws {
    let server = try TestServer()
    let folder = try TemporaryFolder()
    let file = try folder.write("one.aux", state)
    let added = try run(server, "add-updates", "v1", "--aux", file)
    #expect(added.status == 0, "\(added.errors)")
    #expect(added.lines.map { $0["type"] as? String } == ["ack"])
    let exported = try run(server, "state", "v1", "--format", "aux1")
    #expect(exported.output == state + "\n")
    #expect(exported.errors == "")
    // Once more: there is nothing to send.
    let again = try run(server, "add-updates", "v1", "--aux", file)
    #expect(again.status == 0)
    #expect(again.output == "")
    // Through version 2 to another branch, and back.
    let second = try folder.write(
      "two.aux", try run(server, "state", "v1", "--format", "aux2").output)
    #expect(try run(server, "add-updates", "copy", "--aux", second).status == 0)
    #expect(try run(server, "state", "copy", "--format", "aux1").output == state + "\n")
  }

  @Test func versionTwoIsPassedOnAsItIs() throws {
    let server = try TestServer()
    let folder = try TemporaryFolder()
    let file = try folder.write("two.aux", BotUpdates.auxFile)
    #expect(try instctl("state", file, "--format", "aux2").output == BotUpdates.auxFile + "\n")
    let added = try run(server, "add-updates", "v2", "--aux", file)
    #expect(added.lines.of(type: "ack").count == 4)
    let got = try run(server, "get-updates", "v2")
    #expect(got.lines.first?["updates"] as? [String] == BotUpdates.all)
    let exported = try run(server, "state", "v2", "--format", "aux2")
    let object =
      try JSONSerialization.jsonObject(with: Data(exported.output.utf8)) as? [String: Any]
    let updates = object?["updates"] as? [[String: Any]]
    #expect(updates?.map { $0["update"] as? String } == BotUpdates.all)
    #expect(updates?.map { $0["id"] as? Int } == [0, 1, 2, 3])
    // The server's times are kept.
    #expect(updates?.allSatisfy { ($0["timestamp"] as? Double ?? 0) > 1_700_000_000_000 } == true)
  }

  @Test func onTopOfABranchOnlyWhatDiffersIsSent() throws {
    let server = try TestServer()
    let folder = try TemporaryFolder()
    let first = try folder.write(
      "1.aux", #"{"version":1,"state":{"a":{"id":"a","tags":{"x":"1","y":"2"}}}}"#)
    let second = try folder.write(
      "2.aux",
      #"{"version":1,"state":{"a":{"id":"a","tags":{"x":"1","y":"new"}},"b":{"id":"b","tags":{}}}}"#
    )
    #expect(try run(server, "add-updates", "top", "--aux", first).status == 0)
    let dry = try run(server, "add-updates", "top", "--aux", second, "--dry-run", "--decode")
    #expect(dry.status == 0)
    #expect(dry.lines.map { $0["type"] as? String } == ["decoded", "updates"])
    let structs = dry.lines[0]["structs"] as? [[String: Any]]
    // The text of y, its three letters, and the bot b.
    #expect(structs?.map { $0["length"] as? Int } == [1, 3, 1])
    #expect(try run(server, "get-updates", "top").lines[0]["updates"] is [String])
    #expect((try run(server, "get-updates", "top").lines[0]["updates"] as? [String])?.count == 1)

    // What the dry run has printed can be fed back.
    let updates = try #require(dry.lines[1]["updates"] as? [String])
    #expect(try run(server, "add-updates", "top", updates[0]).status == 0)
    let bots = try run(server, "state", "top").lines.compactMap { $0["bot"] as? [String: Any] }
    #expect(bots.map { "\(json: $0["tags"])" } == [#"{"x":"1","y":"new"}"#, "{}"])
    #expect(try run(server, "add-updates", "top", "--aux", second).output == "")
  }

  @Test func aDryRunSendsNothing() throws {
    let server = try TestServer()
    let dry = try run(
      server, "add-updates", "dry", BotUpdates.all[0], BotUpdates.all[1], "--dry-run")
    #expect(dry.status == 0)
    #expect(dry.lines.map { $0["updates"] as? [String] } == BotUpdates.all.prefix(2).map { [$0] })
    #expect(try run(server, "get-updates", "dry").lines[0]["updates"] as? [String] == [])
  }

  /// What is there as a whole is read as a whole: nothing of it is sent where a part is bad.
  @Test func aBadUpdateKeepsTheOthersBack() throws {
    let server = try TestServer()
    let folder = try TemporaryFolder()
    let file = try folder.write(
      "bad.aux",
      #"{"version":2,"updates":[{"id":0,"timestamp":0,"update":"\#(BotUpdates.all[0])"},"#
        + #"{"id":1,"timestamp":0,"update":"AQID"}]}"#)
    for (arguments, place) in [
      (["--aux", file], "update 2: "), ([BotUpdates.all[0], "AQID"], "argument 2: "),
    ] {
      let outcome = try Program(["add-updates", "-s", server.url, "bad"] + arguments).finish()
      #expect(outcome.status == 65)
      #expect(outcome.output == "")
      #expect((outcome.error?["message"] as? String)?.hasPrefix(place) == true)
      #expect(outcome.error?["line"] as? Int == 2)
    }
    #expect(try run(server, "get-updates", "bad").lines[0]["updates"] as? [String] == [])
  }

  @Test func aNumberThatNoDocumentCanHoldIsRefused() throws {
    let server = try TestServer()
    let folder = try TemporaryFolder()
    let file = try folder.write(
      "huge.aux", #"{"version":1,"state":{"a":{"id":"a","tags":{"n":1e400}}}}"#)
    let outcome = try run(server, "add-updates", "huge", "--aux", file)
    #expect(outcome.status == 65)
    #expect((outcome.error?["message"] as? String)?.contains("JavaScript") == true)
    #expect(try run(server, "get-updates", "huge").lines[0]["updates"] as? [String] == [])
  }

  @Test func whatVersionOneCannotSayIsTold() throws {
    // A tag that holds bytes, and a mask of no bot.
    let updates = [
      "AQIFACcBBGJvdHMBYQEjAAUAAWICAQIA", "AQEGACgBBW1hc2tzBm5vbmU6eAF3AXMA",
    ]
    let outcome = try instctl(
      "state", "-", "--format", "aux1", stdin: .text(updates.joined(separator: "\n")))
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("aux1 cannot say all"))
    #expect(outcome.errors.contains("masks none:x belongs to no bot"))
  }

  @Test func masksOfSeveralSpacesNeedAChoice() throws {
    let server = try TestServer()
    let folder = try TemporaryFolder()
    let file = try folder.write(
      "m.aux",
      #"{"version":1,"state":{"a":{"id":"a","tags":{},"masks":{"shared":{"x":1},"tempLocal":{"x":2}}}}}"#
    )
    let refused = try run(server, "add-updates", "m", "--aux", file)
    #expect(refused.status == 65)
    #expect((refused.error?["hint"] as? String)?.contains("--space") == true)
    #expect(
      try run(server, "add-updates", "m", "--aux", file, "--space", "shared").status == 0)
    #expect(try run(server, "state", "m").output.contains(#""masks":{"x":1}"#))
  }

  @Test func usageIsChecked() throws {
    #expect(try instctl("add-updates", "x", "AAA=", "--aux", "f.aux").status == 64)
    #expect(try instctl("add-updates", "x", "--space", "shared").status == 64)
    #expect(try instctl("state", "-", "--format", "aux2", "--bot", "a").status == 64)
    #expect(try instctl("state", "-", "--file", "--inst").status == 64)
  }
}

import Foundation
import Testing

/// `diff` and `gaps` against `serve` and files.
@Suite(.serialized) struct DiffTests {
  let server: TestServer
  let folder: TemporaryFolder

  init() throws {
    server = try TestServer()
    folder = try TemporaryFolder()
  }

  private func run(
    _ arguments: String..., stdin: Program.StandardInput = .closed
  ) throws -> Program.Outcome {
    try Program(arguments, environment: ["INSTCTL_SERVER": server.url], stdin: stdin).finish()
  }

  /// Two branches that have diverged.
  private func diverge(_ a: String, _ b: String) throws {
    #expect(try run("bots", "add", a, "ball", "color=red", "size=1").status == 0)
    let updates = try run("get-updates", a).output
    #expect(try run("add-updates", b, stdin: .text(updates)).status == 0)
    #expect(try run("diff", a, b).status == 0)
    #expect(try run("set", a, "ball", "color", "blue").status == 0)
    #expect(try run("unset", b, "ball", "size").status == 0)
    #expect(try run("bots", "add", b, "box").status == 0)
  }

  @Test func whatEachHasIsToldByClocksAndByBots() throws {
    try diverge("/a", "/b")
    let outcome = try run("diff", "/a", "/b")
    #expect(outcome.status == 1)
    let lines = outcome.lines
    #expect(lines.allSatisfy { $0["type"] as? String == "difference" })
    let ranges = lines.filter { $0["only"] != nil }
    #expect(Set(ranges.compactMap { $0["only"] as? String }) == ["a", "b"])
    #expect(ranges.contains { $0["only"] as? String == "b" && $0["deletion"] as? Bool == true })
    let bots = lines.filter { $0["bot"] != nil }.map { line in
      [
        line["bot"] as? String ?? "", line["tag"] as? String ?? "-", line["a"] as? String ?? "-",
        line["b"] as? String ?? "-",
      ]
    }
    #expect(
      bots == [
        ["ball", "color", "blue", "red"], ["ball", "size", "1", "-"], ["box", "-", "-", "-"],
      ])
  }

  /// A mask may stand where its bot does not.
  @Test func masksAreComparedWithoutTheirBots() throws {
    #expect(try run("set", "/m", "ghost", "color", "pale", "--mask").status == 0)
    #expect(try run("bots", "add", "/m", "ball").status == 0)
    #expect(try run("set", "/m", "ball", "size", "--json", "2", "--mask").status == 0)
    #expect(try run("set", "/n", "ball", "size", "--json", "3", "--mask").status == 0)
    let outcome = try run("diff", "/m", "/n")
    #expect(outcome.status == 1)
    let bots = outcome.lines.filter { $0["bot"] != nil }.map { line in
      "\(line["bot"] ?? "") \(json: line["tag"]) \(json: line["mask"]) "
        + "\(json: line["a"]) \(json: line["b"])"
    }
    #expect(
      bots == [
        "ball null null {} null", #"ghost "color" true "pale" null"#, #"ball "size" true 2 3"#,
      ])
  }

  @Test func theUpdateBringsOneUpToTheOther() throws {
    try diverge("/c", "/d")
    for (from, to) in [("/c", "/d"), ("/d", "/c")] {
      let update = try run("diff", from, to, "--as-update")
      #expect(update.status == 1)
      #expect(update.lines.map { $0["type"] as? String } == ["updates"])
      #expect(try run("add-updates", to, stdin: .text(update.output)).status == 0)
    }
    let after = try run("diff", "/c", "/d")
    #expect(after.status == 0, "\(after.output)")
    #expect(after.output.isEmpty)
    #expect(try run("diff", "/c", "/d", "--as-update").output.isEmpty)
  }

  @Test func filesAndOtherServersAreCompared() throws {
    try diverge("/e", "/f")
    let updates = try run("get-updates", "/e").output
    let file = try folder.write("e.json", updates)
    #expect(try run("diff", file, "/e").status == 0)
    #expect(try run("diff", "-", "/e", stdin: .text(updates)).status == 0)
    #expect(try run("diff", file, "/f").status == 1)

    let other = try TestServer()
    let copied = try Program(
      ["add-updates", "/e", "-s", other.url], stdin: .text(updates)
    ).finish()
    #expect(copied.status == 0)
    #expect(try run("diff", "/e", "/e", "--b-server", other.url).status == 0)
    #expect(try run("diff", "/f", "/e", "--b-server", other.url).status == 1)
    #expect(try run("diff", "/e", "/f", "--b-branch", "other").status == 1)
    #expect(try run("diff", file, "/e", "--a-server", other.url).status == 64)
    #expect(try run("diff", "-", "-").status == 64)
  }

  /// Files of version 1 hold no updates: the ones that make their bots must not be taken for each other.
  @Test func severalFilesOfVersion1ComeTogether() throws {
    for (bot, tag) in [("a", "x"), ("b", "y")] {
      let file = try folder.write(
        "\(bot).aux",
        #"{"version":1,"state":{"\#(bot)":{"id":"\#(bot)","tags":{"\#(tag)":"1","z":2}}}}"#)
      let update = try run("diff", file, "/k", "--as-update")
      #expect(try run("add-updates", "/k", stdin: .text(update.output)).status == 0)
    }
    let bots = try run("state", "/k").lines.compactMap { line in
      ((line["bot"] as? [String: Any])?["tags"] as? [String: Any])?.keys.sorted()
    }
    #expect(bots == [["x", "z"], ["y", "z"]])
  }

  // MARK: Gaps

  @Test func aBranchThatHasAllHasNoGaps() throws {
    try diverge("/g", "/h")
    for inst in ["/g", "/h", "/empty"] {
      let outcome = try run("gaps", inst)
      #expect(outcome.status == 0)
      #expect(outcome.output.isEmpty)
    }
  }

  @Test func whatIsMissingIsNamedWithTheUpdateThatNeedsIt() throws {
    #expect(try run("bots", "add", "/i", "ball", "color=red").status == 0)
    #expect(try run("set", "/i", "ball", "color", "blue").status == 0)
    let all = try #require(try run("get-updates", "/i").lines.first?["updates"] as? [String])
    #expect(all.count == 2)
    // The second one alone needs the bot that the first one makes, and deletes its text.
    #expect(try run("add-updates", "/j", all[1]).status == 0)
    let outcome = try run("gaps", "/j")
    #expect(outcome.status == 1)
    let kinds = outcome.lines.map { $0["kind"] as? String ?? "" }
    #expect(kinds.contains("struct") && kinds.contains("deletion"))
    #expect(outcome.lines.allSatisfy { $0["update"] as? Int == 0 && $0["place"] is String })
    #expect(outcome.lines.allSatisfy { $0["inst"] as? String == "j" })
    #expect(try run("add-updates", "/j", all[0]).status == 0)
    #expect(try run("gaps", "/j").status == 0)
  }

  @Test func aHoleInTheClocksIsToldWithWhatWaits() throws {
    // One client's "b" at clock 1, without its clock 0.
    let outcome = try run("gaps", "-", stdin: .text("AQEHAYQHAAFiAA==\n"))
    #expect(outcome.status == 1, "\(outcome.errors)")
    let line = try #require(outcome.lines.first)
    #expect(line["kind"] as? String == "clocks")
    #expect(
      [line["client"], line["clock"], line["length"], line["waiting"]].map { $0 as? Int } == [
        7, 0, 1, 1,
      ])
    #expect(line["place"] as? String == "line 1")
  }

  @Test func whatCannotBeDecodedIsAnErrorUnlessItIsSkipped() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("empty", "")
    #expect(try run("diff", "-", file, stdin: .text("AAAA\n")).status == 65)
    let compared = try run("diff", "-", file, "--skip-undecodable", stdin: .text("AAAA\n"))
    #expect(compared.status == 0, "\(compared.errors)")
    #expect(compared.errors.contains("line 1"))
    #expect(try run("gaps", "-", stdin: .text("AAAA\n")).status == 65)
    let skipped = try run("gaps", "-", "--skip-undecodable", stdin: .text("AAAA\n"))
    #expect(skipped.status == 0)
    #expect(skipped.errors.contains("line 1"))
  }
}

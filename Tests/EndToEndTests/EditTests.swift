import Foundation
import Testing

/// `set`, `unset`, `bots add` and `bots remove` against `serve`.
@Suite(.serialized) struct EditTests {
  let server: TestServer

  init() throws { server = try TestServer() }

  private func run(
    _ arguments: String..., stdin: Program.StandardInput = .closed
  ) throws -> Program.Outcome {
    try Program(arguments, environment: ["INSTCTL_SERVER": server.url], stdin: stdin).finish()
  }

  /// The tags of each bot.
  private func state(_ inst: String) throws -> [String: NSDictionary] {
    let outcome = try run("state", inst)
    #expect(outcome.status == 0, "\(outcome.errors)")
    var bots: [String: NSDictionary] = [:]
    for line in outcome.lines.of(type: "bot") {
      let bot = try #require(line["bot"] as? [String: Any])
      bots[try #require(bot["id"] as? String)] = try #require(bot["tags"] as? NSDictionary)
    }
    return bots
  }

  @Test func aBotIsAddedChangedAndRemoved() throws {
    let added = try run("bots", "add", "/a", "ball", "color=red", "empty=", "odd=a=b")
    #expect(added.status == 0, "\(added.errors)")
    #expect(added.lines.map { $0["type"] as? String } == ["ack"])
    #expect(try state("/a") == ["ball": ["color": "red", "empty": "", "odd": "a=b"]])

    #expect(try run("set", "/a", "ball", "color", "blue").status == 0)
    #expect(try run("set", "/a", "ball", "at", "--json", "[1,2.5,null]").status == 0)
    #expect(try run("unset", "/a", "ball", "odd").status == 0)
    #expect(
      try state("/a") == ["ball": ["color": "blue", "empty": "", "at": [1, 2.5, NSNull()]]])

    #expect(try run("bots", "remove", "/a", "ball", "nobody").status == 0)
    #expect(try state("/a").isEmpty)
  }

  @Test func whatChangesNothingIsNotSent() throws {
    #expect(try run("bots", "add", "/b", "ball", "color=red").status == 0)
    for arguments in [
      ["set", "/b", "ball", "color", "red"], ["unset", "/b", "ball", "size"],
      ["bots", "add", "/b", "ball"], ["bots", "remove", "/b", "nobody"],
    ] {
      let outcome = try Program(arguments, environment: ["INSTCTL_SERVER": server.url]).finish()
      #expect(outcome.status == 0)
      #expect(outcome.output.isEmpty)
      #expect(outcome.errors.contains("nothing is to be changed"))
    }
    let stored = try run("get-updates", "/b").lines.first?["updates"] as? [String]
    #expect(stored?.count == 1)
  }

  @Test func whatCannotBeDecodedIsLeftOutWhenAskedFor() throws {
    #expect(try run("bots", "add", "/skip", "ball").status == 0)
    #expect(try run("add-updates", "/skip", "AAAA", "--unchecked").status == 0)
    for arguments in [
      ["set", "/skip", "ball", "color", "red"], ["unset", "/skip", "ball", "color"],
      ["bots", "add", "/skip", "b"], ["bots", "remove", "/skip", "b"],
    ] {
      let environment = ["INSTCTL_SERVER": server.url]
      let refused = try Program(arguments, environment: environment).finish()
      #expect(refused.status == 65)
      #expect(refused.errors.contains("--skip-undecodable"))
      let done = try Program(arguments + ["--skip-undecodable"], environment: environment).finish()
      #expect(done.status == 0, "\(done.errors)")
      #expect(done.errors.contains("warning"))
    }
  }

  @Test func aTagOfNobodyIsAnError() throws {
    let outcome = try run("set", "/c", "nobody", "color", "red")
    #expect(outcome.status == 67)
    #expect(outcome.output.isEmpty)
    #expect(outcome.error?["code"] as? String == "no_such_bot")
  }

  @Test func aDryRunPrintsWhatWouldBeSent() throws {
    #expect(try run("bots", "add", "/d", "ball").status == 0)
    let dry = try run("set", "/d", "ball", "color", "red", "--dry-run")
    #expect(dry.lines.map { $0["type"] as? String } == ["updates"])
    #expect(try state("/d") == ["ball": [:]])
    #expect(try run("add-updates", "/d", stdin: .text(dry.output)).status == 0)
    #expect(try state("/d") == ["ball": ["color": "red"]])
  }

  @Test func manyChangesGoAsOneUpdate() throws {
    #expect(try run("bots", "add", "/e", "old", "x=y").status == 0)
    let outcome = try run(
      "set", "/e", "-",
      stdin: .text(
        """
        {"bot":"new","tag":null,"to":{"color":"red","size":3}}

        {"bot":"new","tag":"size","to":4}
        {"bot":"new","tag":"size","mask":true,"to":"large"}
        {"bot":"old","tag":"x","from":"y","to":null,"client":5}
        """))
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try state("/e") == ["old": [:], "new": ["color": "red", "size": 4]])
    let stored = try run("get-updates", "/e").lines.first?["updates"] as? [String]
    #expect(stored?.count == 2)
  }

  /// What one branch tells of its changes makes the same of another one.
  @Test func changesThatArePrintedCanBeFedBack() throws {
    #expect(try run("bots", "add", "/f", "ball", "color=red").status == 0)
    #expect(try run("set", "/f", "ball", "color", "blue").status == 0)
    #expect(try run("bots", "add", "/f", "box").status == 0)
    let updates = try run("get-updates", "/f")
    let decoded = try Program(["decode"], stdin: .text(updates.output)).finish()
    var changes = ""
    for line in decoded.lines.of(type: "decoded") {
      for change in line["changes"] as? [Any] ?? [] {
        let text = try JSONSerialization.data(withJSONObject: change)
        changes += String(decoding: text, as: UTF8.self) + "\n"
      }
    }
    #expect(try run("set", "/g", "-", stdin: .text(changes)).status == 0)
    #expect(try state("/g") == state("/f"))
  }

  @Test(arguments: [
    "{", "[]", #"{"tag":"x"}"#, #"{"bot":"b","tag":1,"to":2}"#, #"{"bot":"b","tag":null,"to":3}"#,
    #"{"bot":"b"}"#, #"{"bot":"b","Tag":"x","to":null}"#,
    #"{"bot":"b","tag":null,"mask":true,"to":{}}"#,
  ])
  func aLineThatIsNoChangeChangesNothing(line: String) throws {
    let first = #"{"bot":"b","tag":null,"to":{}}"#
    let outcome = try run("set", "/h", "-", stdin: .text("\(first)\n\(line)\n"))
    #expect(outcome.status == 65)
    #expect(outcome.error?["line"] as? Int == 2)
    #expect(try state("/h").isEmpty)
  }

  @Test func whatWatchPrintsOfADocumentCanBeFedBack() throws {
    #expect(try run("bots", "add", "/i", "b", "x=1").status == 0)
    #expect(try run("bots", "add", "/j", "b", "x=1").status == 0)
    let watch = try Program(
      ["watch", "/i", "--state", "--until", ".to == \"2\""],
      environment: ["INSTCTL_SERVER": server.url])
    watch.wait("the state") { !$0.of(type: "sync").isEmpty }
    #expect(try run("set", "/i", "b", "x", "2").status == 0)
    let lines = watch.finish().output
    #expect(lines.contains(#""type":"bot""#) && lines.contains(#""type":"change""#))
    #expect(try run("set", "/j", "-", stdin: .text(lines)).status == 0)
    #expect(try state("/j") == ["b": ["x": "2"]])
  }

  /// Numbers are those of JavaScript, however they are written.
  @Test(arguments: ["1.50", "1e2", "12345678901234567890", "1E-7", #"{"a":[1.50]}"#])
  func aNumberThatIsThereAlreadyIsNotSentAgain(number: String) throws {
    #expect(try run("bots", "add", "/k", "b").status == 0)
    let first = try run("set", "/k", "b", "n", "--json", number)
    #expect(first.lines.of(type: "ack").count == 1, "\(first.errors)")
    let second = try run("set", "/k", "b", "n", "--json", number)
    #expect(second.status == 0)
    #expect(second.output.isEmpty)
    for none in [
      try run("set", "/k", "b", "n", "--json", "1e400"),
      try run("bots", "add", "/k", "b", "--json", "n=1e400"),
      try run("set", "/k", "-", stdin: .text(#"{"bot":"b","tag":"n","to":1e400}"#)),
    ] {
      #expect(none.status == 65)
      #expect((none.error?["message"] as? String)?.contains("JavaScript") == true)
    }
  }

  @Test func aBotThatIsReplacedKeepsNoTag() throws {
    #expect(try run("bots", "add", "/m", "z", "q=a").status == 0)
    let line = #"{"bot":"z","tag":null,"from":{"q":"a"},"to":{"r":"s"}}"#
    #expect(try run("set", "/m", "-", stdin: .text(line)).status == 0)
    #expect(try state("/m") == ["z": ["r": "s"]])
    let again = try run("set", "/m", "-", stdin: .text(line))
    #expect(again.status == 0)
    #expect(again.output.isEmpty)
  }

  @Test func aMaskWithoutABotIsToldOf() throws {
    #expect(try run("set", "/l", "nobody", "m", "1", "--mask").status == 0)
    let outcome = try run("state", "/l")
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("nobody"))
  }
}

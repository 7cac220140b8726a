import Foundation
import Testing

/// Choosing lines: `--type`, `--where`, `--select`, `--raw-strings`, `--until`, `--fail-on`.
@Suite(.serialized) struct FilterTests {
  /// A server with one branch that has two updates.
  private func filledServer() throws -> TestServer {
    let server = try TestServer()
    #expect(try instctl("add-updates", "-s", server.url, "f", hello, helloAgain).status == 0)
    return server
  }

  // MARK: Which lines

  @Test func typesChooseLines() throws {
    let server = try filledServer()
    func types(_ options: String...) throws -> [String] {
      let outcome = try Program(["watch", "-s", server.url, "f", "--until-synced"] + options)
        .finish()
      #expect(outcome.status == 0, "\(options): \(outcome.errors)")
      return outcome.lines.compactMap { $0["type"] as? String }
    }
    #expect(try types("--type", "sync") == ["sync"])
    #expect(try types("--type", "sync,updates") == ["updates", "sync"])
    #expect(try types("--type", "sync", "--type", "updates") == ["updates", "sync"])
    #expect(try types("--type", "action") == [])
    // What --events leaves out is not there to be chosen.
    #expect(try types("--type", "sync,updates", "--events", "sync,connection") == ["sync"])
    #expect(try types("--type", "sync,updates", "--where", ".initial") == ["updates"])
  }

  @Test(arguments: [
    ["count", "f", "--type", "updates"], ["watch", "f", "--type", "snyc"],
    ["watch", "f", "--type", "sync,"], ["watch", "f", "--type", ""],
    ["send-action", "f", "1", "--type", "device"], ["timesync", "--type", "sync"],
    ["count", "f", "--raw-strings"], ["count", "f", "--until", "true"],
    ["timesync", "--until", "true"], ["devices", "f", "--once", "--until", "true"],
    ["http", "GET", "/", "--raw", "--select", ".body"],
  ])
  func refused(arguments: [String]) throws {
    let outcome = try Program(arguments + ["-s", "ws://127.0.0.1:1"]).finish()
    #expect(outcome.status == 64)
    #expect(outcome.output == "")
    #expect(outcome.error?["layer"] as? String == "usage")
  }

  @Test func whereChoosesLines() throws {
    let server = try filledServer()
    let states = try instctl(
      "watch", "-s", server.url, "f", "--until-synced", "--where",
      #".type == "connection" and .state != "connected" or length(.updates) == 2"#)
    #expect(states.status == 0)
    #expect(
      states.lines.map { $0["state"] as? String ?? $0["type"] as? String } == [
        "connecting", "authenticating", "updates",
      ])
    // A one-shot command of which nothing is chosen has done what was asked.
    let none = try instctl("count", "-s", server.url, "f", "--where", ".count > 100")
    #expect(none.status == 0)
    #expect(none.output == "")
  }

  /// What decides is in the head: the rest is not needed for anything.
  @Test func largeStatesThatAreNotChosenAreNotPrinted() throws {
    let server = try TestServer()
    let large = Data(repeating: 7, count: 1 << 20).base64EncodedString()
    #expect(
      try instctl("add-updates", "-s", server.url, "big", "--unchecked", stdin: .text(large)).status
        == 0)
    for options in [["--type", "sync"], ["--where", #".type == "sync""#]] {
      let sync = try Program(["watch", "-s", server.url, "big", "--until-synced"] + options)
        .finish()
      #expect(sync.lines.count == 1)
      #expect(sync.lines.first?["complete"] as? Bool == true)
    }
    let whole = try instctl(
      "watch", "-s", server.url, "big", "-1", "--select", ".updates[0]", "--raw-strings", "--where",
      ".initial")
    #expect(whole.output == large + "\n")
    let asItIs = try instctl("watch", "-s", server.url, "big", "-1", "--type", "updates")
    #expect(asItIs.lines.first?["updates"] as? [String] == [large])
    let looked = try instctl("watch", "-s", server.url, "big", "-1", "--where", ".initial")
    #expect(looked.lines.first?["updates"] as? [String] == [large])
  }

  // MARK: What of them

  @Test func selectPrintsValues() throws {
    let server = try filledServer()
    func text(_ arguments: String...) throws -> String {
      let outcome = try Program(arguments + ["-s", server.url]).finish()
      #expect(outcome.status == 0, "\(arguments): \(outcome.errors)")
      return outcome.output
    }
    #expect(
      try text("get-updates", "f", "--select", ".updates[]") == "\"\(hello)\"\n\"\(helloAgain)\"\n")
    #expect(
      try text("get-updates", "f", "--select", ".updates[-1]", "--raw-strings") == helloAgain + "\n"
    )
    #expect(
      try text("get-updates", "f", "--select", ".updates", "--raw-strings")
        == "[\"\(hello)\",\"\(helloAgain)\"]\n")
    #expect(try text("get-updates", "f", "--select", ".recordName") == "null\n")
    #expect(try text("get-updates", "f", "--select", ".absent") == "")
    #expect(try text("count", "f", "--select", ".count") == "0\n")
    #expect(try text("count", "--all", "--select", ".type", "--raw-strings") == "count\n")
    #expect(try text("add-updates", "new", hello, "--select", ".tries") == "1\n")
    #expect(try text("timesync", "--samples", "1", "--select", ".samples") == "1\n")
    #expect(
      try text("send-action", "f", "1", "--broadcast", "--type", "sent", "--select", ".inst")
        == "\"f\"\n")
    #expect(
      try text(
        "call", "sync/time", #"{"id":1,"clientRequestTime":0}"#, "--select", ".frame[2].type")
        == "\"sync/time/response\"\n")
    #expect(
      try text(
        "get-updates", "f", "--output", "raw", "--select", ".frame[2].type", "--raw-strings",
        "--where", #".direction == "out""#) == "login\nrepo/get_updates\n")
  }

  /// A selected string stays as it is where no terminal reads it: it is data.
  @Test func rawStringsKeepTheirLineBreaks() throws {
    let server = try TestServer()
    let watch = try Program([
      "watch", "-s", server.url, "raw", "--select", ".action.event", "--raw-strings",
      "--until", #".action.event == "last""#, "--output", "json",
    ])
    // Nothing is printed before the first action, so the devices tell when it watches.
    let devices = try instctl(
      "devices", "-s", server.url, "raw", "--until", #".type == "device_connected""#)
    #expect(devices.status == 0)
    for event in [#""a\n\u0007\"b""#, #"{"x":"\n"}"#, #""last""#] {
      #expect(
        try instctl("send-action", "-s", server.url, "raw", event, "--broadcast").status == 0)
    }
    let outcome = watch.finish()
    #expect(outcome.status == 0)
    #expect(outcome.output == "a\n\u{7}\"b\n{\"x\":\"\\n\"}\nlast\n")
  }

  @Test func selectedValuesAreJSONInPrettyOutput() throws {
    let server = try filledServer()
    let pretty = try instctl(
      "get-updates", "-s", server.url, "f", "--output", "pretty", "--select", ".inst")
    #expect(pretty.output == "\"f\"\n")
    let chosen = try instctl(
      "watch", "-s", server.url, "f", "--output", "pretty", "--until-synced", "--type", "sync")
    #expect(chosen.output.split(separator: "\n").count == 1)
    #expect(!chosen.output.contains("{"))
  }

  // MARK: Ends

  @Test func untilEndsAfterTheFirstLineOfItsKind() throws {
    let server = try filledServer()
    let synced = try instctl(
      "watch", "-s", server.url, "f", "--until", #".type == "sync""#, "--timeout", "20s")
    #expect(synced.status == 0)
    #expect(synced.errors == "")
    #expect(synced.lines.last?["type"] as? String == "sync")
    // It need not be printed; and nothing that comes behind it is.
    let unseen = try instctl(
      "watch", "-s", server.url, "f", "--until", ".initial", "--type", "sync,connection")
    #expect(unseen.status == 0)
    #expect(
      unseen.lines.map { $0["type"] as? String } == ["connection", "connection", "connection"])

    let samples = try instctl(
      "timesync", "-s", server.url, "--watch", "--interval", "10ms", "--until", ".samples >= 3",
      "--select", ".samples")
    #expect(samples.status == 0)
    #expect(samples.output == "1\n2\n3\n")

    let devices = try instctl(
      "devices", "-s", server.url, "f", "--until", ".complete", "--type", "sync")
    #expect(devices.status == 0)
    #expect(devices.lines.count == 1)

    let call = try instctl(
      "call", "repo/get_updates", #"{"recordName":null,"inst":"f","branch":"default"}"#, "-s",
      server.url, "--follow", "--until", "length(.frame[2].updates) == 2", "--timeout", "20s")
    #expect(call.status == 0)
  }

  @Test func whatEndsFirstDecides() throws {
    let server = try filledServer()
    func status(_ options: String...) throws -> Int32 {
      let all = ["watch", "-s", server.url, "f", "--type", "sync", "--until", ".absent"]
      let outcome = try Program(all + options).finish()
      if outcome.status != 0 {
        #expect(outcome.error?["layer"] as? String == "timeout")
      }
      return outcome.status
    }
    #expect(try status("--timeout", "300ms") == 124)
    #expect(try status("--idle", "300ms") == 124)
    #expect(try status("--for", "300ms") == 0)
    #expect(try status("--count", "1", "--timeout", "20s") == 0)
    #expect(try status("--until-synced", "--timeout", "20s") == 0)
    // --count counts lines that are not printed, too.
    let met = try instctl(
      "watch", "-s", server.url, "f", "--until", ".initial", "--count", "5", "--type", "sync",
      "--timeout", "20s")
    #expect(met.status == 0)
  }

  @Test func readinessDoesNotDependOnWhatIsPrinted() throws {
    let folder = try TemporaryFolder()
    let server = try filledServer()
    let outcome = try instctl(
      "watch", "-s", server.url, "f", "--type", "action", "--until-synced", "--ready-file",
      folder.path("ready"))
    #expect(outcome.status == 0)
    #expect(outcome.output == "")
    #expect(FileManager.default.fileExists(atPath: folder.path("ready")))
  }

  @Test func failOnEndsWithNo() throws {
    let server = try filledServer()
    let watch = try instctl(
      "watch", "-s", server.url, "f", "--fail-on", "length(.updates) > 1", "--timeout", "20s")
    #expect(watch.status == 1)
    #expect(watch.lines.last?["type"] as? String == "updates")
    let error = try #require(watch.error)
    #expect(error["code"] as? String == "fail_on")
    #expect(error["exit"] as? Int == 1)
    #expect(error["lineType"] as? String == "updates")
    #expect(error["lineTime"] as? String == watch.lines.last?["time"] as? String)
    #expect(error["expression"] as? String == "length(.updates) > 1")

    // Not printed, it counts all the same; of two expressions for one line failing comes first.
    let hidden = try instctl(
      "watch", "-s", server.url, "f", "--fail-on", ".initial", "--until", ".initial", "--type",
      "sync", "--timeout", "20s")
    #expect(hidden.status == 1)
    #expect(hidden.output == "")

    let once = try instctl("get-updates", "-s", server.url, "f", "--fail-on", ".updates[]")
    #expect(once.status == 1)
    #expect(once.lines.count == 1)
    let count = try instctl("count", "-s", server.url, "f", "--fail-on", ".count != 0")
    #expect(count.status == 0)
    #expect(count.lines.count == 1)
    let add = try instctl(
      "add-updates", "-s", server.url, "f", hello, "--fail-on", ".tries > 1 or .ackMs > 3600000")
    #expect(add.status == 0)
  }

  // MARK: Errors

  @Test(arguments: [
    ("--where", ".a == ", 7, "a value is missing behind =="),
    ("--where", ".type =~ /(x/", 11, "nothing closes this ("),
    ("--fail-on", "type == 1", 6, "( should be here, not ="),
    ("--until", ".a == 1 and", 12, "a value is missing"),
    ("--select", "updates", 1, "a path begins with a dot, such as .type"),
  ])
  func errorsNameTheColumn(option: String, text: String, column: Int, message: String) throws {
    let outcome = try instctl("watch", "f", "-s", "ws://127.0.0.1:1", option, text)
    #expect(outcome.status == 64)
    #expect(outcome.output == "")
    let error = try #require(outcome.error)
    #expect(error["layer"] as? String == "usage")
    #expect(error["message"] as? String == "\(option): \(message), at column \(column)")
    #expect(error["column"] as? Int == column)
    #expect(error["expression"] as? String == text)
    #expect((error["hint"] as? String)?.contains("instctl help expressions") == true)
  }

  @Test func theLanguageIsExplained() throws {
    let help = try instctl("help", "expressions")
    #expect(help.status == 0)
    for word in ["--where", "--select", "startswith(A, B)", "PATHS", "EXAMPLES", "/A/i"] {
      #expect(help.output.contains(word), "\(word)")
    }
  }
}

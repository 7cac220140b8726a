import Foundation
import Testing

/// A trace as it is read back: `instctl help trace` explains it.
struct Trace {
  let text: String
  let lines: [[String: Any]]

  init(_ path: String) throws {
    text = try String(contentsOfFile: path, encoding: .utf8)
    lines = try text.split(separator: "\n").map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  /// `out text login`, `in pong`, and so on.
  var frames: [String] {
    lines.of(type: "frame").map { frame in
      let message = (frame["json"] as? [Any])?.last as? [String: Any]
      return ["direction", "opcode"].compactMap { frame[$0] as? String }
        .joined(separator: " ") + ((message?["type"] as? String).map { " \($0)" } ?? "")
    }
  }
}

/// `--trace` (CLI.md section 2): everything that crosses the wire, without secrets.
@Suite(.serialized) struct TraceTests {
  let folder: TemporaryFolder
  let file: String

  init() throws {
    folder = try TemporaryFolder()
    file = folder.path("trace.jsonl")
  }

  // MARK: What is in it

  @Test func stepsUpgradeLoginFramesAndTheEnd() throws {
    let server = try TestServer()
    let outcome = try instctl("add-updates", "-s", server.url, "a", hello, "--trace", file)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.lines.map { $0["type"] as? String } == ["ack"])
    let trace = try Trace(file)
    #expect(
      trace.lines.compactMap { $0["type"] as? String } == [
        "trace", "state", "connecting", "step", "step", "request", "response", "step", "state",
        "frame", "frame", "state", "step", "frame", "frame", "frame", "state", "frame", "closed",
        "end",
      ])
    #expect(
      trace.lines.of(type: "step").compactMap { $0["step"] as? String }
        == ["name", "tcp", "upgrade", "login"])
    #expect(
      trace.frames == [
        "out text login", "in text login_result", "out text repo/add_updates",
        "in text repo/updates_received", "out close", "in close",
      ])
    let begin = trace.lines.first
    #expect(begin?["format"] as? Int == 1)
    #expect(begin?["program"] as? String == "instctl")
    #expect(trace.lines.last?["exit"] as? Int == 0)
    let elapsed = trace.lines.compactMap { $0["elapsedMs"] as? Double }
    #expect(elapsed.count == trace.lines.count)
    #expect(elapsed == elapsed.sorted())
    #expect(trace.lines.dropFirst().dropLast().allSatisfy { $0["connection"] as? Int == 1 })
    #expect(Set(trace.lines.compactMap { $0["run"] as? Int }).count == 1)
    let attributes = try FileManager.default.attributesOfItem(atPath: file)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  /// Every field and type that is written is explained, and the other way round for types.
  @Test func theFormatIsDocumented() throws {
    let server = try TestServer()
    _ = try instctl("add-updates", "-s", server.url, "a", hello, "--trace", file)
    let help = try instctl("help", "trace").output
    for line in try Trace(file).lines {
      let type = try #require(line["type"] as? String)
      #expect(help.contains("\n\(type.uppercased())\n"), "\(type)")
      for name in line.keys { #expect(help.contains("\n  \(name) "), "\(type).\(name)") }
    }
  }

  @Test(arguments: [true, false]) func sizesBeforeAndBehindCompression(isCompressed: Bool) throws {
    let server = try TestServer()
    let updates = (0..<20).map { _ in hello }
    let added = try Program(
      ["add-updates", "-s", server.url, "a", "--batch", "20", "--trace", file]
        + [isCompressed ? "--compress" : "--no-compress"] + updates
    ).finish()
    #expect(added.status == 0, "\(added.errors)")
    let sent = try #require(
      try Trace(file).lines.of(type: "frame").first {
        let message = ($0["json"] as? [Any])?.last as? [String: Any]
        return message?["type"] as? String == "repo/add_updates"
      })
    let (wire, message) = (sent["wireBytes"] as? Int ?? 0, sent["messageBytes"] as? Int ?? 0)
    #expect(sent["rsv1"] as? Bool == isCompressed)
    #expect(message > 20 * hello.utf8.count)
    if isCompressed { #expect(wire < message / 2) } else { #expect(wire == message) }
  }

  /// What a trace holds is what the command has made its lines of.
  @Test func theOutputCanBeMadeFromTheTrace() throws {
    let server = try TestServer()
    let watch = try Program(["watch", "-s", server.url, "a", "--count", "4", "--trace", file])
    watch.wait("the first state") { !$0.of(type: "sync").isEmpty }
    for update in [hello, helloAgain, hello] {
      #expect(try instctl("add-updates", "-s", server.url, "a", update).status == 0)
    }
    let outcome = watch.finish()
    #expect(outcome.status == 0, "\(outcome.errors)")
    let messages = try Trace(file).lines.of(type: "frame")
      .filter { $0["direction"] as? String == "in" }
      .compactMap { ($0["json"] as? [Any])?.last as? [String: Any] }
      .filter { $0["type"] as? String == "repo/add_updates" }
    #expect(
      messages.compactMap { $0["updates"] as? [String] }
        == outcome.lines.of(type: "updates").compactMap { $0["updates"] as? [String] })
  }

  @Test func controlFrames() throws {
    let server = try TestServer()
    let watch = try Program([
      "watch", "-s", server.url, "a", "--trace", file, "--ping-interval", "50ms", "--for", "2s",
    ])
    #expect(watch.finish().status == 0)
    let trace = try Trace(file)
    let pings = trace.lines.of(type: "frame").filter { $0["opcode"] as? String == "ping" }
    let pongs = trace.lines.of(type: "frame").filter { $0["opcode"] as? String == "pong" }
    #expect(pings.count >= 2)
    #expect(pongs.count >= pings.count - 1)
    #expect(pings.first?["direction"] as? String == "out")
    #expect(pings.first?["base64"] as? String == pongs.first?["base64"] as? String)
    #expect(pings.first?["wireBytes"] as? Int == 8)
    let close = trace.lines.of(type: "frame").last
    #expect(close?["opcode"] as? String == "close")
    #expect(close?["closeCode"] as? Int == 1000)
  }

  @Test func messagesThatAreNoJSON() throws {
    let server = try ScriptedServer { _ in ["{not json", "say vCK1.c2VjcmV0.x", "[1,-1,{}]"] }
    let outcome = try instctl(
      "call", "-s", server.url, "y", "-c", "1", "--timeout", "5s", "--trace", file)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let frames = try Trace(file).lines.of(type: "frame")
    #expect(frames.contains { $0["text"] as? String == "{not json" && $0["masked"] == nil })
    #expect(
      frames.contains { $0["text"] as? String == "say vCK1.***" && $0["masked"] as? Bool == true })
  }

  @Test func limitsAndErrorsAreEvents() throws {
    let server = try ScriptedServer { _ in
      [
        #"[1,-1,{"type":"rate_limit_exceeded","retryAfter":0.25,"totalHits":9}]"#,
        #"[5,2,{"success":false,"errorCode":"not_authorized","errorMessage":"no"}]"#,
      ]
    }
    _ = try instctl("call", "-s", server.url, "y", "--for", "1s", "--trace", file)
    let lines = try Trace(file).lines
    #expect(lines.of(type: "rate_limit").first?["retryAfterMs"] as? Int == 250)
    #expect(lines.of(type: "error").first?["errorCode"] as? String == "not_authorized")
  }

  @Test func severalConnectionsShareTheFile() throws {
    let server = try TestServer("--auth", try folder.write("users.json", WatchSeveralTests.users))
    let outcome = try instctl(
      "watch", "-s", server.url, "rec/open", "rec/closed", "/one", "--until-synced", "--trace",
      file, environment: ["INSTCTL_KEY": WatchSeveralTests.ownerKey])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let trace = try Trace(file)
    #expect(Set(trace.lines.compactMap { $0["connection"] as? Int }) == [1, 2, 3])
    #expect(trace.lines.of(type: "closed").count == 3)
    #expect(trace.lines.of(type: "trace").count == 1)
  }

  @Test func reconnectsAreTraced() throws {
    let server = try TestServer()
    let port = server.port
    let watch = try Program([
      "watch", "-s", server.url, "a", "--trace", file, "--backoff", "50ms..200ms", "--for", "20s",
    ])
    watch.wait("the first state") { !$0.of(type: "sync").isEmpty }
    server.stop()
    let again = try TestServer(port: port)
    watch.wait("the second state") { $0.of(type: "sync").count == 2 }
    watch.signal(SIGINT)
    let outcome = watch.finish()
    #expect(outcome.status == 130)
    withExtendedLifetime(again) {}
    let lines = try Trace(file).lines
    let connections = lines.of(type: "connecting").compactMap { $0["connection"] as? Int }
    #expect(connections.count >= 2)
    #expect(connections == Array(1...connections.count))
    let lost = try #require(
      lines.of(type: "state").first { $0["state"] as? String == "reconnecting" })
    #expect(lost["retryInMs"] is Int)
    let told = lines.of(type: "state").map { "\($0["state"] ?? "") \($0["attempt"] ?? "")" }
    let printed = outcome.lines.of(type: "connection").map {
      "\($0["state"] ?? "") \($0["attempt"] ?? "")"
    }
    #expect(told.starts(with: printed))
    #expect(lost["connection"] as? Int == 1)
    #expect(lines.of(type: "closed").first?["connection"] as? Int == 1)
    #expect(lines.of(type: "failed").count == connections.count - 2)
    #expect(lines.last?["exit"] as? Int == 130)
  }

  // MARK: Secrets

  @Test func tokensKeysAndWhatTheUserAddsAreMasked() throws {
    let server = try TestServer("--auth", try folder.write("users.json", WatchSeveralTests.users))
    let fields = try folder.write("fields", "X-Mine: fromfile\nAuthorization: Basic YWJj\n")
    let cookies = try folder.write("cookies", "session=crumbs\n")
    let url = server.url + "?k=hidden"
    let outcome = try Program(
      [
        "count", "-s", url, "rec/closed", "--trace", file, "-H", "@\(fields)", "--cookie-file",
        cookies, "-vv",
      ], environment: ["INSTCTL_KEY": WatchSeveralTests.ownerKey]
    ).finish()
    #expect(outcome.status == 0, "\(outcome.errors)")
    let key = try instctl(
      "get-updates", "-s", server.url, "open", "--trace", file, "-vv",
      environment: ["INSTCTL_RECORD_KEY": "vRK2.cmVj.c2VjcmV0.subjectless"])
    #expect(key.status == 67 || key.status == 77 || key.status == 0)
    let trace = try Trace(file)
    for secret in ["vCT1.d", "fromfile", "YWJj", "crumbs", "hidden", "TURFeU16", "c2VjcmV0"] {
      #expect(!trace.text.contains(secret), "\(secret)")
      #expect(!(outcome.errors + key.errors).contains(secret), "\(secret)")
    }
    #expect(trace.text.contains(#"{"type":"login","connectionToken":"***"}]"#))
    #expect(trace.text.contains(#""masked":true"#))
    #expect(trace.text.contains(#""recordName":"vRK2.***""#))
    let headers = trace.lines.of(type: "request").first?["headers"] as? [[String]] ?? []
    #expect(headers.contains(["X-Mine", "***"]))
    #expect(headers.contains(["Authorization", "***"]))
    #expect(headers.contains(["Cookie", "***"]))
    #expect(headers.contains(["Upgrade", "websocket"]))
    #expect(trace.lines.of(type: "request").first?["target"] as? String == "/websocket?***")
  }

  /// Servers, and proxies before them, that repeat what they were sent.
  @Test(arguments: [false, true]) func refusedUpgradesThatRepeatTheRequest(isJSON: Bool) throws {
    let api = try ScriptedAPI { request in
      guard isJSON else {
        let fields = request.fields.map { "\($0): \($1)" }.sorted()
        return (403, "GET \(request.target)\n" + fields.joined(separator: "\n"))
      }
      // Slashes are escaped, and nothing else in it looks as if it went with a secret.
      let fields = request.fields.filter { $0.key.hasPrefix("x-") }.values.sorted()
      let body = try? JSONSerialization.data(withJSONObject: [request.target] + fields)
      return (403, String(decoding: body ?? Data(), as: UTF8.self))
    }
    let fields = try folder.write("fields", "X-Mine: from/a/file\n")
    let outcome = try instctl(
      "count", "-s", "ws://127.0.0.1:\(api.port)/a?room=1&key=query/secret", "x", "--trace", file,
      "-H", "Authorization: Basic from/an/option", "-H", "@\(fields)", "-H", "X-Plain: as it is",
      "--cookie-file", folder.write("cookies", "a=crumbs/of/it\n"), "-vv")
    #expect(outcome.status == 77, "\(outcome.errors)")
    let sent = try #require(api.requests.first)
    #expect(sent.target == "/a?room=1&key=query/secret")
    #expect(
      ["authorization", "x-mine", "cookie"].map { sent.fields[$0] }
        == ["Basic from/an/option", "from/a/file", "a=crumbs/of/it"])
    let trace = try Trace(file)
    let response = try #require(trace.lines.of(type: "response").first)
    #expect(response["masked"] as? Bool == true)
    let echo = try #require(response[isJSON ? "json" : "text"])
    #expect("\(echo)".contains("as it is"))
    #expect("\(echo)".contains("***"))
    for secret in ["from/a", "crumbs/of", "query/secret", #"from\/a"#, #"crumbs\/of"#, #"query\/"#]
    {
      #expect(!trace.text.contains(secret), "\(secret) \(trace.text)")
      #expect(!outcome.errors.contains(secret), "\(secret) \(outcome.errors)")
    }
  }

  @Test func closeReasonsAndMessagesThatRepeatASecret() throws {
    let fields = try folder.write("fields", "X-Mine: fromfile\n")
    let closing = try ScriptedServer(closing: "nothing for fromfile") { _ in [] }
    let closed = try instctl(
      "count", "-s", closing.url, "x", "--trace", file, "-H", "@\(fields)", "-vv")
    #expect(closed.status != 0)
    let speaking = try ScriptedServer { _ in
      [
        #"[1,-1,{"type":"y","who":"fromfile"}]"#,
        #"[5,2,{"success":false,"errorCode":"no","errorMessage":"not fromfile"}]"#,
      ]
    }
    let spoken = try instctl(
      "call", "-s", speaking.url, "y", "--for", "1s", "--trace", file, "-H", "@\(fields)", "-vv")
    let trace = try Trace(file)
    let close = trace.lines.of(type: "frame").first {
      $0["reason"] != nil && $0["direction"] as? String == "in"
    }
    #expect(close?["reason"] as? String == "nothing for ***")
    #expect(close?["closeCode"] as? Int == 1008)
    #expect(trace.lines.of(type: "error").first?["errorMessage"] as? String == "not ***")
    #expect(trace.text.contains(#""who":"***""#))
    #expect(!trace.text.contains("fromfile"))
    #expect(!(closed.errors + spoken.errors).contains("fromfile"))
  }

  @Test func signingInIsTracedWithoutCodeAndKeys() throws {
    let configuration = try TestConfiguration()
    let api = try ScriptedAPI { request in
      switch request.target {
      case "/api/v2/login": (200, #"{"success":true,"userId":"user1","requestId":"request-1"}"#)
      case "/api/v2/completeLogin":
        (
          200,
          #"{"success":true,"userId":"user1","sessionKey":"\#(TestKeys.session)","connectionKey":"\#(TestKeys.connection)","expireTimeMs":null}"#
        )
      default: (404, "no socket here")
      }
    }
    _ = try instctl(
      "login", "-s", api.url, "--email", "ann@example.com", "--code-file", "-", "--trace", file,
      environment: configuration.environment, stdin: .text("918273"))
    let trace = try Trace(file)
    for secret in ["918273", "c2Vzc2lvbi1zZWNyZXQ=", "TURFeU16", TestKeys.session] {
      #expect(!trace.text.contains(secret), "\(secret)")
    }
    let requests = trace.lines.of(type: "request")
    #expect(
      requests.map { "\($0["method"] ?? "") \($0["target"] ?? "")" }
        == ["POST /api/v2/login", "POST /api/v2/completeLogin", "GET /websocket"])
    #expect((requests.first?["json"] as? [String: Any])?["address"] as? String == "ann@example.com")
    #expect((requests[1]["json"] as? [String: Any])?["code"] as? String == "***")
    let responses = trace.lines.of(type: "response")
    #expect(responses.map { $0["status"] as? Int } == [200, 200, 404])
    #expect((responses[1]["json"] as? [String: Any])?["sessionKey"] as? String == "***")
    #expect(responses[2]["text"] as? String == "no socket here")
    #expect(trace.lines.of(type: "failed").count == 1)
    let listed = try instctl(
      "insts", "list", "-s", api.url, "rec", "--trace", file,
      environment: configuration.environment)
    #expect(listed.status != 0)
    let last = try #require(try Trace(file).lines.of(type: "request").last)
    #expect((last["headers"] as? [[String]] ?? []).contains(["Authorization", "***"]))
  }

  @Test func largeMessagesAreTracedOnTheirWayThroughTheStorage() throws {
    let server = try TestServer("--large-messages")
    let large = String(repeating: "QUJD", count: 20_000)
    let outcome = try instctl(
      "add-updates", "-s", server.url, "big", "--unchecked", "--large-messages", "upload", large,
      "--trace", file)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let trace = try Trace(file)
    let upload = try #require(
      trace.lines.of(type: "request").first { $0["method"] as? String == "PUT" })
    #expect(upload["connection"] as? Int == 2)
    let body = upload["json"] as? [String: Any]
    #expect(body?["updates"] as? [String] == [large])
    let places = trace.lines.of(type: "frame").compactMap { $0["json"] as? [Any] }
      .filter { $0.count == 5 }.compactMap { $0[2] as? String }
    #expect(!places.isEmpty)
    #expect(places.allSatisfy { !$0.contains("?") || $0.hasSuffix("?***") })
  }

  // MARK: The file

  @Test func itCanBeReadWhileItGrows() throws {
    let server = try TestServer()
    let watch = try Program(["watch", "-s", server.url, "a", "--trace", file, "--for", "20s"])
    watch.wait("the first state") { !$0.of(type: "sync").isEmpty }
    // The line of stdout and that of the trace are written in the same turn, in any order.
    let end = Date(timeIntervalSinceNow: Program.deadline)
    while try !Trace(file).frames.contains("in text repo/watch_branch_result") {
      try #require(Date() < end)
      usleep(10_000)
    }
    watch.signal(SIGTERM)
    #expect(watch.finish().status == 143)
  }

  @Test func runsAreAddedAndOtherFilesLeftAlone() throws {
    let server = try TestServer()
    for _ in 0..<2 {
      #expect(try instctl("count", "-s", server.url, "a", "--trace", file).status == 0)
    }
    #expect(try Trace(file).lines.of(type: "trace").count == 2)
    // Half a line, of a run that was killed.
    let handle = try #require(FileHandle(forWritingAtPath: file))
    handle.seekToEndOfFile()
    handle.write(Data(#"{"type":"fra"#.utf8))
    try handle.close()
    #expect(try instctl("count", "-s", server.url, "a", "--trace", file).status == 0)
    let text = try String(contentsOfFile: file, encoding: .utf8)
    #expect(text.contains("{\"type\":\"fra\n{\"type\":\"trace\""))

    let other = try folder.write("data.json", "mine")
    let refused = try instctl("count", "-s", server.url, "a", "--trace", other)
    #expect(refused.status == 74)
    #expect(refused.output == "")
    #expect(refused.error?["layer"] as? String == "io")
    #expect(try String(contentsOfFile: other, encoding: .utf8) == "mine")
  }

  @Test func aFileThatCannotBeWrittenEndsTheCommand() throws {
    let server = try TestServer()
    for path in ["/dev/full", "/nonexistent/trace"] {
      let outcome = try instctl("watch", "-s", server.url, "a", "--trace", path)
      #expect(outcome.status == 74, "\(path) \(outcome.errors)")
      #expect(outcome.error?["code"] as? String == "write_failed")
      #expect(outcome.error?["layer"] as? String == "io")
    }
  }

  @Test func aDashIsStderr() throws {
    let server = try TestServer()
    let outcome = try instctl("count", "-s", server.url, "a", "--trace", "-")
    #expect(outcome.status == 0)
    #expect(outcome.lines.count == 1)
    #expect(outcome.errors.contains(#"{"type":"frame""#))
  }
}

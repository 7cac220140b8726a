import Foundation
import Testing

/// `send-action` (PROTOCOL section 5, Action).
@Suite(.serialized) struct SendActionTests {
  /// The next event that a device gets.
  private func event(for device: Device) throws -> [String: Any] {
    let message = device.next { $0["type"] as? String == "repo/receive_action" }
    return try #require(message?["action"] as? [String: Any])
  }

  @Test func theSelectorIsAnOr() throws {
    let server = try TestServer()
    let one = try Device(server, connectionID: "one", inst: "a")
    let two = try Device(server, connectionID: "two", inst: "a")
    let first = try instctl(
      "send-action", "-s", server.url, "a", #"{"n":1.50}"#, "--to-connection", "one",
      "--to-user", "nobody", "--task-id", "t1")
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.lines.count == 1)
    #expect(first.lines[0]["type"] as? String == "sent")
    #expect(first.lines[0]["taskId"] as? String == "t1")
    #expect(first.lines[0]["inst"] as? String == "a")
    let all = try instctl(
      "send-action", "-s", server.url, "a", "2", "--broadcast", "--task-id", "7",
      "--connection-id", "me")
    #expect(all.status == 0)
    #expect(all.lines[0]["taskId"] as? Int == 7)

    let action = try event(for: one)
    #expect(action["taskId"] as? String == "t1")
    #expect((action["event"] as? [String: Double])?["n"] == 1.5)
    // The other one has got the second action alone.
    for device in [one, two] {
      let action = try event(for: device)
      #expect(action["event"] as? Int == 2)
      #expect(action["taskId"] as? Int == 7)
      #expect((action["connection"] as? [String: Any])?["connectionId"] as? String == "me")
    }
  }

  @Test func manyEventsFromStdinAndFiles() throws {
    let server = try TestServer()
    let folder = try TemporaryFolder()
    let device = try Device(server, connectionID: "one", inst: "a")
    let lines = try instctl(
      "send-action", "-s", server.url, "a", stdin: .text("1\n\n  {\"a\":2} \n3"))
    #expect(lines.status == 0)
    #expect(lines.lines.of(type: "sent").count == 3)
    #expect(lines.lines.allSatisfy { $0["taskId"] == nil })
    let pretty = try folder.write("pretty", "{\n  \"a\": 4\n}\n")
    #expect(
      try instctl("send-action", "-s", server.url, "a", "@\(pretty)").lines.count == 1)
    let many = try folder.write("many", "5\n6\n")
    #expect(try instctl("send-action", "-s", server.url, "a", "@\(many)").lines.count == 2)
    for expected in ["1", #"{"a":2}"#, "3", #"{"a":4}"#, "5", "6"] {
      let event = try #require(try event(for: device)["event"])
      let data = try JSONSerialization.data(withJSONObject: event, options: .fragmentsAllowed)
      #expect(String(decoding: data, as: UTF8.self) == expected)
    }
    let none = try instctl("send-action", "-s", server.url, "a", stdin: .text("\n"))
    #expect(none.status == 0)
    #expect(none.output == "")
  }

  /// What can be said of an event is said while more input may still come.
  @Test func linesAreTakenAsTheyCome() throws {
    let server = try TestServer()
    let sending = try Program(["send-action", "-s", server.url, "a"], stdin: .open)
    sending.write("1\n")
    sending.wait("the first") { $0.of(type: "sent").count == 1 }
    sending.write("2\n")
    sending.wait("the second") { $0.of(type: "sent").count == 2 }
    sending.closeInput()
    #expect(sending.finish().status == 0)
  }

  @Test func badInputIsNamed() throws {
    let server = try TestServer()
    let folder = try TemporaryFolder()
    let word = try instctl("send-action", "-s", server.url, "a", "hello")
    #expect(word.status == 65)
    #expect(word.output == "")
    #expect(word.error?["line"] as? Int == 1)
    let line = try instctl("send-action", "-s", server.url, "a", stdin: .text("1\n{\n2\n"))
    #expect(line.status == 65)
    #expect(line.error?["line"] as? Int == 2)
    // What came before it was sent.
    #expect(line.lines.of(type: "sent").count == 1)
    let file = try folder.write("file", "{\n  \"a\": 1,\n  b\n}")
    let broken = try instctl("send-action", "-s", server.url, "a", "@\(file)")
    #expect(broken.status == 65)
    #expect(broken.error?["line"] as? Int == 3)
    let lines = try folder.write("lines", "1\n2\n}\n")
    let third = try instctl("send-action", "-s", server.url, "a", "@\(lines)")
    #expect(third.error?["line"] as? Int == 3)
    #expect(third.output == "")
    let missing = try instctl("send-action", "-s", server.url, "a", "@\(folder.path("none"))")
    #expect(missing.status == 66)
  }

  @Test(arguments: [
    ["--type", "remote_result"], ["--type", "remote_error", "--task-id", "t", "--wait"],
    ["--to-user", ""], ["--settle", "5"], ["--type", "device"],
  ])
  func usage(options: [String]) throws {
    let outcome = try Program(["send-action", "-s", "ws://h", "a", "1"] + options).finish()
    #expect(outcome.status == 64)
    #expect(outcome.output == "")
  }

  @Test func aRefusalIsTheExitCode() throws {
    let folder = try TemporaryFolder()
    let server = try TestServer(
      "--auth", try folder.write("users.json", WatchSeveralTests.users))
    let refused = try instctl(
      "send-action", "-s", server.url, "rec/closed", "1", "--broadcast",
      environment: ["INSTCTL_KEY": WatchSeveralTests.otherKey])
    #expect(refused.status == 77, "\(refused.errors)")
    #expect(refused.error?["code"] as? String == "not_authorized")
    #expect(refused.output == "")
  }

  /// A refusal without the action's id, later than the action itself waits for one, but before the
  /// time of `--settle` is over.
  @Test func aLateRefusalIsWaitedFor() throws {
    let server = try ScriptedServer { message in
      guard message["type"] as? String == "sync/time" else { return [] }
      return [
        """
        [1,-1,{"type":"sync/time/response","id":\(message["id"] ?? 0),"clientRequestTime":0,\
        "serverReceiveTime":0,"serverTransmitTime":0}]
        """,
        #"[5,-1,{"success":false,"errorCode":"inst_not_found","errorMessage":"none"}]"#,
      ]
    }
    let refused = try instctl(
      "send-action", "-s", server.url, "a", "1", "--broadcast", "--settle", "20s")
    #expect(refused.status == 67)
    #expect(refused.output == "")
  }

  @Test func whatTheDocumentedDialectCannotSayIsRefused() throws {
    let server = try TestServer("--dialect", "documented")
    for options in [[], ["--to-user", "u"]] {
      let outcome = try Program(
        ["send-action", "-s", server.url, "a", "1", "--dialect", "documented"] + options
      ).finish()
      #expect(outcome.status == 64)
      #expect(outcome.error?["hint"] as? String != nil)
      #expect(outcome.output == "")
    }
    // Everyone is who is meant where no device is named.
    let everyone = try instctl("send-action", "-s", server.url, "a", "1", "--broadcast")
    #expect(everyone.status == 0, "\(everyone.errors)")
  }

  @Test func theResultIsWaitedFor() throws {
    let server = try TestServer()
    let watch = try Program(["watch", "-s", server.url, "a", "--exec", "cat"])
    watch.wait("sync") { !$0.of(type: "sync").isEmpty }
    // Without a selector the server may choose the one who waits; then it chooses again.
    let outcome = try instctl("send-action", "-s", server.url, "a", #"{"x":[1.0]}"#, "--wait")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.lines.count == 1)
    let line = try #require(outcome.lines.first)
    #expect(line["type"] as? String == "action_result")
    #expect(line["success"] as? Bool == true)
    #expect((line["taskId"] as? String)?.isEmpty == false)
    #expect((line["connection"] as? [String: Any])?["connectionId"] is String)
    // As it came.
    #expect(outcome.output.contains(#""result":{"x":[1.0]}"#))

    let many = try instctl(
      "send-action", "-s", server.url, "a", "--wait", "--broadcast", stdin: .text("1\n2\n3\n"))
    #expect(many.status == 0, "\(many.errors)")
    #expect(many.lines.compactMap { $0["result"] as? Int }.sorted() == [1, 2, 3])
    #expect(Set(many.lines.compactMap { $0["taskId"] as? String }).count == 3)
    watch.end()
  }

  @Test func anErrorOfTheDeviceIsANo() throws {
    let server = try TestServer()
    let watch = try Program(["watch", "-s", server.url, "a", "--exec", "exit 3"])
    watch.wait("sync") { !$0.of(type: "sync").isEmpty }
    let outcome = try instctl(
      "send-action", "-s", server.url, "a", "1", "--wait", "--broadcast", "--task-id", "t")
    #expect(outcome.status == 1, "\(outcome.errors)")
    #expect(outcome.lines.count == 1)
    #expect(outcome.lines[0]["success"] as? Bool == false)
    #expect(outcome.lines[0]["error"] != nil)
    #expect(outcome.lines[0]["taskId"] as? String == "t")
    watch.end()
  }

  /// Results with another task id are not taken, and with nobody there the time is up.
  @Test func withoutAResultTheTimeIsUp() throws {
    let server = try TestServer()
    let other = try Device(server, connectionID: "other", inst: "a")
    let sending = try Program([
      "send-action", "-s", server.url, "a", "1", "--wait", "--broadcast", "--timeout", "1s",
    ])
    _ = try event(for: other)
    other.sendAction("wrong", taskID: "another", type: "remote_result")
    let outcome = sending.finish()
    #expect(outcome.status == 124, "\(outcome.errors)")
    #expect(outcome.output == "")
    // Nor does it go on for ever where the server chooses nobody but the one who waits.
    let alone = try instctl("send-action", "-s", server.url, "b", "1", "--wait", "--timeout", "1s")
    #expect(alone.status == 124)
  }

  @Test func anAnswerCanBeGivenByHand() throws {
    let server = try TestServer()
    let device = try Device(server, connectionID: "asker", inst: "a")
    let result = try instctl(
      "send-action", "-s", server.url, "a", "42", "--type", "remote_result", "--task-id", "t",
      "--to-connection", "asker")
    #expect(result.status == 0, "\(result.errors)")
    let answer = try #require(device.nextResult())
    #expect(answer["type"] as? String == "device_result")
    #expect(answer["result"] as? Int == 42)
    // Without a value nothing is read from stdin.
    let error = try Program(
      [
        "send-action", "-s", server.url, "a", "--type", "remote_error", "--task-id", "5",
        "--to-connection", "asker",
      ], stdin: .open)
    #expect(error.finish().status == 0)
    let failure = try #require(device.nextResult())
    #expect(failure["type"] as? String == "device_error")
    #expect(failure["taskId"] as? Int == 5)
    #expect(failure["error"] == nil)
  }
}

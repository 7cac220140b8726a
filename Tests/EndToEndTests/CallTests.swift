import Foundation
import Testing

/// `call`: the pairs of PROTOCOL section 4 by hand, and the errors of section 3.
@Suite(.serialized) struct CallTests {
  private static let branch = #""recordName":null,"inst":"a","branch":"default""#

  private func types(_ outcome: Program.Outcome) -> [String?] {
    outcome.lines.map { line in
      ((line["frame"] as? [Any])?.last as? [String: Any])?["type"] as? String
    }
  }

  @Test(arguments: [
    ("sync/time", #"{"id":1,"clientRequestTime":0}"#, ["sync/time/response"]),
    ("repo/get_updates", "{\(branch)}", ["repo/add_updates"]),
    ("repo/watch_branch", "{\(branch)}", ["repo/add_updates", "repo/watch_branch_result"]),
    (
      "repo/add_updates", #"{\#(branch),"updates":["\#(hello)"],"updateId":7}"#,
      ["repo/updates_received"]
    ),
    ("repo/connection_count", "{\(branch)}", ["repo/connection_count"]),
    ("login", #"{"connectionId":"me"}"#, ["login_result"]),
  ])
  func theFittingAnswerEndsIt(type: String, json: String, answers: [String]) throws {
    let server = try TestServer()
    let outcome = try instctl("call", "-s", server.url, type, json)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.lines.allSatisfy { $0["type"] as? String == "frame" })
    #expect(outcome.lines.allSatisfy { $0["direction"] as? String == "in" })
    #expect(types(outcome) == answers)
  }

  @Test func theMessageIsSentAsItIsGiven() throws {
    let server = try ScriptedServer { message in
      let data = try? JSONSerialization.data(withJSONObject: message, options: .sortedKeys)
      return [
        "[1,-1,{\"type\":\"repo/connection_count\",\"count\":1,\"got\":"
          + String(decoding: data ?? Data(), as: UTF8.self) + "}]"
      ]
    }
    let folder = try TemporaryFolder()
    let json = "{\n  \"strange\": [1.50, null],\n  \"inst\": 5\n}"
    let file = try folder.write("message", json)
    for outcome in [
      try instctl("call", "-s", server.url, "repo/connection_count", json),
      try instctl("call", "-s", server.url, "repo/connection_count", "@\(file)"),
      try instctl(
        "call", "-s", server.url, "repo/connection_count", "-", stdin: .text(json)),
    ] {
      #expect(outcome.status == 0, "\(outcome.errors)")
      let message = (outcome.lines.first?["frame"] as? [Any])?.last as? [String: Any]
      let got = message?["got"] as? [String: Any]
      #expect(got?["type"] as? String == "repo/connection_count")
      #expect((got?["strange"] as? [Any])?.first as? Double == 1.5)
      #expect(got?["inst"] as? Int == 5)
    }
  }

  @Test func errorsAreTheExitCode() throws {
    let server = try TestServer()
    // By the frame's id …
    let schema = try instctl("call", "-s", server.url, "repo/get_updates", #"{"inst":"a"}"#)
    #expect(schema.status == 65)
    #expect(schema.error?["code"] as? String == "unacceptable_request")
    #expect((schema.lines.last?["frame"] as? [Any])?.first as? Int == 5)
    // … by -1, …
    let state = try instctl(
      "call", "-s", server.url, "repo/get_updates", "{\(Self.branch)}", "--no-login")
    #expect(state.status == 76)
    #expect(state.error?["code"] as? String == "invalid_connection_state")
    // … and within the answer.
    let login = try instctl("call", "-s", server.url, "login", #"{"connectionToken":"x"}"#)
    #expect(login.status == 77)
    #expect(login.error?["layer"] as? String == "login")
    #expect(types(login) == ["login_result"])
    let unknown = try instctl("call", "-s", server.url, "no/such/type")
    #expect(unknown.status == 65)
  }

  /// An answer with another id is somebody else's; of parts the last one counts.
  @Test func theAnswerIsMatched() throws {
    let server = try ScriptedServer { message in
      guard message["type"] as? String == "http_request" else { return [] }
      return [
        #"[1,-1,{"type":"http_response","id":1,"response":{}}]"#,
        #"[1,-1,{"type":"http_partial_response","id":2,"index":0,"response":{}}]"#,
        #"[1,-1,{"type":"http_partial_response","id":2,"index":1,"final":true}]"#,
        #"[1,-1,{"type":"too_late"}]"#,
      ]
    }
    let outcome = try instctl("call", "-s", server.url, "http_request", #"{"id":2}"#)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(
      types(outcome) == ["http_response", "http_partial_response", "http_partial_response"])
  }

  @Test func anotherInstsAnswerIsNoAnswer() throws {
    let server = try ScriptedServer { message in
      guard message["type"] as? String == "repo/get_updates" else { return [] }
      return ["zz", "a"].map {
        #"[1,-1,{"type":"repo/add_updates","recordName":null,"inst":"\#($0)","branch":"default","updates":[],"timestamps":[]}]"#
      }
    }
    let outcome = try instctl(
      "call", "-s", server.url, "repo/get_updates", "{\(Self.branch)}")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.lines.count == 2)
  }

  @Test func otherEnds() throws {
    let server = try ScriptedServer { _ in
      [#"[1,-1,{"type":"one"}]"#, #"[1,-1,{"type":"two"}]"#, #"[1,-1,{"type":"three"}]"#]
    }
    // No answer is known: a silence ends it.
    let silent = try instctl("call", "-s", server.url, "strange")
    #expect(silent.status == 0)
    #expect(types(silent) == ["one", "two", "three"])
    let counted = try instctl("call", "-s", server.url, "strange", "-c", "2")
    #expect(counted.status == 0)
    #expect(types(counted) == ["one", "two"])
    let unmet = try instctl(
      "call", "-s", server.url, "strange", "-c", "4", "--idle", "200ms")
    #expect(unmet.status == 124)
    // An answer is due and does not come.
    let late = try instctl("call", "-s", server.url, "sync/time", "--timeout", "500ms")
    #expect(late.status == 124)
    let real = try TestServer()
    let follow = try Program([
      "call", "-s", real.url, "repo/watch_branch", "{\(Self.branch)}", "--follow", "-c", "3",
    ])
    follow.wait("the answer") { $0.count == 2 }
    #expect(try instctl("add-updates", "-s", real.url, "a", hello).status == 0)
    #expect(types(follow.finish()).last == "repo/add_updates")
  }

  /// A message that the server's limit of rates has dropped goes again; when it never gets through,
  /// the exit code says so.
  @Test func aDroppedMessageGoesAgain() throws {
    let counter = Counter()
    let server = try ScriptedServer { _ in
      counter.next() == 1
        ? [#"[1,-1,{"type":"rate_limit_exceeded","retryAfter":0,"totalHits":9}]"#]
        : [#"[1,-1,{"type":"sync/time/response","id":1}]"#]
    }
    let outcome = try instctl("call", "-s", server.url, "sync/time", #"{"id":1}"#)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(types(outcome) == ["rate_limit_exceeded", "sync/time/response"])
    let never = try ScriptedServer { _ in
      [#"[1,-1,{"type":"rate_limit_exceeded","retryAfter":0,"totalHits":9}]"#]
    }
    let limited = try instctl("call", "-s", never.url, "sync/time", "--timeout", "1500ms")
    #expect(limited.status == 75)
  }

  @Test(arguments: [
    ["repo/send_action", "--no-login"], ["", "{}"], ["login", #"{"type":"logout"}"#],
    ["login", #"{"connectionToken":"vCT1.a.b"}"#],
  ])
  func usage(arguments: [String]) throws {
    let outcome = try Program(["call", "-s", "ws://h"] + arguments).finish()
    #expect(outcome.status == 64)
    #expect(outcome.output == "")
  }

  @Test(arguments: ["[1]", "{", "7"])
  func badInput(json: String) throws {
    let outcome = try instctl("call", "-s", "ws://h", "sync/time", json)
    #expect(outcome.status == 65)
    #expect(outcome.output == "")
  }

  /// The token is made for the inst that the message names.
  @Test func aKeyOpensTheInst() throws {
    let folder = try TemporaryFolder()
    let server = try TestServer(
      "--auth", try folder.write("users.json", WatchSeveralTests.users))
    let environment = ["INSTCTL_KEY": WatchSeveralTests.ownerKey]
    let outcome = try instctl(
      "call", "-s", server.url, "repo/get_updates",
      #"{"recordName":"rec","inst":"closed","branch":"default"}"#, environment: environment)
    #expect(outcome.status == 0, "\(outcome.errors)")
  }
}

/// Counts over threads.
private final class Counter: @unchecked Sendable {
  // Sendable: the count is behind the lock.
  private let lock = NSLock()
  private var count = 0

  func next() -> Int {
    lock.withLock {
      count += 1
      return count
    }
  }
}

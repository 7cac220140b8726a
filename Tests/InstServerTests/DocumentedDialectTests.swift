import InstProtocol
import JSONText
import Testing

@testable import InstServer

/// A server that knows the documented forms alone (PROTOCOL section 2).
@Suite struct DocumentedDialectTests {
  private func documented(
    _ configure: (inout ServerConfiguration) -> Void = { _ in }
  ) -> TestServer {
    TestServer {
      $0.dialect = .documented
      configure(&$0)
    }
  }

  /// Deployed forms are refused by the number of the frame.
  @Test(arguments: [
    #"{"type":"sync/time","id":1,"clientRequestTime":1}"#,
    #"{"type":"repo/send_action","recordName":null,"inst":"i","branch":"default","action":{"type":"remote","event":{},"broadcast":true}}"#,
    #"{"type":"http_request","id":7,"request":{"path":"/","method":"GET","headers":{},"body":null,"query":{},"pathParams":{}}}"#,
    #"{"type":"repo/connection_count","recordName":null,"inst":null,"branch":null}"#,
  ])
  func deployedForms(message: String) throws {
    var server = documented()
    server.logIn(1)
    let effects = server.sendFrame("[1,77,\(message)]", from: 1)
    #expect(effects.count == 1)
    let frame = try #require(effects.first?.sent.map { try JSONValue(parsing: $0.text) })
    #expect(frame[0] == 5)
    #expect(frame[1] == 77)
    #expect(frame[2]?["errorCode"] == "unacceptable_request")
  }

  /// What the server says must be readable by one who knows the documented forms alone.
  @Test func answers() throws {
    var server = documented()
    server.logIn(1, 2)
    let time = server.sendMessage(
      #"{"type":"repo/time_sync","id":1,"clientRequestTime":1}"#, from: 1)
    #expect(time.first?.message?["type"] == "repo/time_sync_response")

    _ = server.send("repo/watch_branch_devices", from: 2)
    let watched = server.send("repo/watch_branch", from: 1)
    #expect(watched.map { $0.sent?.client } == [2, 1, 1])
    #expect(watched[0].message?["recordName"] == .null)
    #expect(watched[0].message?["inst"] == "i")
    #expect(watched[1].message?["type"] == "repo/watch_branch_result")
    #expect(watched[2].message?["initial"] == true)

    let http = server.sendMessage(
      #"{"type":"http/request","request":{"path":"/","method":"GET","headers":{},"body":null,"query":{},"pathParams":{}}}"#,
      from: 1)
    #expect(http.first?.message?["type"] == "http/response")
    #expect(http.first?.message?["id"] == nil)

    let permission = server.sendMessage(
      #"{"type":"permission/request/missing","reason":{"type":"missing_permission","recordName":"r","resourceKind":"inst","action":"read","subjectType":"user"}}"#,
      from: 1)
    let answer = try #require(permission.first?.message)
    #expect(answer["type"] == "permission/request/missing/response")
    #expect(answer["success"] == false)
    #expect(answer["recordName"] == nil)

    for effect in time + watched + http + permission {
      guard case .send(_, let frame) = effect else { continue }
      #expect(throws: Never.self) {
        try frame.withUnsafeBytes {
          _ = try Envelope<ServerMessage>(parsing: $0, only: .documented)
        }
      }
    }
  }

  /// No device named means everyone.
  @Test func actionsForEveryone() {
    var server = documented()
    server.logIn(1, 2, 3)
    for client in UInt64(1)...3 { _ = server.send("repo/watch_branch", from: client) }
    let all = server.send(
      "repo/send_action", #","action":{"type":"device","event":{"a":1},"taskId":"t"}"#, from: 1)
    #expect(all.map { $0.sent?.client } == [1, 2, 3])
    #expect(
      all.first?.message?["action"] == ["type": "device", "event": ["a": 1], "taskId": "t"])
    let one = server.send(
      "repo/send_action",
      #","action":{"type":"device","device":{"connectionId":"c2"},"event":1}"#, from: 1)
    #expect(one.map { $0.sent?.client } == [2])
  }

  @Test func limits() {
    var server = documented {
      $0.maxInstBytes = 4
      $0.rateLimit = ServerConfiguration.RateLimit(
        maximumMessages: 3, windowMilliseconds: 2_500)
    }
    server.logIn(1)
    #expect(
      server.send("repo/add_updates", #","updates":["AA=="],"updateId":1"#, from: 1).count == 1)
    let full = server.send("repo/add_updates", #","updates":["AA=="],"updateId":2"#, from: 1)
    #expect(full.first?.message?["errorCode"] == "max_size_reached")
    #expect(full.first?.message?["inst"] == "i")
    let limited = server.send("repo/get_updates", from: 1).first?.message
    #expect(limited == ["type": "rate_limit_exceeded", "retryAfter": 2500])
  }
}

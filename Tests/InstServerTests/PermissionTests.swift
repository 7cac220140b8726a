import InstProtocol
import JSONText
import Testing

@testable import InstServer

/// Permissions that are asked for and granted, beyond what was recorded (PROTOCOL sections 4 and 5).
@Suite struct PermissionTests {
  private let place = #""recordName":"testRecord","inst":"recInst","branch":"default""#

  /// The owner, as client 1, watches the inst; the other user is client 2.
  private func server(dialect: Dialect = .deployed) throws -> TestServer {
    var server = TestServer {
      $0.auth = TestUsers.database
      $0.dialect = dialect
    }
    for number in UInt64(1)...2 {
      server.core.connect(ClientID(number), address: "192.0.2.1")
    }
    let owner = TestLogin.owner("o", "testRecord", "recInst")
    let other = TestLogin.other("u", "testRecord", "recInst")
    _ = server.sendMessage(try owner.message, from: 1)
    _ = server.sendMessage(try other.message, from: 2)
    _ = server.sendMessage(#"{"type":"repo/watch_branch",\#(place)}"#, from: 1)
    return server
  }

  private func request(_ action: String, subject: String = TestUsers.other) -> String {
    #"{"type":"permission/request/missing","reason":{"type":"missing_permission","recordName":"testRecord","resourceKind":"inst","resourceId":"recInst","action":"\#(action)","subjectType":"user","subjectId":"\#(subject)"}}"#
  }

  private func answer(_ success: Bool) -> String {
    #"{"type":"permission/request/missing/response","success":\#(success),"recordName":"testRecord","resourceKind":"inst","resourceId":"recInst","subjectType":"user","subjectId":"\#(TestUsers.other)"}"#
  }

  /// What was granted is in force, and nothing else.
  @Test func granting() throws {
    var server = try server()
    let watch = #"{"type":"repo/watch_branch",\#(place)}"#
    #expect(server.sendMessage(watch, from: 2).first?.message?["reason"]?["action"] == "read")
    #expect(server.sendMessage(request("read"), from: 2).map { $0.sent?.client } == [1])
    #expect(server.sendMessage(answer(true), from: 1).map { $0.sent?.client } == [2])
    #expect(server.sendMessage(watch, from: 2).last?.message?["success"] == true)
    let add = #"{"type":"repo/add_updates",\#(place),"updates":["AA=="],"updateId":1}"#
    let denial = server.sendMessage(add, from: 2).first?.message
    #expect(denial?["reason"]?["action"] == "updateData")
    _ = server.sendMessage(request("updateData"), from: 2)
    _ = server.sendMessage(answer(true), from: 1)
    #expect(server.sendMessage(add, from: 2).last?.message?["type"] == "repo/updates_received")
  }

  @Test func refusing() throws {
    var server = try server()
    _ = server.sendMessage(request("read"), from: 2)
    let relayed = server.sendMessage(answer(false), from: 1)
    #expect(relayed.first?.message?["success"] == false)
    // One answer is enough: a later one changes nothing any more.
    #expect(server.sendMessage(answer(true), from: 1).isEmpty)
    let get = server.sendMessage(#"{"type":"repo/get_updates",\#(place)}"#, from: 2)
    #expect(get.first?.message?["errorCode"] == "not_authorized")
  }

  /// Nobody grants a permission to oneself, and who has not been asked grants none.
  @Test func whoMayGrant() throws {
    var server = try server()
    #expect(server.sendMessage(answer(true), from: 1).isEmpty)
    _ = server.sendMessage(request("read"), from: 2)
    #expect(server.sendMessage(answer(true), from: 2).isEmpty)
    #expect(server.core.pendingPermissions.count == 1)
    // Asked again, it is still one request, and the owner is told again.
    #expect(server.sendMessage(request("read"), from: 2).map { $0.sent?.client } == [1])
    #expect(server.core.pendingPermissions.count == 1)
    let foreign = server.sendMessage(request("read", subject: TestUsers.owner), from: 2)
    #expect(foreign.first?.message?["errorCode"] == "unacceptable_request")
    _ = server.disconnect(2)
    #expect(server.core.pendingPermissions.isEmpty)
  }

  /// The owner must watch the inst to be asked.
  @Test func nobodyThere() throws {
    var server = try server()
    _ = server.sendMessage(#"{"type":"repo/unwatch_branch",\#(place)}"#, from: 1)
    let refusal = server.sendMessage(request("read"), from: 2).first?.message
    #expect(refusal?["success"] == false)
    #expect(refusal?["resourceId"] == "recInst")
  }

  /// The documented dialect names neither who asks nor what is answered.
  @Test func documented() throws {
    var server = try server(dialect: .documented)
    let asked = server.sendMessage(request("read"), from: 2)
    #expect(asked.map { $0.sent?.client } == [1])
    #expect(asked.first?.message?.objectValue?.map(\.name).sorted() == ["reason", "type"])
    let answered = server.sendMessage(
      #"{"type":"permission/request/missing/response","success":true}"#, from: 1)
    #expect(answered.map { $0.sent?.client } == [2])
    #expect(
      answered.first?.message
        == ["type": "permission/request/missing/response", "success": true])
    let get = server.sendMessage(#"{"type":"repo/get_updates",\#(place)}"#, from: 2)
    #expect(get.first?.message?["updates"] == [])
  }
}

import InstProtocol
import JSONText
import Testing

@testable import InstServer

/// Who is let in, and what may be done with the insts of a record, beyond what was recorded
/// (PROTOCOL sections 5 and 6).
@Suite struct AuthTests {
  private func server(_ change: (inout AuthDatabase) -> Void = { _ in }) -> TestServer {
    var database = TestUsers.database
    change(&database)
    return TestServer { $0.auth = database }
  }

  private func logIn(
    _ server: inout TestServer, _ number: UInt64, _ login: TestLogin
  ) throws -> JSONValue? {
    server.core.connect(ClientID(number), address: "192.0.2.1")
    return server.sendMessage(try login.message, from: number).first?.message
  }

  private func send(
    _ server: inout TestServer, _ type: String, _ fields: String = "",
    record: String = "testRecord",
    inst: String = "recInst", from number: UInt64
  ) -> JSONValue? {
    let names = #""recordName":"\#(record)","inst":"\#(inst)","branch":"default""#
    return server.sendMessage(#"{"type":"\#(type)",\#(names)\#(fields)}"#, from: number).first?
      .message
  }

  @Test func sessionsThatAreOver() throws {
    var server = server {
      $0.users[1].isBanned = true
      $0.sessions[0].connectionKey.expiry = .at(milliseconds: 1_000_001)
    }
    let owner = TestLogin.owner("a", nil, "i")
    #expect(try logIn(&server, 1, owner)?["success"] == true)
    server.now += 1
    #expect(try logIn(&server, 2, owner)?["errorCode"] == "session_expired")
    #expect(try logIn(&server, 3, .other("b", nil, "i"))?["errorCode"] == "user_is_banned")

    var revoking = self.server { $0.sessions[0].isRevoked = true }
    #expect(try logIn(&revoking, 1, owner)?["errorCode"] == "session_expired")
  }

  /// The session of one user signs nothing for another.
  @Test func tokensOfOtherUsers() throws {
    var server = server()
    server.core.connect(ClientID(1), address: "192.0.2.1")
    let key = TestUsers.key(TestUsers.other, TestUsers.ownersSession)
    let login = try TestLogin.token(key, "a", nil, "i")
    #expect(server.sendMessage(login, from: 1).first?.message?["errorCode"] == "invalid_token")
  }

  /// A second login without a token takes away what the token opened.
  @Test func loggingInAgain() throws {
    var server = server()
    _ = try logIn(&server, 1, .owner("a", "testRecord", "recInst"))
    #expect(send(&server, "repo/watch_branch", from: 1)?["updates"] == [])
    _ = server.sendMessage(#"{"type":"login","connectionId":"a"}"#, from: 1)
    #expect(send(&server, "repo/get_updates", from: 1)?["errorCode"] == "not_logged_in")
  }

  @Test func membersMayDoEverything() throws {
    var server = server { $0.records[0].members = [TestUsers.other] }
    _ = try logIn(&server, 1, .other("b", "testRecord", "recInst"))
    #expect(send(&server, "repo/watch_branch", from: 1)?["updates"] == [])
    let added = send(&server, "repo/add_updates", #","updates":["AA=="],"updateId":1"#, from: 1)
    #expect(added?["type"] == "repo/updates_received")
  }

  /// Who may not make an inst lacks the permission to create it.
  @Test func makingInsts() throws {
    var server = server()
    _ = try logIn(&server, 1, .other("b", "testRecord", "recInst"))
    let denial = send(&server, "repo/add_updates", #","updates":["AA=="]"#, from: 1)
    #expect(denial?["reason"]?["action"] == "create")
    #expect(server.core.authority?.insts.isEmpty == true)
    #expect(server.core.branches.isEmpty)
  }

  @Test(arguments: [
    ("publicRead", "repo/get_updates", "", true),
    ("publicRead", "repo/add_updates", #","updates":["AA=="],"updateId":1"#, false),
    ("publicRead", "repo/send_action", #","action":{"type":"remote","broadcast":true}"#, false),
    ("publicWrite", "repo/get_updates", "", true),
    ("publicWrite", "repo/add_updates", #","updates":["AA=="],"updateId":1"#, true),
    ("publicWrite", "repo/send_action", #","action":{"type":"remote","broadcast":true}"#, true),
    ("private", "repo/get_updates", "", false),
  ])
  func markers(marker: String, type: String, fields: String, isAllowed: Bool) throws {
    var server = server {
      $0.records[0].insts = [AuthDatabase.Inst(name: "recInst", markers: [marker])]
    }
    _ = try logIn(&server, 1, .connectionID("x"))
    let answer = send(&server, type, fields, from: 1)
    #expect(answer?["errorCode"] == (isAllowed ? nil : "not_logged_in"))
    // Somebody else, who is known, is told which permission it is.
    _ = try logIn(&server, 2, .other("b", "testRecord", "recInst"))
    let denial = send(&server, type, fields, from: 2)
    #expect((denial?["reason"]?["type"] == "missing_permission") == !isAllowed)
  }

  @Test func recordKeys() throws {
    let subjectless = RecordKey(
      recordName: "testRecord", secret: Secret("open"), policy: .subjectless)
    var server = server { $0.records[0].keys.append(subjectless) }
    _ = try logIn(&server, 1, .connectionID("x"))
    func watch(_ key: String) -> JSONValue? {
      send(&server, "repo/watch_branch", record: key, from: 1)
    }
    #expect(watch(TestUsers.recordKey)?["errorCode"] == "not_logged_in")
    #expect(
      watch("vRK2.dGVzdFJlY29yZA==.V1JPTkc=.subjectless")?["errorCode"] == "invalid_record_key")
    // The same secret under another policy is another key.
    #expect(
      watch("vRK1.dGVzdFJlY29yZA==.b3Blbg==")?["errorCode"] == "invalid_record_key")
    #expect(watch("vRK1.bm9uZQ==.b3Blbg==")?["errorCode"] == "record_not_found")
    #expect(watch(subjectless.formatted)?["recordName"] == "testRecord")
    let added = send(
      &server, "repo/add_updates", #","updates":["AA=="],"updateId":1"#,
      record: subjectless.formatted, from: 1)
    #expect(added?["type"] == "repo/updates_received")
    #expect(send(&server, "repo/get_updates", from: 1)?["errorCode"] == "not_logged_in")
  }

  /// What an earlier run has stored is there, for those who may have it.
  @Test func restoredInsts() throws {
    var server = server()
    server.core.restore(
      StoredUpdates(
        address: BranchAddress(recordName: "testRecord", inst: "recInst", branch: "default"),
        updates: try RawJSON(validating: #"["AA=="]"#), timestamp: 1))
    _ = try logIn(&server, 1, .owner("a", "testRecord", "recInst"))
    #expect(send(&server, "repo/get_updates", from: 1)?["updates"] == ["AA=="])
    _ = try logIn(&server, 2, .connectionID("x"))
    #expect(send(&server, "repo/get_updates", from: 2)?["errorCode"] == "not_logged_in")
  }

  /// A refused request leaves nothing behind.
  @Test func refusalsLeaveNothing() throws {
    var server = server()
    _ = try logIn(&server, 1, .connectionID("x"))
    for type in ["repo/watch_branch", "repo/watch_branch_devices", "repo/add_updates"] {
      _ = send(&server, type, #","updates":["AA=="]"#, inst: "new", from: 1)
    }
    #expect(server.core.insts.isEmpty)
    #expect(server.core.branches.values.allSatisfy { $0.watchers.isEmpty && $0.updates.count == 0 })
  }
}

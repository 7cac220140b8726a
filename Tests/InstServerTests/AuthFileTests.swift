import InstProtocol
import JSONText
import Testing

@testable import InstServer

/// The JSON of `serve --auth` (PROTOCOL section 6).
@Suite struct AuthFileTests {
  private static let key =
    "vCK1.dXNlcjE=.c2Vzc2lvbjE=.TURFeU16UTFOamM0T1dGaVkyUmxaZz09.SW5maW5pdHk="

  private func parse(_ text: String) throws -> AuthDatabase {
    try AuthDatabase(parsing: Array(text.utf8))
  }

  @Test func everything() throws {
    let session = SessionKey(
      userID: "user1", sessionID: "session1", secret: Secret("s"), expiry: .never)
    let database = try parse(
      """
      {"users":[{"id":"user1","email":"a@example.com","phone":"+1","displayName":"Ann"},
                {"id":"user2","banned":true}],
       "sessions":[{"connectionKey":"\(Self.key)","sessionKey":"\(session.formatted)","expires":17},
                   {"id":"session2","userId":"user2","secret":"c2VjcmV0","revoked":true}],
       "records":[{"name":"rec","owner":"user1","members":["user2"],
                   "keys":["vRK2.cmVj.c2VjcmV0.subjectless","vRK1.cmVj.c2VjcmV0"],
                   "insts":[{"name":"open","markers":["publicRead"]}]}]}
      """)
    #expect(
      database.users == [
        AuthDatabase.User(id: "user1", email: "a@example.com", phone: "+1", displayName: "Ann"),
        AuthDatabase.User(id: "user2", isBanned: true),
      ])
    #expect(database.sessions[0].connectionKey.expiry == .at(milliseconds: 17))
    #expect(database.sessions[0].sessionKey == session)
    #expect(database.sessions[1].connectionKey.sessionID == "session2")
    #expect(database.sessions[1].connectionKey.expiry == .never)
    #expect(database.sessions[1].isRevoked)
    #expect(database.records[0].keys.map(\.policy) == [.subjectless, nil])
    #expect(database.records[0].insts == [AuthDatabase.Inst(name: "open", markers: ["publicRead"])])
    #expect(try parse("{}") == AuthDatabase())
  }

  /// What is wrong is named by its place, and secrets are not repeated.
  @Test(arguments: [
    ("{", ""), ("[]", ""), (#"{"user":[]}"#, ""), (#"{"users":{}}"#, "users"),
    (#"{"users":[{}]}"#, "users[0].id"), (#"{"users":[{"id":""}]}"#, "users[0].id"),
    (#"{"users":[{"id":"a"},{"id":"a"}]}"#, "users[1].id"),
    (#"{"users":[{"id":"a","banned":1}]}"#, "users[0].banned"),
    (#"{"users":[{"id":"a","emial":"x"}]}"#, "users[0]"),
    (#"{"sessions":[{"connectionKey":"SECRET"}]}"#, "sessions[0].connectionKey"),
    (#"{"sessions":[{"id":"s","userId":"u","secret":"!SECRET"}]}"#, "sessions[0].secret"),
    (#"{"sessions":[{"id":"s","userId":"u","secret":"AAAA"}]}"#, "sessions[0]"),
    (#"{"sessions":[{"connectionKey":"\#(key)","id":"x"}]}"#, "sessions[0].id"),
    (#"{"sessions":[{"connectionKey":"\#(key)","expires":"x"}]}"#, "sessions[0].expires"),
    (
      #"{"sessions":[{"connectionKey":"\#(key)","sessionKey":"vSK1.YQ==.YQ==.YQ==.MQ=="}]}"#,
      "sessions[0].sessionKey"
    ),
    (#"{"records":[{"name":"r","owner":"u"}]}"#, "records[0]"),
    (#"{"records":[{"name":"r","owner":"u","keys":["SECRET"]}]}"#, "records[0].keys[0]"),
    (
      #"{"records":[{"name":"r","owner":"u","keys":["vRK1.cmVj.U0VDUkVU"]}]}"#,
      "records[0].keys[0]"
    ),
    (#"{"records":[{"name":"r","owner":"u","insts":[{}]}]}"#, "records[0].insts[0].name"),
  ])
  func faults(text: String, path: String) {
    let error = #expect(throws: AuthDatabaseError.self) { try parse(text) }
    #expect(error?.path == path)
    #expect(error?.description.contains("SECRET") == false)
  }
}

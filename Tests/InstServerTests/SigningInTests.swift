import InstProtocol
import JSONText
import Testing

@testable import InstServer

/// Signing in over HTTP, and what the keys then open (PROTOCOL section 6).
@Suite struct SigningInTests {
  private func server() -> TestServer { TestServer { $0.auth = TestUsers.database } }

  private func post(
    _ server: inout TestServer, _ operation: String, _ body: JSONValue?,
    headers: [String: String] = ["origin": "http://localhost"]
  ) throws -> (status: Int, body: JSONValue) {
    let request = OperationRequest(
      method: "POST", path: "/api/v2/\(operation)", headers: headers, body: body?.description)
    let response = server.core.perform(request, now: server.now)
    return (response.status, try JSONValue(parsing: Array(response.body.utf8)))
  }

  private func request(_ server: inout TestServer) throws -> (JSONValue, LoginCode) {
    let asked = try post(
      &server, "login", ["address": "Owner@example.com", "addressType": "email"])
    #expect(asked.status == 200)
    let codes = server.core.takeLoginCodes()
    #expect(codes.count == 1)
    #expect(server.core.takeLoginCodes().isEmpty)
    let code = try #require(codes.first)
    #expect(code.code.text.count == 6)
    #expect(code.code.text.allSatisfy { ("0"..."9").contains($0) })
    return (asked.body, code)
  }

  private func completion(_ asked: JSONValue, _ code: String) -> JSONValue {
    [
      "userId": asked["userId"] ?? .null, "requestId": asked["requestId"] ?? .null,
      "code": .string(code),
    ]
  }

  @Test func theKeysWork() throws {
    var server = server()
    let (asked, code) = try request(&server)
    let signedIn = try post(&server, "completeLogin", completion(asked, code.code.text))
    #expect(signedIn.status == 200)
    #expect(signedIn.body["userId"]?.stringValue == TestUsers.owner)
    let key = try ConnectionKey(parsing: signedIn.body["connectionKey"]?.stringValue ?? "")
    let sessionKey = signedIn.body["sessionKey"]?.stringValue ?? ""
    let end = try #require(signedIn.body["expireTimeMs"]?.intValue)
    #expect(key.expiry == .at(milliseconds: Int64(end)))

    let login = try TestLogin.token(key, "conn", "testRecord", "recInst")
    server.core.connect(ClientID(1), address: "192.0.2.1")
    #expect(server.sendMessage(login, from: 1).first?.message?["success"] == true)

    let list = OperationRequest(
      method: "GET", path: "/api/v2/records/insts/list", query: ["recordName": "testRecord"],
      headers: ["authorization": "Bearer \(sessionKey)"])
    #expect(server.core.perform(list, now: server.now).status == 200)

    // The code is good for once.
    let again = try post(&server, "completeLogin", completion(asked, code.code.text))
    #expect(again.body["errorCode"] == "invalid_request")

    let headers = ["origin": "http://localhost", "authorization": "Bearer \(sessionKey)"]
    #expect(try post(&server, "revokeSession", nil, headers: headers).body == ["success": true])
    #expect(
      server.sendMessage(login, from: 1).first?.message?["errorCode"] == "session_expired")
    #expect(server.core.perform(list, now: server.now).status == 401)
  }

  @Test func sessionsEnd() throws {
    var server = server()
    let (asked, code) = try request(&server)
    let signedIn = try post(&server, "completeLogin", completion(asked, code.code.text)).body
    server.now = Int64(try #require(signedIn["expireTimeMs"]?.intValue))
    let headers = [
      "origin": "x", "authorization": "Bearer \(signedIn["sessionKey"]?.stringValue ?? "")",
    ]
    let late = try post(&server, "revokeSession", nil, headers: headers)
    #expect(late.body["errorCode"] == "session_expired")
  }

  @Test func wrongCodes() throws {
    var server = server()
    let (asked, code) = try request(&server)
    let wrong = code.code.text == "000000" ? "000001" : "000000"
    for _ in 0..<5 {
      let answer = try post(&server, "completeLogin", completion(asked, wrong))
      #expect(answer.status == 403)
      #expect(answer.body["errorCode"] == "invalid_code")
    }
    // No more guesses, not even the right one.
    let answer = try post(&server, "completeLogin", completion(asked, code.code.text))
    #expect(answer.body["errorCode"] == "invalid_request")
  }

  @Test func codesGrowOld() throws {
    var server = server()
    let (asked, code) = try request(&server)
    server.now += 5 * 60_000
    let answer = try post(&server, "completeLogin", completion(asked, code.code.text))
    #expect(answer.body["errorCode"] == "invalid_request")
  }

  @Test func refusals() throws {
    var server = server()
    let good: JSONValue = ["address": "owner@example.com", "addressType": "email"]
    func code(_ operation: String, _ body: JSONValue?, _ headers: [String: String]? = nil) throws
      -> String?
    {
      let answer = try post(&server, operation, body, headers: headers ?? ["origin": "x"])
      #expect(answer.body["success"] == false)
      #expect(answer.body["errorMessage"]?.stringValue?.isEmpty == false)
      return answer.body["errorCode"]?.stringValue
    }
    #expect(try code("login", good, [:]) == "invalid_origin")
    #expect(try code("completeLogin", good, [:]) == "invalid_origin")
    #expect(try code("login", nil) == "unacceptable_request")
    #expect(try code("login", ["addressType": "email"]) == "unacceptable_address")
    #expect(
      try code("login", ["address": "nobody@example.com", "addressType": "email"])
        == "unacceptable_address")
    #expect(
      try code("login", ["address": "owner@example.com", "addressType": "post"])
        == "unacceptable_address_type")
    #expect(try code("completeLogin", ["userId": 1]) == "unacceptable_request")
    #expect(try code("revokeSession", nil) == "not_logged_in")
    #expect(
      try code("revokeSession", nil, ["origin": "x", "authorization": "Bearer x"])
        == "unacceptable_session_key")
    let strange = SessionKey(
      userID: TestUsers.owner, sessionID: TestUsers.ownersSession, secret: Secret("x"),
      expiry: .never
    ).formatted
    #expect(
      try code("revokeSession", nil, ["origin": "x", "authorization": "Bearer \(strange)"])
        == "invalid_key")
    var open = TestServer()
    let answer = try post(&open, "login", good)
    #expect(answer.body["errorCode"] == "operation_not_found")
  }
}

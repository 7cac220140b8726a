import InstProtocol
import JSONText
import Testing
import WebSocket

@testable import InstClient

/// The HTTP API's requests and answers as values (PROTOCOL section 6).
@Suite struct InstAPITests {
  private let key = SessionKey(
    userID: "user1", sessionID: "s1", secret: Secret("hidden"), expiry: .never)

  @Test func requestsAreAsTheProtocolHasThem() {
    let login = InstAPIRequest.login(.email("ann@example.com"))
    #expect(login.url(at: "https://h:1") == "https://h:1/api/v2/login")
    #expect(
      login.body.map(\.description) == #"{"address":"ann@example.com","addressType":"email"}"#)
    #expect(
      login.fields(at: "https://h").contains { $0.name == "Origin" && $0.value == "https://h" })
    #expect(!login.fields(at: "https://h").contains { $0.name == "Authorization" })
    let complete = InstAPIRequest.completeLogin(
      SignInRequest(userID: "u", requestID: "r"), code: Secret("1"))
    #expect(complete.body.map(\.description) == #"{"userId":"u","requestId":"r","code":"1"}"#)
    let revoke = InstAPIRequest.revokeSession(key)
    #expect(
      revoke.fields(at: "https://h").contains {
        $0.name == "Authorization" && $0.value == "Bearer \(key.formatted)"
      })
  }

  @Test func queriesAreEncoded() {
    let list = InstAPIRequest.listInsts("a/b c", after: "ü&=?#%+.-_~", nil)
    #expect(
      list.url(at: "http://h")
        == "http://h/api/v2/records/insts/list?recordName=a%2Fb%20c&inst=%C3%BC%26%3D%3F%23%25%2B.-_~"
    )
  }

  private func parse(_ text: String, status: Int = 200) throws(InstAPIError) -> JSONValue {
    try InstAPIAnswer.parse(status: status, body: Array(text.utf8))
  }

  @Test func refusalsAreKeptWhole() throws {
    let text =
      #"{"success":false,"errorCode":"odd","errorMessage":"no","reason":{"type":"x"},"more":1.50}"#
    #expect {
      try parse(text, status: 418)
    } throws: { error in
      guard case .refused(let info, status: 418)? = error as? InstAPIError else { return false }
      return info.errorCode == ErrorCode(rawValue: "odd") && info.errorMessage == "no"
        && info.reason?.description == #"{"type":"x"}"#
        && info.unknownFields["more"]?.description == "1.50"
    }
  }

  @Test(arguments: ["", "{", "[]", "null", #"{"success":"true"}"#, #"{"success":false}"#, "{}"])
  func whatIsNoAnswer(text: String) {
    #expect(throws: InstAPIError.unexpectedAnswer(status: 200, body: text)) { try parse(text) }
  }

  @Test func successWithAnErrorsStatusIsNone() {
    #expect(throws: InstAPIError.self) { try parse(#"{"success":true}"#, status: 500) }
    let long = String(repeating: "x", count: 5000)
    #expect {
      try parse(long)
    } throws: { error in
      guard case .unexpectedAnswer(_, let body)? = error as? InstAPIError else { return false }
      return body.utf8.count == 1024
    }
  }

  @Test func keysThatAreNoneAreNotShown() throws {
    let answer = try parse(
      #"{"success":true,"userId":"u","sessionKey":"vSK1.geheim","connectionKey":"vCK1.geheim"}"#)
    #expect {
      try SignedIn(answer)
    } throws: { error in
      guard case .brokenAnswer? = error as? InstAPIError else { return false }
      return !"\(error)".contains("geheim")
    }
    #expect(throws: InstAPIError.brokenAnswer(reason: "it has no requestId")) {
      try SignInRequest(["userId": "u"])
    }
  }

  // MARK: Lists

  private func page(_ names: String..., total: Int? = nil) -> InstPage {
    let insts = names.map {
      ListedInst(recordName: nil, inst: $0, markers: [], json: RawJSON(string: $0))
    }
    return InstPage(insts: insts, totalCount: total)
  }

  @Test func aListEndsWithAnEmptyPage() {
    var list = InstList()
    #expect(list.cursor == nil)
    list.add(page("a", "b"))
    #expect(list.cursor == "b")
    #expect(!list.isComplete)
    // A server may begin with the inst it was given.
    list.add(page("b", "c"))
    #expect(list.insts.map(\.inst) == ["a", "b", "c"])
    list.add(page())
    #expect(list.isComplete)
    #expect(list.fault == nil)
  }

  @Test func aPageAgainIsAFaultUnlessItWasAll() {
    var list = InstList()
    list.add(page("a", "b"))
    list.add(page("a", "b"))
    #expect(list.fault != nil)
    var whole = InstList()
    whole.add(page("a", "b", total: 2))
    whole.add(page("a", "b", total: 2))
    #expect(whole.isComplete)
    #expect(whole.fault == nil)
  }

  @Test func namesAreNotNormalised() {
    var list = InstList()
    list.add(page("\u{E9}", "e\u{301}"))
    #expect(list.insts.count == 2)
  }

  @Test func fieldsOfAnInstAreKept() throws {
    let answer = try parse(
      #"{"success":true,"insts":[{"inst":"a","markers":["publicRead",3],"x":1.0}],"totalCount":7}"#)
    let page = try InstPage(answer)
    #expect(page.totalCount == 7)
    #expect(page.insts.first?.recordName == nil)
    #expect(page.insts.first?.markers == ["publicRead"])
    #expect(page.insts.first?.json.value["x"]?.description == "1.0")
    #expect(throws: InstAPIError.self) { try InstPage(["insts": [["name": "a"]]]) }
  }
}

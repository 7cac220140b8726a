import InstClient
import InstProtocol
import JSONText
import Testing
import Transport

/// A server that refuses a deployed form is asked for the time, and that decides which dialect it speaks
/// (PROTOCOL section 2).
@EventLoop
@Suite struct DialectSwitchTests {
  private let on = ClientOnMemory()

  private func send(_ selector: DeviceSelector) -> Task<Void, any Error> {
    let (client, address) = (on.client, on.address)
    // The refusal has time enough to come, and the action is done at once when none comes.
    on.connection.roundTripMilliseconds = 500
    return Task {
      try await client.sendAction(address, RemoteAction(.event(RawJSON(string: "e")), to: selector))
    }
  }

  /// Refuses the action and the question that follows, and answers it in the documented form.
  private func turnOutDocumented() async {
    await on.sent(1)
    on.refuse("unacceptable_request", frame: 1)
    await on.sent(2)
    on.refuse("unacceptable_request", frame: 2)
    await on.sent(3)
    on.answerTime(as: "repo/time_sync_response")
  }

  @Test func anActionGoesAgainInTheDocumentedForm() async {
    let task = send(.everyone)
    await turnOutDocumented()
    #expect(await outcome(task) == "()")
    #expect(on.connection.sentMessages.count == 4)
    #expect(on.connection.dialect == .documented)
  }

  @Test(arguments: [DeviceSelector(), DeviceSelector(userID: "u")])
  func theReceiversAreNeverChanged(selector: DeviceSelector) async {
    let task = send(selector)
    await turnOutDocumented()
    #expect(await outcome(task) == "no form")
    #expect(on.connection.sentMessages.count == 3)
  }

  @Test func aRefusalThatHasNothingToDoWithTheDialectStands() async {
    let task = send(.everyone)
    await on.sent(1)
    on.refuse("unacceptable_request", frame: 1)
    await on.sent(2)
    on.answerTime()
    #expect(await outcome(task) == "refused unacceptable_request")
    #expect(on.connection.dialect == .deployed)
  }

  @Test func aForcedDialectIsKept() async {
    on.connection.mayChangeDialect = false
    let task = send(.everyone)
    await on.sent(1)
    on.refuse("unacceptable_request", frame: 1)
    #expect(await outcome(task) == "refused unacceptable_request")
    #expect(on.connection.sentMessages.count == 1)
  }

  @Test func anHTTPRequestGoesAgainWithoutItsId() async {
    let client = on.client
    let request = HTTPRequestMessage.Request(
      path: "/p", method: "POST", query: RawJSON([:]), pathParams: RawJSON([:]),
      headers: RawJSON([:]), body: nil)
    let task = Task { try await client.httpResponse(to: request).statusCode?.int }
    await turnOutDocumented()
    await on.sent(4)
    #expect(
      on.connection.sentMessages.last
        == .httpRequest(HTTPRequestMessage(id: nil, request: request)))
    on.connection.receive(#"[1,-1,{"type":"http/response","response":{"statusCode":204}}]"#)
    #expect(await outcome(task) == "Optional(204)")
  }
}

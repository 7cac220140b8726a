import InstClient
import InstProtocol
import JSONText
import Testing
import Transport

/// Which dialect a server speaks is found out before the first message that differs: some refuse what they do
/// not know, others say nothing (PROTOCOL section 2).
@EventLoop
@Suite struct DialectSwitchTests {
  private let on = ClientOnMemory(mayChangeDialect: true)

  private func send(
    _ selector: DeviceSelector = .everyone, over on: ClientOnMemory? = nil
  ) -> Task<Void, any Error> {
    let on = on ?? self.on
    let (client, address) = (on.client, on.address)
    // A refusal has time enough to come, and the action is done at once when none comes.
    on.connection.roundTripMilliseconds = 500
    return Task {
      try await client.sendAction(address, RemoteAction(.event(RawJSON(string: "e")), to: selector))
    }
  }

  private func actions(_ on: ClientOnMemory? = nil) -> Int {
    (on ?? self.on).connection.sentMessages.filter { message in
      if case .sendAction = message { true } else { false }
    }.count
  }

  /// Refuses the first question about the time and answers the second, in the documented form.
  private func turnOutDocumented() async {
    await on.sent(1)
    on.refuse("unacceptable_request", frame: 1)
    await on.sent(2)
    on.answerTime(as: "repo/time_sync_response")
  }

  @Test func anActionGoesOnceInTheDocumentedForm() async {
    let task = send()
    await turnOutDocumented()
    #expect(await outcome(task) == "()")
    #expect(actions() == 1)
    #expect(on.connection.dialect == .documented)
  }

  @Test func aServerThatSaysNothingGetsNoActionInAFormItDoesNotKnow() async {
    let on = ClientOnMemory(silence: 1000, mayChangeDialect: true)
    let task = send(over: on)
    await on.until { on.connection.dialect == .documented }
    #expect(actions(on) == 0)
    on.answerTime(as: "repo/time_sync_response")
    #expect(await outcome(task) == "()")
    #expect(actions(on) == 1)
    #expect(on.connection.dialect == .documented)
  }

  @Test func whatWasFoundOutStays() async {
    let first = send()
    await turnOutDocumented()
    _ = await outcome(first)
    on.connection.lose()
    on.connection.open()
    #expect(await outcome(send()) == "()")
    #expect(on.connection.sentMessages.count == 4)
  }

  @Test(arguments: [DeviceSelector(), DeviceSelector(userID: "u")])
  func theReceiversAreNeverChanged(selector: DeviceSelector) async {
    let task = send(selector)
    await turnOutDocumented()
    #expect(await outcome(task) == "no form")
    #expect(actions() == 0)
  }

  @Test func aRefusedActionIsTriedInTheOtherForm() async {
    let task = send()
    await on.sent(1)
    on.answerTime()
    await on.sent(2)
    on.refuse("unacceptable_request", frame: 2)
    #expect(await outcome(task) == "()")
    #expect(actions() == 2)
    #expect(on.connection.dialect == .documented)
  }

  @Test func aRefusalThatHasNothingToDoWithTheDialectStands() async {
    let task = send()
    await on.sent(1)
    on.answerTime()
    await on.sent(2)
    on.refuse("unacceptable_request", frame: 2)
    await on.sent(3)
    on.refuse("unacceptable_request", frame: 3)
    #expect(await outcome(task) == "refused unacceptable_request")
    #expect(on.connection.dialect == .deployed)
    // What has no other form is refused as it was.
    let other = send(DeviceSelector())
    await on.sent(4)
    on.refuse("unacceptable_request", frame: 4)
    #expect(await outcome(other) == "refused unacceptable_request")
    #expect(on.connection.dialect == .deployed)
  }

  @Test func aForcedDialectIsKept() async {
    let on = ClientOnMemory()
    let task = send(over: on)
    await on.sent(1)
    on.refuse("unacceptable_request", frame: 1)
    #expect(await outcome(task) == "refused unacceptable_request")
    #expect(on.connection.sentMessages.count == 1)
  }

  @Test func aServerThatTellsNoTimeGetsTheDeployedForm() async {
    let on = ClientOnMemory(silence: 20, mayChangeDialect: true)
    #expect(await outcome(send(over: on)) == "()")
    #expect(on.connection.dialect == .deployed)
    #expect(actions(on) == 1)
  }

  @Test func anHTTPRequestGoesWithoutItsId() async {
    let client = on.client
    let request = HTTPRequestMessage.Request(
      path: "/p", method: "POST", query: RawJSON([:]), pathParams: RawJSON([:]),
      headers: RawJSON([:]), body: nil)
    let task = Task { try await client.httpResponse(to: request).statusCode?.int }
    await turnOutDocumented()
    await on.sent(3)
    #expect(
      on.connection.sentMessages.last
        == .httpRequest(HTTPRequestMessage(id: nil, request: request)))
    on.connection.receive(#"[1,-1,{"type":"http/response","response":{"statusCode":204}}]"#)
    #expect(await outcome(task) == "Optional(204)")
  }

  @Test func aRefusedHTTPRequestIsTriedInTheOtherForm() async {
    let client = on.client
    let request = HTTPRequestMessage.Request(
      path: "/p", method: "POST", query: RawJSON([:]), pathParams: RawJSON([:]),
      headers: RawJSON([:]), body: nil)
    let task = Task { try await client.httpResponse(to: request).statusCode?.int }
    await on.sent(1)
    on.answerTime()
    await on.sent(2)
    on.refuse("unacceptable_request", frame: 2)
    await on.sent(3)
    on.refuse("unacceptable_request", frame: 3)
    #expect(await outcome(task) == "refused unacceptable_request")
    #expect(on.connection.dialect == .deployed)
  }
}

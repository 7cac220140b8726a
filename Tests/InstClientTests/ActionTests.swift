import InstClient
import InstProtocol
import JSONText
import Testing
import Transport

/// Actions (PROTOCOL section 5, Action), and that a refusal without id or branch reaches the one request
/// that it can belong to (section 3).
@EventLoop
@Suite struct ActionTests {
  private let on = ClientOnMemory()
  private let action = RemoteAction(.event(RawJSON(string: "e")), to: .everyone)

  private func send(_ action: RemoteAction? = nil) -> Task<Void, any Error> {
    Task { try await on.client.sendAction(on.address, action ?? self.action) }
  }

  @Test func anActionThatNobodyObjectsToIsDone() async {
    let task = send()
    #expect(await outcome(task) == "()")
    #expect(on.connection.sentMessages == [.sendAction(SendAction(on.address, action: action))])
  }

  @Test func anActionIsNeverSentWithoutALogin() async {
    on.connection.lose()
    let task = send()
    await on.until { on.client.connectionState.phase == .reconnecting }
    #expect(on.connection.sentMessages.isEmpty)
    on.connection.open()
    #expect(await outcome(task) == "()")
    #expect(on.connection.sentMessages.count == 1)
  }

  @Test(arguments: [
    "", #","recordName":null,"inst":"i","branch":"default""#,
  ])
  func aRefusalWithoutAnIdIsTheActions(members: String) async {
    on.connection.roundTripMilliseconds = 60_000
    let task = send()
    await on.sent(1)
    on.refuse("not_authorized", members: members)
    #expect(await outcome(task) == "refused not_authorized")
  }

  @Test func aRefusalOfAnotherBranchIsNotTheActions() async {
    let task = send()
    await on.sent(1)
    on.refuse("not_authorized", members: #","recordName":null,"inst":"j","branch":"default""#)
    #expect(await outcome(task) == "()")
  }

  @Test func settlingWaitsForARoundTripAndThenForARefusal() async {
    let client = on.client
    let address = on.address
    let task = Task { try await client.settleActions(address, milliseconds: 20) }
    await on.sent(1)
    on.answerTime()
    #expect(await outcome(task) == "()")

    let refused = Task { try await client.settleActions(address, milliseconds: 10_000) }
    await on.sent(2)
    on.answerTime()
    on.refuse("inst_not_found")
    #expect(await outcome(refused) == "refused inst_not_found")
  }

  @Test(arguments: [1, -1])
  func aRefusalThatComesLateIsToldWhenActionsAreSettled(frame: Int) async {
    let task = send()
    #expect(await outcome(task) == "()")
    on.refuse("unacceptable_request", frame: frame)
    let (client, address) = (on.client, on.address)
    let settling = Task { try await client.settleActions(address) }
    #expect(await outcome(settling) == "refused unacceptable_request")
    // Told once.
    let again = Task { try await client.settleActions(address, milliseconds: 1) }
    await on.sent(2)
    on.answerTime()
    #expect(await outcome(again) == "()")
  }

  @Test(arguments: [1, -1])
  func aRefusalEndsTheWaitForIt(frame: Int) async {
    let task = send()
    #expect(await outcome(task) == "()")
    let (client, address) = (on.client, on.address)
    let settling = Task { try await client.settleActions(address, milliseconds: 60_000) }
    await on.sent(2)
    on.refuse("not_authorized", frame: frame)
    #expect(await outcome(settling) == "refused not_authorized")
  }

  @Test func anActionThatWasDroppedGoesAgain() async {
    on.connection.roundTripMilliseconds = 60_000
    let task = send()
    await on.sent(1)
    on.limitRate()
    await on.sent(2)
    on.refuse("not_authorized")
    #expect(await outcome(task) == "refused not_authorized")
    #expect(on.connection.sentMessages.count == 2)
  }

  @Test func anActionIsNotSentTwiceWhenTheFirstMayHaveArrived() async {
    on.connection.roundTripMilliseconds = 60_000
    let task = send()
    await on.sent(1)
    on.connection.lose()
    #expect(await outcome(task) == "interrupted")
    on.connection.open()
    #expect(on.connection.sentMessages.count == 1)
  }

  @Test func oneAtATimeSoThatARefusalIsTheFirstOnes() async {
    on.connection.roundTripMilliseconds = 60_000
    let client = on.client
    let first = send()
    await on.sent(1)
    let second = Task { try await client.getConnectionCount(on.address) }
    await on.until { true }
    #expect(on.connection.sentMessages.count == 1)
    on.refuse("not_authorized")
    #expect(await outcome(first) == "refused not_authorized")
    await on.sent(2)
    on.connection.receive(#"[1,-1,{"type":"repo/connection_count",\#(on.place),"count":3}]"#)
    #expect(await outcome(second) == "3")
  }

  @Test func aWriteToTheBranchWaitsForTheActionsTurn() async {
    on.connection.roundTripMilliseconds = 60_000
    let client = on.client
    let address = on.address
    let first = send()
    await on.sent(1)
    let add = Task { try await client.addUpdates(address, ["YQ=="])?.updateID }
    await on.until { client.unacknowledgedCount == 1 }
    #expect(on.connection.sentMessages.count == 1)
    on.refuse("not_authorized")
    #expect(await outcome(first) == "refused not_authorized")
    await on.sent(2)
    on.connection.receive(#"[1,-1,{"type":"repo/updates_received",\#(on.place),"updateId":1}]"#)
    #expect(await outcome(add) == "Optional(1)")
  }

  @Test func aWriteThatWasSentIsAnsweredBeforeAnActionGoes() async {
    let client = on.client
    let address = on.address
    let add = Task { try await client.addUpdates(address, ["YQ=="])?.updateID }
    await on.sent(1)
    let task = send()
    await on.until { true }
    on.refuse("not_authorized", members: ",\(on.place)")
    #expect(await outcome(add) == "refused not_authorized")
    #expect(await outcome(task) == "()")
  }

  @Test func aCancelledActionLeavesTheTurnToTheNext() async {
    on.connection.roundTripMilliseconds = 60_000
    let first = send()
    await on.sent(1)
    let second = send()
    first.cancel()
    #expect(await outcome(first) == "cancelled")
    await on.sent(2)
    second.cancel()
    _ = await outcome(second)
  }

  @Test func disconnectingFailsWhatIsUnderWay() async {
    on.connection.roundTripMilliseconds = 60_000
    let first = send()
    await on.sent(1)
    on.client.disconnect()
    #expect(await outcome(first) == "cancelled")
    #expect(await outcome(send()) == "cancelled")
  }
}

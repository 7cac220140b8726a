import InstClient
import InstProtocol
import JSONText
import Testing
import Transport

/// What a client tells of itself as a whole, and how it ends (PROTOCOL section 7, InstRecordsClient).
@EventLoop
@Suite struct ClientStreamTests {
  private let on = ClientOnMemory()

  @Test func aLimitOfRatesIsTold() async {
    let stream = on.client.watchRateLimitExceeded()
    on.connection.receive(#"[1,-1,{"type":"rate_limit_exceeded","retryAfter":2.5,"totalHits":4}]"#)
    // Without a number of hits it is in milliseconds.
    on.connection.receive(#"[1,-1,{"type":"rate_limit_exceeded","retryAfter":2500}]"#)
    var limits = stream.elements.makeAsyncIterator()
    #expect(await limits.next() == 2500)
    #expect(await limits.next() == 2500)
    _ = stream
  }

  @Test func unknownMessagesAndErrorsReachTheUser() async {
    let news = on.client.event("news")
    let all = on.client.event()
    let errors = on.client.onError()
    on.connection.receive(#"[1,-1,{"type":"other","n":1}]"#)
    on.connection.receive(#"[1,-1,{"type":"news","n":2}]"#)
    on.refuse("server_error")
    var ofType = news.elements.makeAsyncIterator()
    #expect(await ofType.next()?.description == #"{"type":"news","n":2}"#)
    var ofAll = all.elements.makeAsyncIterator()
    #expect(await ofAll.next()?.description == #"{"type":"other","n":1}"#)
    var told = errors.elements.makeAsyncIterator()
    #expect(await told.next()?.errorCode == .serverError)
    _ = (news, all, errors)
  }

  @Test func forcedOfflineKeepsWhatIsWatchedAndUnacknowledged() async {
    let events = on.client.watchBranchUpdates(on.address)
    on.connection.receive(
      #"[1,-1,{"type":"repo/watch_branch_result",\#(on.place),"success":true}]"#)
    let (client, address) = (on.client, on.address)
    let add = Task { try await client.addUpdates(address, ["YQ=="])?.tries }
    await on.sent(2)
    client.forcedOffline = true
    #expect(client.connectionState.phase == .disconnected)
    #expect(client.unacknowledgedCount == 1)
    client.forcedOffline = false
    on.connection.open()
    #expect(on.connection.sentMessages.last == .watchBranch(WatchBranch(address)))
    on.connection.receive(
      #"[1,-1,{"type":"repo/watch_branch_result",\#(on.place),"success":true}]"#)
    await on.sent(4)
    on.connection.receive(#"[1,-1,{"type":"repo/updates_received",\#(on.place),"updateId":1}]"#)
    #expect(await outcome(add) == "Optional(2)")
    _ = events
  }

  @Test(arguments: [true, false])
  func atTheEndItUnwatchesOnlyWhileConnected(isConnected: Bool) async {
    let events = on.client.watchBranchUpdates(on.address)
    if !isConnected { on.connection.lose() }
    on.client.disconnect()
    let unwatch = ClientMessage.unwatchBranch(BranchRequest(on.address))
    #expect(on.connection.sentMessages.contains(unwatch) == isConnected)
    _ = events
  }
}

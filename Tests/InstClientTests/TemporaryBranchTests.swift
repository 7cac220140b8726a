import InstClient
import InstProtocol
import Testing
import Transport

/// Updates of temporary branches, and what tells of unacknowledged ones (PROTOCOL section 7).
@EventLoop
@Suite struct TemporaryBranchTests {
  private let on = ClientOnMemory()

  private func add(_ update: String) -> Task<Int?, any Error> {
    let (client, address) = (on.client, on.address)
    return Task { try await client.addUpdates(address, [update])?.updateID }
  }

  private func accept() {
    on.connection.receive(
      #"[1,-1,{"type":"repo/watch_branch_result",\#(on.place),"success":true}]"#)
  }

  private func acknowledge(_ id: Int) {
    on.connection.receive(
      #"[1,-1,{"type":"repo/updates_received",\#(on.place),"updateId":\#(id)}]"#)
  }

  private var added: [[String]] {
    on.connection.sentMessages.compactMap { message in
      if case .addUpdates(let add) = message { add.updates } else { nil }
    }
  }

  @Test func acknowledgedUpdatesGoAgainWithEachConnection() async {
    let events = on.client.watchBranchUpdates(on.address, temporary: true)
    accept()
    let first = add("YQ==")
    await on.sent(2)
    let second = add("Yg==")
    await on.sent(3)
    acknowledge(1)
    acknowledge(2)
    #expect(await outcome(first) == "Optional(1)")
    #expect(await outcome(second) == "Optional(2)")
    for _ in 0..<2 {
      on.connection.lose()
      on.connection.open()
      // Once the server has agreed to the watch, not before.
      #expect(added.count.isMultiple(of: 2))
      accept()
    }
    #expect(added == [["YQ=="], ["Yg=="], ["YQ=="], ["Yg=="], ["YQ=="], ["Yg=="]])
    #expect(on.client.unacknowledgedCount == 0)
    _ = events
  }

  @Test func theEndOfTheWatchForgetsThem() async {
    let events = on.client.watchBranchUpdates(on.address, temporary: true)
    accept()
    let first = add("YQ==")
    await on.sent(2)
    acknowledge(1)
    _ = await outcome(first)
    on.client.unwatchBranchUpdates(on.address)
    on.connection.lose()
    on.connection.open()
    #expect(added.count == 1)
    _ = events
  }

  @Test func otherBranchesForgetWhatIsAcknowledged() async {
    let events = on.client.watchBranchUpdates(on.address)
    accept()
    let first = add("YQ==")
    await on.sent(2)
    acknowledge(1)
    _ = await outcome(first)
    on.connection.lose()
    on.connection.open()
    accept()
    #expect(added.count == 1)
    _ = events
  }

  @Test func toCrossBetweenNoneAndSomeIsAnEvent() async {
    let stream = on.client.watchUpdatesSync()
    var states = stream.elements.makeAsyncIterator()
    let first = add("YQ==")
    let second = add("Yg==")
    await on.sent(2)
    acknowledge(1)
    acknowledge(2)
    _ = await (outcome(first), outcome(second))
    let third = add("Yw==")
    await on.sent(3)
    on.refuse("not_authorized", frame: 3)
    _ = await outcome(third)
    var log: [UpdatesSync] = []
    while log.count < 4, let state = await states.next() { log.append(state) }
    #expect(log == [.syncing, .synced, .syncing, .synced])
    _ = stream
  }

  @Test func aFullBranchIsTheWritersErrorAndTheWatchers() async {
    let stream = on.client.watchBranchUpdates(on.address)
    accept()
    let first = add("YQ==")
    await on.sent(2)
    on.connection.receive(
      #"[1,-1,{"type":"repo/updates_received",\#(on.place),"updateId":1,"errorCode":"max_size_reached","maxBranchSizeInBytes":1,"neededBranchSizeInBytes":2}]"#
    )
    #expect(
      await outcome(first) == "\(ClientError.maxSizeReached(maximum: 1, needed: 2))")
    var events = stream.elements.makeAsyncIterator()
    guard case .error(.maxSizeReached(1, 2))? = await events.next() else {
      Issue.record("the watcher was not told")
      return
    }
  }

  @Test func aCancelledWriteIsForgotten() async {
    let first = add("YQ==")
    await on.sent(1)
    first.cancel()
    #expect(await outcome(first) == "cancelled")
    #expect(on.client.unacknowledgedCount == 0)
  }
}

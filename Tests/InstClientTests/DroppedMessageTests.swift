import InstClient
import InstProtocol
import JSONText
import Testing
import Transport
import WebSocket

/// What servers drop without a word goes again, and after a limit of rates not all at once (PROTOCOL section
/// 5, Rate limit).
@EventLoop
@Suite struct DroppedMessageTests {
  private func count(
    _ on: ClientOnMemory, _ isMeant: (ClientMessage) -> Bool
  ) -> Int {
    on.connection.sentMessages.filter(isMeant).count
  }

  @Test func aWatchWithoutAnAnswerIsMadeAgainBehindAnUnwatch() async {
    let on = ClientOnMemory(resendAfter: 50)
    let events = on.client.watchBranchUpdates(on.address)
    await on.sent(3)
    #expect(
      on.connection.sentMessages.prefix(3) == [
        .watchBranch(WatchBranch(on.address)), .unwatchBranch(BranchRequest(on.address)),
        .watchBranch(WatchBranch(on.address)),
      ])
    on.connection.receive(
      #"[1,-1,{"type":"repo/add_updates",\#(on.place),"updates":[],"initial":true}]"#)
    let sent = on.connection.sentMessages.count
    await wait(milliseconds: 300)
    #expect(on.connection.sentMessages.count == sent)
    _ = events
  }

  @Test func aReadAndACountWithoutAnAnswerAreMadeAgain() async {
    let on = ClientOnMemory(resendAfter: 50)
    let (client, address) = (on.client, on.address)
    let read = Task { try await client.getBranchUpdates(address).updates }
    await on.until { count(on) { if case .getUpdates = $0 { true } else { false } } == 2 }
    on.connection.receive(
      #"[1,-1,{"type":"repo/add_updates",\#(on.place),"updates":["YQ=="],"timestamps":[1]}]"#)
    #expect(await outcome(read) == #"["YQ=="]"#)
    let asked = Task { try await client.getConnectionCount(address) }
    await on.until { count(on) { if case .connectionCount = $0 { true } else { false } } == 2 }
    on.connection.receive(#"[1,-1,{"type":"repo/connection_count",\#(on.place),"count":3}]"#)
    #expect(await outcome(asked) == "3")
  }

  @Test func afterALimitUpdatesGoOneThenTwoThenFourAtATime() async {
    let on = ClientOnMemory()
    let (client, address) = (on.client, on.address)
    let adds = (0..<8).map { _ in
      Task { try await client.addUpdates(address, ["YQ=="])?.updateID }
    }
    await on.sent(8)
    on.limitRate()
    func acknowledge(_ ids: ClosedRange<Int>) {
      for id in ids {
        on.connection.receive(
          #"[1,-1,{"type":"repo/updates_received",\#(on.place),"updateId":\#(id)}]"#)
      }
    }
    await on.sent(9)
    #expect(on.connection.sentMessages.count == 9)
    acknowledge(1...1)
    #expect(on.connection.sentMessages.count == 11)
    acknowledge(2...3)
    #expect(on.connection.sentMessages.count > 12)
    acknowledge(4...8)
    for add in adds { _ = await outcome(add) }
    #expect(client.unacknowledgedCount == 0)
  }

  @Test func anActionHasNotLeftBeforeItsUploadIsDone() async {
    let on = ClientOnMemory()
    let (client, address) = (on.client, on.address)
    on.connection.uploads = [1, 2]
    let action = RemoteAction(.event(RawJSON(string: "large")), to: .everyone)
    let first = Task { try await client.sendAction(address, action) }
    await on.sent(1)
    // Far longer than a server's objection is waited for; and what is dropped now is not this.
    on.limitRate()
    await wait(milliseconds: 200)
    let second = Task { try await client.sendAction(address, action) }
    #expect(on.connection.sentMessages.count == 1)
    on.connection.uploads = [2]
    #expect(await outcome(first) == "()")
    await on.sent(2)
    let error = ClientError.storage(StorageError(.upload, url: nil, .status(403)))
    on.connection.delegate?.sendingFailed(frameID: 2, because: error)
    #expect(await outcome(second) == "\(error)")
  }

  private func wait(milliseconds: Int64) async {
    let done = Promise<Void>()
    Reactor.shared.schedule(at: .current().advanced(byMilliseconds: milliseconds)) {
      done.fulfil(())
    }
    await done.get()
  }
}

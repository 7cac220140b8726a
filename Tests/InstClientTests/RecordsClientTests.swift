import InstClient
import InstProtocol
import JSONText
import Testing
import Transport
import WebSocket

private let address = BranchAddress(recordName: nil, inst: "i", branch: "default")
private let place = #""recordName":null,"inst":"i","branch":"default""#

/// The rules of PROTOCOL sections 3, 5 and 7 for watching, reading and writing, without a network.
@EventLoop
@Suite struct RecordsClientTests {
  private let connection = MemoryConnectionClient()
  private let client: InstRecordsClient
  private let watcher = RecordingWatcher()

  init() {
    // No test here depends on the clock.
    var options = InstRecordsClient.Options()
    options.resendUpdatesAfterMilliseconds = nil
    client = InstRecordsClient(connection, options: options)
    client.connect()
  }

  private func initial(_ updates: String) -> String {
    #"[1,-1,{"type":"repo/add_updates",\#(place),"updates":[\#(updates)],"initial":true}]"#
  }

  private func live(_ updates: String) -> String {
    #"[1,-1,{"type":"repo/add_updates",\#(place),"updates":[\#(updates)]}]"#
  }

  @Test func updatesBeforeTheFirstBatchAreHandedOverWithItHeldOnesFirst() {
    client.watchBranchUpdates(address, watcher: watcher)
    connection.open()
    #expect(connection.sentMessages == [.watchBranch(WatchBranch(address))])
    connection.receive(live(#""bA==""#))
    connection.receive(live(#""bQ==","bg==""#))
    #expect(watcher.log.filter { $0.hasPrefix("updates") }.isEmpty)
    connection.receive(initial(#""YQ==""#))
    connection.receive(live(#""eg==""#))
    #expect(
      watcher.log == [
        "connected", "updates initial bA==,bQ==,bg==,YQ==", "sync", "updates eg==",
      ])
  }

  @Test func heldUpdatesAndAnEmptyFirstBatchMakeOneBatch() {
    client.watchBranchUpdates(address, watcher: watcher)
    connection.open()
    connection.receive(live(#""bA==""#))
    connection.receive(initial(""))
    #expect(watcher.log == ["connected", "updates initial bA==", "sync"])
  }

  @Test func syncedMeansTheBatchIsHereWhateverTheResultDid() {
    client.watchBranchUpdates(address, watcher: watcher)
    connection.open()
    connection.receive(
      #"[1,-1,{"type":"repo/watch_branch_result",\#(place),"success":true}]"#)
    #expect(watcher.log == ["connected"])
    connection.receive(initial(""))
    #expect(watcher.log == ["connected", "updates initial ", "sync"])
  }

  @Test func afterAReconnectTheStateComesAgainAsAReplay() {
    client.watchBranchUpdates(address, watcher: watcher)
    connection.open()
    connection.receive(initial(#""YQ==""#))
    connection.lose()
    connection.open()
    #expect(connection.sentMessages.count == 2)
    // Nothing that was held for the lost connection turns up on the new one.
    connection.receive(live(#""bA==""#))
    connection.lose()
    connection.open()
    connection.receive(initial(#""YQ==""#))
    #expect(
      watcher.log == [
        "connected", "updates initial YQ==", "sync", "reconnecting", "connected", "reconnecting",
        "connected", "updates initial replay YQ==", "sync",
      ])
  }

  @Test func updatesOfOtherBranchesAndAnswersToOthersGoElsewhere() {
    let observer = RecordingObserver()
    client.observer = observer
    client.watchBranchUpdates(address, watcher: watcher)
    connection.open()
    connection.receive(initial(""))
    connection.receive(
      #"[1,-1,{"type":"repo/add_updates","recordName":"r","inst":"i","branch":"default","updates":[]}]"#
    )
    connection.receive(#"[1,-1,{"type":"something/new","x":1}]"#)
    connection.receive("no json")
    #expect(watcher.log.count == 3)
    #expect(
      observer.log == ["unclaimed repo/add_updates", "unclaimed something/new", "unreadable"])
  }

  @Test func aRefusedWatchIsFinal() {
    client.watchBranchUpdates(address, watcher: watcher)
    connection.open()
    connection.receive(
      #"[1,-1,{"type":"repo/watch_branch_result",\#(place),"success":false,"errorCode":"not_authorized","errorMessage":"no","reason":{"type":"invalid_token"}}]"#
    )
    #expect(watcher.log == ["connected", "denied not_authorized final"])
    connection.lose()
    connection.open()
    #expect(connection.sentMessages.count == 1)
  }

  @Test func aReadIsToldFromLiveUpdatesByItsTimestamps() async throws {
    client.watchBranchUpdates(address, watcher: watcher)
    connection.open()
    connection.receive(initial(""))
    let snapshot = Task { try await client.getBranchUpdates(address) }
    await sent(2)
    #expect(connection.sentMessages.last == .getUpdates(BranchRequest(address)))
    connection.receive(live(#""bA==""#))
    connection.receive(
      #"[1,-1,{"type":"repo/add_updates",\#(place),"updates":["YQ=="],"timestamps":[5]}]"#)
    #expect(try await snapshot.value.updates == ["YQ=="])
    #expect(try await snapshot.value.timestamps == [5])
    #expect(watcher.log.last == "updates bA==")
  }

  @Test func acknowledgementsFindTheirUpdatesInAnyOrder() async throws {
    connection.open()
    let first = Task { try await client.addUpdates(address, ["YQ=="]) }
    await sent(1)
    let second = Task { try await client.addUpdates(address, ["Yg=="]) }
    await sent(2)
    connection.receive(#"[1,-1,{"type":"repo/updates_received",\#(place),"updateId":2}]"#)
    // An acknowledgement that nobody waits for changes nothing.
    connection.receive(#"[1,-1,{"type":"repo/updates_received",\#(place),"updateId":2}]"#)
    connection.receive(#"[1,-1,{"type":"repo/updates_received",\#(place),"updateId":9}]"#)
    #expect(try await second.value?.updateID == 2)
    #expect(client.unacknowledgedCount == 1)
    connection.receive(#"[1,-1,{"type":"repo/updates_received",\#(place),"updateId":1}]"#)
    #expect(try await first.value?.updateID == 1)
    #expect(client.unacknowledgedCount == 0)
  }

  @Test func anEmptyListSendsNothing() async throws {
    connection.open()
    #expect(try await client.addUpdates(address, []) == nil)
    #expect(connection.sentMessages.isEmpty)
  }

  @Test func whatIsUnacknowledgedGoesAgainAfterAReconnect() async throws {
    connection.open()
    let acknowledgement = Task { try await client.addUpdates(address, ["YQ=="]) }
    await sent(1)
    connection.lose()
    connection.open()
    #expect(connection.sentMessages.count == 2)
    #expect(connection.sentMessages[0] == connection.sentMessages[1])
    connection.receive(#"[1,-1,{"type":"repo/updates_received",\#(place),"updateId":1}]"#)
    #expect(try await acknowledgement.value?.tries == 2)
  }

  @Test func aWatchedBranchTakesUpdatesOnlyWhenTheWatchIsAgreedTo() async throws {
    client.watchBranchUpdates(address, watcher: watcher)
    connection.open()
    let acknowledgement = Task { try await client.addUpdates(address, ["YQ=="]) }
    await unacknowledged(1)
    #expect(connection.sentMessages.count == 1)
    connection.receive(
      #"[1,-1,{"type":"repo/watch_branch_result",\#(place),"success":true}]"#)
    #expect(connection.sentMessages.count == 2)
    connection.receive(#"[1,-1,{"type":"repo/updates_received",\#(place),"updateId":1}]"#)
    #expect(try await acknowledgement.value?.tries == 1)
  }

  @Test func refusalsFindWhatTheyRefuse() async {
    connection.open()
    let full = Task { try await client.addUpdates(address, ["YQ=="]) }
    await sent(1)
    connection.receive(
      #"[1,-1,{"type":"repo/updates_received",\#(place),"updateId":1,"errorCode":"max_size_reached","maxBranchSizeInBytes":10,"neededBranchSizeInBytes":12}]"#
    )
    await #expect(throws: ClientError.maxSizeReached(maximum: 10, needed: 12)) {
      try await full.value
    }

    // By the envelope's id.
    let invalid = Task { try await client.addUpdates(address, ["YQ=="]) }
    await sent(2)
    connection.receive(
      #"[5,2,{"success":false,"errorCode":"unacceptable_request","errorMessage":"bad"}]"#)
    await #expect(throws: ClientError.self) { try await invalid.value }

    // By the branch, without any id.
    let denied = Task { try await client.getBranchUpdates(address) }
    await sent(3)
    connection.receive(
      #"[5,-1,{"success":false,"errorCode":"not_authorized","errorMessage":"no",\#(place)}]"#)
    await #expect(throws: ClientError.self) { try await denied.value }
  }

  @Test func afterALimitOfRatesNothingIsSent() async throws {
    connection.open()
    let first = Task { try await client.addUpdates(address, ["YQ=="]) }
    await sent(1)
    connection.receive(#"[1,-1,{"type":"rate_limit_exceeded","retryAfter":3600,"totalHits":4}]"#)
    let second = Task { try await client.addUpdates(address, ["Yg=="]) }
    await unacknowledged(2)
    client.watchBranchUpdates(address, watcher: watcher)
    #expect(connection.sentMessages.count == 1)
    client.disconnect()
    await #expect(throws: ClientError.cancelled) { try await first.value }
    await #expect(throws: ClientError.cancelled) { try await second.value }
  }

  @Test func whenTheTimeIsOverEverythingUnansweredGoesAgain() async throws {
    connection.open()
    let first = Task { try await client.addUpdates(address, ["YQ=="]) }
    await sent(1)
    let second = Task { try await client.addUpdates(address, ["Yg=="]) }
    await sent(2)
    connection.receive(#"[1,-1,{"type":"repo/updates_received",\#(place),"updateId":2}]"#)
    connection.receive(#"[1,-1,{"type":"rate_limit_exceeded","retryAfter":0,"totalHits":4}]"#)
    await sent(3)
    #expect(connection.sentMessages[2] == connection.sentMessages[0])
    connection.receive(#"[1,-1,{"type":"repo/updates_received",\#(place),"updateId":1}]"#)
    #expect(try await first.value?.tries == 2)
    #expect(try await second.value?.tries == 1)
  }

  @Test func aFailureFailsEverythingUnderWay() async {
    connection.open()
    let add = Task { try await client.addUpdates(address, ["YQ=="]) }
    // Of another branch: requests of two kinds about one branch go one after the other.
    let other = BranchAddress(recordName: nil, inst: "i", branch: "other")
    let get = Task { try await client.getBranchUpdates(other) }
    await sent(2)
    connection.dropConnection(because: .cancelled)
    await #expect(throws: ClientError.cancelled) { try await add.value }
    await #expect(throws: ClientError.cancelled) { try await get.value }
  }

  @Test func aWatchOnAClientAtItsEndEndsAtOnce() async {
    connection.open()
    connection.dropConnection(because: .cancelled)
    var events = client.watchBranchUpdates(address).makeAsyncIterator()
    #expect(await events.next() == nil)
  }

  @Test func theSequenceGivesBatchesAndEnds() async {
    let events = client.watchBranchUpdates(address)
    connection.open()
    connection.receive(initial(#""YQ==""#))
    var log: [String] = []
    var iterator = events.makeAsyncIterator()
    while log.count < 3, let batch = await iterator.next() {
      log += batch.map { event in
        switch event {
        case .connection(let state): state.phase.rawValue
        case .updates(let updates, let isInitial): "\(updates) \(isInitial)"
        case .sync: "sync"
        case .event, .error: "?"
        }
      }
    }
    #expect(log == ["connected", #"["YQ=="] true"#, "sync"])
    client.disconnect()
    #expect(await iterator.next() == nil)
    #expect(connection.sentMessages.last == .unwatchBranch(BranchRequest(address)))
  }

  // MARK: Waiting for other tasks, which run when this one gives way

  private func sent(_ count: Int) async { await until { connection.sentMessages.count >= count } }

  private func unacknowledged(_ count: Int) async {
    await until { client.unacknowledgedCount >= count }
  }

  private func until(_ isThere: () -> Bool) async {
    let end = MonotonicTime.current().advanced(byMilliseconds: 10_000)
    while !isThere() {
      if MonotonicTime.current() > end {
        Issue.record("what was waited for did not happen")
        return
      }
      await Task.yield()
    }
  }
}

@EventLoop
private final class RecordingWatcher: BranchWatcher {
  var log: [String] = []

  func connectionChanged(to state: ConnectionState) { log.append(state.phase.rawValue) }
  func received(_ updates: BranchUpdates) {
    let flags = (updates.isInitial ? "initial " : "") + (updates.isReplay ? "replay " : "")
    let strings = updates.strings()
    #expect(strings.count == updates.count)
    log.append("updates \(flags)\(strings.joined(separator: ","))")
  }
  func synced() { log.append("sync") }
  func received(action frame: ReceivedFrame) { log.append("action") }
  func received(_ error: BranchError, isFinal: Bool) {
    switch error {
    case .error(let info): log.append("error \(info.errorCode)")
    case .permissionDenied(let info): log.append("denied \(info.errorCode)")
    case .maxSizeReached: log.append("full")
    }
    if isFinal { log[log.count - 1] += " final" }
  }
  func receivedAll() {}
  func ended() {}
}

@EventLoop
private final class RecordingObserver: InstRecordsObserver {
  var log: [String] = []

  func clientConnectionChanged(to state: ConnectionState) {}
  func rateLimited(retryAfterMilliseconds: Int64) { log.append("limited") }
  func received(_ error: ErrorInfo) { log.append("error \(error.errorCode)") }
  func received(unclaimed frame: ReceivedFrame) { log.append("unclaimed \(frame.typeText)") }
  func receivedUnreadable(_ reason: String) { log.append("unreadable") }
  func updatesSyncChanged(to state: UpdatesSync) {}
  func resending(updateID: Int, tries: Int) {}
  func failed(_ error: ClientError) { log.append("failed") }
}

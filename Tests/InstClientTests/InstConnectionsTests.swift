import InstClient
import InstProtocol
import JSONText
import Testing
import Transport
import WebSocket

/// Several insts over as few connections as a token allows (PROTOCOL section 6).
@EventLoop
@Suite struct InstConnectionsTests {
  private let made = Made()
  private let observer = RecordingObserver()

  private func connections(isPerInst: Bool) -> InstConnections {
    let made = self.made
    let connections = InstConnections(isPerInst: isPerInst) { inst in
      let connection = MemoryConnectionClient()
      made.all.append((inst, connection))
      return InstRecordsClient(connection)
    }
    connections.observer = observer
    return connections
  }

  private func branch(_ record: String?, _ inst: String) -> BranchAddress {
    BranchAddress(recordName: record, inst: inst, branch: "default")
  }

  @Test func withAKeyEachInstOfARecordHasAConnectionAndPublicOnesShareOne() {
    let connections = connections(isPerInst: true)
    for address in [
      branch("rec", "a"), branch("rec", "b"), branch("other", "a"), branch(nil, "a"),
      branch(nil, "b"),
    ] {
      connections.watchBranchUpdates(address, watcher: SilentWatcher())
    }
    #expect(
      made.all.map(\.inst) == [
        InstAddress(recordName: "rec", inst: "a"), InstAddress(recordName: "rec", inst: "b"),
        InstAddress(recordName: "other", inst: "a"), InstAddress(recordName: nil, inst: "a"),
      ])
    // Another branch of an inst is the same inst.
    connections.watchBranchUpdates(
      BranchAddress(recordName: "rec", inst: "a", branch: "other"), watcher: SilentWatcher())
    #expect(made.all.count == 4)
  }

  @Test func otherwiseEverythingSharesOne() async {
    let connections = connections(isPerInst: false)
    connections.watchBranchUpdates(branch("rec", "a"), watcher: SilentWatcher())
    connections.watchBranchUpdates(branch(nil, "b"), watcher: SilentWatcher())
    #expect(connections.client(for: nil) === connections.client(for: branch(nil, "c").instAddress))
    #expect(made.all.count == 1)
    connections.connect()
    made.all[0].connection.open()
    #expect(made.all[0].connection.sentMessages.count == 2)
  }

  @Test func whatIsAskedForLaterIsConnectedAtOnceAndAfterTheEndNotAtAll() async {
    let connections = connections(isPerInst: true)
    connections.connect()
    connections.watchBranchUpdates(branch("rec", "a"), watcher: SilentWatcher())
    #expect(made.all[0].connection.connectionState.phase == .connecting)
    connections.disconnect()
    #expect(made.all[0].connection.connectionState.phase == .disconnected)
    await #expect(throws: ClientError.cancelled) {
      try await connections.addUpdates(branch("rec", "b"), ["AA=="])
    }
    await connections.finished()
  }

  @Test func itIsConnectedWhenAllAre() {
    let connections = connections(isPerInst: true)
    connections.watchBranchUpdates(branch("rec", "a"), watcher: SilentWatcher())
    connections.watchBranchUpdates(branch("rec", "b"), watcher: SilentWatcher())
    connections.connect()
    made.all[0].connection.open()
    #expect(connections.connectionState.phase == .connecting)
    made.all[1].connection.open()
    #expect(connections.connectionState.isConnected)
    made.all[0].connection.lose()
    #expect(connections.connectionState.phase == .reconnecting)
    #expect(observer.log == ["connecting", "connected", "reconnecting"])
  }

  @Test func theEndIsThereWhenNoneIsLeft() {
    let connections = connections(isPerInst: true)
    connections.watchBranchUpdates(branch("rec", "a"), watcher: SilentWatcher())
    connections.watchBranchUpdates(branch(nil, "b"), watcher: SilentWatcher())
    connections.connect()
    let refusal = ClientError.loginRefused(
      ErrorInfo(errorCode: .invalidToken, errorMessage: "no"))
    made.all[0].connection.dropConnection(because: refusal)
    #expect(connections.failure(for: branch("rec", "a").instAddress) == refusal)
    #expect(connections.failure(for: branch(nil, "b").instAddress) == nil)
    made.all[1].connection.dropConnection(because: .cancelled)
    let events = observer.log.filter { $0.contains("failed") }
    #expect(
      events == [
        "rec/a failed: \(refusal)", "shared failed: cancelled", "failed: \(refusal)",
      ])
  }

  @Test func aPauseHoldsForConnectionsThatAreMadeLater() {
    let connections = connections(isPerInst: true)
    connections.pauseReading()
    connections.pauseReading()
    connections.watchBranchUpdates(branch("rec", "a"), watcher: SilentWatcher())
    #expect(made.all[0].connection.isPaused)
    connections.resumeReading()
    #expect(made.all[0].connection.isPaused)
    connections.resumeReading()
    #expect(!made.all[0].connection.isPaused)
  }

  @Test func syncIsThatOfAllTogether() async {
    let connections = connections(isPerInst: true)
    connections.connect()
    let first = Task { try await connections.addUpdates(branch("rec", "a"), ["AA=="]) }
    let second = Task { try await connections.addUpdates(branch("rec", "b"), ["AA=="]) }
    await ClientOnMemory().until { connections.unacknowledgedCount == 2 }
    #expect(observer.log.filter { $0.contains("sync") } == ["syncing"])
    first.cancel()
    _ = await first.result
    #expect(observer.log.filter { $0.contains("sync") } == ["syncing"])
    second.cancel()
    _ = await second.result
    #expect(observer.log.filter { $0.contains("sync") } == ["syncing", "synced"])
    connections.disconnect()
  }
}

@EventLoop
private final class Made {
  var all: [(inst: InstAddress?, connection: MemoryConnectionClient)] = []
}

@EventLoop
private final class SilentWatcher: BranchWatcher {
  func connectionChanged(to state: ConnectionState) {}
  func received(_ updates: BranchUpdates) {}
  func synced() {}
  func received(action frame: ReceivedFrame) {}
  func received(_ error: BranchError, isFinal: Bool) {}
  func receivedAll() {}
  func ended() {}
}

@EventLoop
private final class RecordingObserver: InstConnectionsObserver {
  var log: [String] = []

  func clientConnectionChanged(to state: ConnectionState) { log.append(state.phase.rawValue) }
  func rateLimited(retryAfterMilliseconds: Int64) {}
  func received(_ error: ErrorInfo) {}
  func received(unclaimed frame: ReceivedFrame) {}
  func receivedUnreadable(_ reason: String) {}
  func resending(updateID: Int, tries: Int) {}
  func updatesSyncChanged(to state: UpdatesSync) { log.append(state.rawValue) }
  func connectionFailed(of inst: InstAddress?, _ error: ClientError) {
    log.append("\(inst.map(\.description) ?? "shared") failed: \(error)")
  }
  func failed(_ error: ClientError) { log.append("failed: \(error)") }
}

import InstClient
import InstProtocol
import JSONText
import LineDisplay
import Transport

/// Messages on their way, as many as may be at a time.
@EventLoop
final class AddRun {
  private let run: CommandRun
  private let client: InstRecordsClient
  private let address: BranchAddress
  private let limit: Int
  private let batch: Int
  /// Tells what is sent, if somebody wants to know.
  private let decoded: DecodedLines?
  private let ackHead: LineHead

  private var joined: [String] = []
  private var joinedCount = 0
  private var underWay = 0
  /// How many messages the server has answered.
  private(set) var answeredCount = 0
  private var sending = TransferProgress.Sending()
  private var failure: Failure?
  private var moved = Promise<Void>()

  init(
    _ run: CommandRun, _ client: InstRecordsClient, _ address: BranchAddress, limit: Int,
    batch: Int, decoded: DecodedLines?
  ) {
    self.run = run
    self.client = client
    self.address = address
    self.limit = limit
    self.batch = batch
    self.decoded = decoded
    ackHead = LineHead("\"type\":\"ack\"", address)
    // Acknowledgements that nobody reads must not pile up.
    run.output.onStall = { [weak self] _ in self?.wake() }
  }

  /// Waits until there is a connection to send on: nothing is read before.
  func connected() async {
    while !client.connectionState.isConnected, !Task.isCancelled {
      await client.nextConnectionChange()
    }
  }

  /// Sends all of the input; what is joined to a message of it is not sent before ``drain()``.
  func send(_ input: AddInput) async throws(Failure) {
    while true {
      try await waitForRoom()
      let next: [String]?
      do throws(Failure) { next = try await input.next() } catch {
        // What came before it is not lost.
        try await drain()
        throw error
      }
      guard let updates = next else { return }
      decoded?.tell(updates)
      joined += updates
      joinedCount += 1
      if joinedCount == batch { try await sendJoined() }
    }
  }

  private func sendJoined() async throws(Failure) {
    try await waitForRoom()
    let updates = joined
    joined = []
    joinedCount = 0
    guard !updates.isEmpty else { return }
    underWay += 1
    let bytes = updates.reduce(0) { $0 + $1.utf8.count }
    sending.updates += updates.count
    sending.bytes += bytes
    EventLoop.start { await self.add(updates, bytes) }
  }

  private func add(_ updates: [String], _ bytes: Int) async {
    do throws(ClientError) {
      if let acknowledgement = try await client.addUpdates(address, updates) {
        sending.acknowledgedUpdates += updates.count
        sending.acknowledgedBytes += bytes
        print(acknowledgement)
      }
    } catch {
      failure = failure ?? Failure(error)
    }
    underWay -= 1
    answeredCount += 1
    wake()
  }

  private func wake() {
    let moved = self.moved
    self.moved = Promise()
    moved.fulfil(())
  }

  private func print(_ acknowledgement: Acknowledgement) {
    run.output.line(ackHead) { $0.members(of: acknowledgement) }
    let output = run.output
    Reactor.shared.atEndOfTurn { output.flush() }
  }

  /// Shows how much of the input the server has, until the command ends.
  func showProgress(of input: AddInput) {
    var progress = TransferProgress(startingAt: Progress.seconds)
    Progress.show(in: run) { [weak self] in
      guard let self, sending.updates > 0 else { return nil }
      sending.waitingBytes = client.pendingOutput
      sending.share = input.readShare.map { share in
        share * Double(sending.acknowledgedBytes) / Double(max(sending.bytes, 1))
      }
      return progress.text(sending, at: Progress.seconds)
    }
  }

  private func waitForRoom() async throws(Failure) {
    while failure == nil, underWay >= limit || run.output.isStalled { await moved.get() }
    if let failure {
      await finishUnderWay()
      throw failure
    }
  }

  /// Sends what was joined and waits for every acknowledgement.
  func drain() async throws(Failure) {
    try await sendJoined()
    await finishUnderWay()
    if let failure { throw failure }
  }

  private func finishUnderWay() async {
    while underWay > 0 { await moved.get() }
  }
}

import InstClient
import InstProtocol
import JSONText
import Transport
import WebSocket

/// One run of `devices`: its lines, and its ends.
@EventLoop
final class DevicesRun {
  private let run: CommandRun
  private let client: InstRecordsClient
  private let address: BranchAddress
  private let isOnce: Bool
  private let untilSynced: Bool
  private let settleMilliseconds: Int64
  private let readyFile: ReadyFile?
  private let lines: WatchLines
  private let connectedHead: LineHead
  private let disconnectedHead: LineHead
  private var timers: EndingTimers?
  private var wantedCount: Int?
  private var failure: Failure?

  /// Who looks after the progress of a single list.
  weak var request: RequestRun?
  private(set) var hasBegun = false
  /// Lines of devices that came or went.
  private var lineCount = 0
  /// Who is there, in the order in which they came.
  private var present: [Device] = []
  /// The first list of the present connection, until it is complete.
  private var listing: Listing?
  private var isListed = false

  /// A first list that is not complete yet.
  @EventLoop
  private final class Listing {
    /// How many devices the server counts; nil while that is unknown.
    var expected: Int?
    /// Whether the server has been asked, whatever it said.
    var isCounted = false
    var lastNews = Reactor.shared.now
  }

  init(
    _ run: CommandRun, _ client: InstRecordsClient, _ address: BranchAddress, isOnce: Bool,
    untilSynced: Bool, settleMilliseconds: Int64, readyFile: ReadyFile?
  ) {
    self.run = run
    self.client = client
    self.address = address
    self.isOnce = isOnce
    self.untilSynced = untilSynced
    self.settleMilliseconds = settleMilliseconds
    self.readyFile = readyFile
    lines = WatchLines(run, types: .all, address)
    connectedHead = LineHead("\"type\":\"device_connected\"", address)
    disconnectedHead = LineHead("\"type\":\"device_disconnected\"", address)
  }

  /// Prepares to follow the devices until the options end it.
  func prepare(until ending: EndingOptions) {
    client.observer = self
    let client = self.client
    run.close = {
      client.disconnect()
      await client.finished()
    }
    run.output.onStall = { stalled in
      if stalled { client.pauseReading() } else { client.resumeReading() }
    }
    wantedCount = ending.lineCount
    timers = EndingTimers(
      self, of: run, duration: ending.duration, idle: ending.idle, timeout: ending.timeout,
      until: ending.until?.expression)
  }

  /// Prints who is there, and who comes and goes.
  func follow() async throws(Failure) {
    let stream = client.watchBranchDevices(address)
    client.connect()
    for await events in stream {
      for event in events where !isOver { try happened(event) }
      run.output.flush()
      if isOver { return }
    }
    if let failure { throw failure }
    await run.untilEnding()
  }

  private var isOver: Bool { lineCount == wantedCount || (isOnce || untilSynced) && isListed }

  private func happened(_ event: DeviceEvent) throws(Failure) {
    switch event {
    case .connection(let state):
      hasBegun = hasBegun || state.isConnected
      if !isOnce { lines.connection(state, of: nil) }
      if state.isConnected { beginList() } else { listing = nil }
    case .connected(let device):
      present.append(device)
      noteNews()
      if !isOnce { print(device, connectedHead) }
      try completeList()
    case .disconnected(let device):
      present.removeAll { $0.info.connectionID == device.info.connectionID }
      noteNews()
      if !isOnce { print(device, disconnectedHead) }
    case .refused(let info):
      if !isOnce { lines.error(info) }
      throw Failure(.refused(info))
    }
  }

  private func noteNews() {
    listing?.lastNews = Reactor.shared.now
    timers?.noteArrival()
  }

  private func print(_ device: Device, _ head: LineHead) {
    guard run.output.ended == nil else { return }
    lineCount += 1
    run.output.line(head) { writer in
      writer.key("connection")
      writer.passThrough(device.connection)
    }
  }

  // MARK: The first list

  private func beginList() {
    let listing = Listing()
    self.listing = listing
    EventLoop.start { [self] in
      // A server that does not count says nothing about the end of the list.
      let count = try? await client.getConnectionCount(address)
      guard self.listing === listing else { return }
      listing.expected = count
      listing.isCounted = true
      listing.lastNews = Reactor.shared.now
      checkList()
    }
  }

  private func checkList() {
    do throws(Failure) { try completeList() } catch { run.fail(error) }
    guard let listing, !run.isEnding else { return }
    Reactor.shared.schedule(at: quietTime(of: listing)) { [weak self] in
      if let self, self.listing === listing { self.checkList() }
    }
  }

  /// When the list counts as complete if nothing more comes. Where the server counts more devices than it
  /// has told of, they are waited for a while longer.
  private func quietTime(of listing: Listing) -> MonotonicTime {
    let isMissingSome = listing.expected.map { present.count < $0 } ?? false
    return listing.lastNews.advanced(
      byMilliseconds: isMissingSome ? max(settleMilliseconds, 1000) : settleMilliseconds)
  }

  private func completeList() throws(Failure) {
    guard let listing, listing.isCounted else { return }
    let isWhole = listing.expected.map { present.count >= $0 } ?? false
    let isQuiet = Reactor.shared.now >= quietTime(of: listing)
    guard isWhole || isQuiet else { return }
    if !isWhole, let expected = listing.expected {
      run.diagnostics.warn(
        "the server counts \(expected) connections, and has told of \(present.count) devices")
    }
    self.listing = nil
    let isFirst = !isListed
    isListed = true
    if isOnce { for device in present { print(device, connectedHead) } } else { lines.sync() }
    run.output.flush()
    if isFirst {
      timers?.startIdle()
      try readyFile?.write(#"{"type":"ready"}"#)
    }
    if isOnce || untilSynced { done() }
  }
}

extension DevicesRun: LongRunning {
  var canReceive: Bool { client.connectionState.isConnected && !run.output.isStalled }
  var lastProgress: MonotonicTime { client.lastProgress }
  var unmetCount: String? {
    wantedCount.map { "only \(lineCount) of \($0) devices came or went before" }
  }
  var unmetByTimeout: String {
    isListed ? "nothing else ended the command" : "the list of devices was not complete"
  }
  func done() { run.end(.status(.done)) }
  func fail(_ failure: Failure) { run.fail(failure) }
}

extension DevicesRun: InstRecordsObserver {
  // The stream of devices tells it as well.
  func clientConnectionChanged(to state: ConnectionState) {}
  func rateLimited(retryAfterMilliseconds: Int64) {
    timers?.noteRateLimit()
    lines.rateLimit(milliseconds: retryAfterMilliseconds)
  }
  func received(_ error: ErrorInfo) { lines.error(error) }
  func received(unclaimed frame: ReceivedFrame) {
    request?.ignoreNews()
    if let message = frame.content { lines.message(message) }
  }
  func receivedUnreadable(_ reason: String) {
    run.diagnostics.warn("the server sent what cannot be understood: \(reason)")
  }
  func resending(updateID: Int, tries: Int) {}
  func updatesSyncChanged(to state: UpdatesSync) {}
  // The stream ends with it; what it has told by then is printed first.
  func failed(_ error: ClientError) { failure = Failure(error) }
}

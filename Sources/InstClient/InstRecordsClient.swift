public import InstProtocol
public import JSONText
public import Transport
public import WebSocket

/// What concerns the connection as a whole rather than one branch or request.
@EventLoop
public protocol InstRecordsObserver: AnyObject {
  /// The connection came or went.
  func clientConnectionChanged(to state: ConnectionState)
  /// The server dropped messages because there were too many; nothing is sent for so long.
  func rateLimited(retryAfterMilliseconds: Int64)
  /// The server reports an error that belongs to nothing that is under way.
  func received(_ error: ErrorInfo)
  /// A message of a type that is not known here, or that nobody waits for; valid during the call.
  func received(unclaimed frame: ReceivedFrame)
  /// A frame that cannot be understood.
  func receivedUnreadable(_ reason: String)
  /// An unacknowledged update is sent again.
  func resending(updateID: Int, tries: Int)
  /// The connection is given up; every request under way fails with the same error.
  func failed(_ error: ClientError)
}

/// The client of the branches of insts: watches, reads and writes them over one connection (PROTOCOL
/// section 7).
@EventLoop
public final class InstRecordsClient {
  /// How updates are sent again.
  public struct Options: Hashable, Sendable {
    /// Milliseconds after which an unacknowledged update goes again, doubled with each try up to
    /// eight times as much; nil for only after a reconnect.
    public var resendUpdatesAfterMilliseconds: Int64? = 5000
    /// How often that is looked at, in milliseconds.
    public var resendUpdatesIntervalMilliseconds: Int64 = 1000

    /// The defaults: after 5, 10, 20, 40, 40, … s, looked at each second.
    public init() {}
  }

  /// Told of what concerns the whole connection.
  public weak var observer: (any InstRecordsObserver)?

  private let connection: any ConnectionClient
  private let options: Options
  private var watches: [BranchWatch] = []
  private var pending: PendingUpdates
  private var reads: [PendingRead] = []
  private var resendTimer: Reactor.TimerID?
  private var stateChange = Promise<Void>()
  /// Nothing is sent before this time, because the server said so.
  private var silentUntil: MonotonicTime?

  /// Output beyond this waits until the server has taken some.
  private static let outputHighWater = 4 << 20

  /// A client on a connection that logs in (or needs no login).
  public init(_ connection: any ConnectionClient, options: Options = Options()) {
    self.connection = connection
    self.options = options
    pending = PendingUpdates(resendAfterMilliseconds: options.resendUpdatesAfterMilliseconds)
  }

  /// The connection's state.
  public var connectionState: ConnectionState { connection.connectionState }

  /// Waits until the connection's state has changed, or the task is cancelled.
  public func nextConnectionChange() async { await stateChange.value(onCancel: ()) }

  /// When the server last sent something of substance.
  public var lastProgress: MonotonicTime { connection.lastProgress }

  /// Connects, and stays connected, until ``disconnect()``.
  public func connect() {
    connection.delegate = self
    connection.connect()
  }

  /// Takes leave of the branches and ends the connection in order. Requests under way fail with
  /// ``ClientError/cancelled``.
  public func disconnect() {
    for watch in watches where connection.isConnected && watch.stage != .idle {
      _ = try? connection.send(.unwatchBranch(BranchRequest(watch.address)))
    }
    endWatches()
    failAll(.cancelled)
    connection.disconnect()
    connection.delegate = nil
  }

  /// Waits until nothing of an ended connection is left.
  public func finished() async { await connection.finished() }

  /// Lets the server wait: nothing is read until ``resumeReading()``.
  public func pauseReading() { connection.pauseReading() }

  /// Reads on.
  public func resumeReading() { connection.resumeReading() }

  // MARK: Watching

  /// Follows a branch until ``unwatchBranchUpdates(_:)`` or ``disconnect()``: the watcher gets its whole
  /// state first, then updates as they come, and the whole state again after each reconnect.
  public func watchBranchUpdates(
    _ address: BranchAddress, temporary: Bool? = nil, markers: [String]? = nil,
    watcher: any BranchWatcher
  ) {
    unwatchBranchUpdates(address)
    let request = WatchBranch(address, temporary: temporary, markers: markers)
    watches.append(BranchWatch(address, request: request, watcher: watcher))
    sendWhatWaits()
  }

  /// Ends the watch of a branch.
  public func unwatchBranchUpdates(_ address: BranchAddress) {
    guard let index = watches.firstIndex(where: { $0.address == address }) else { return }
    let watch = watches.remove(at: index)
    watch.watcher.ended()
    guard connection.isConnected, watch.stage != .idle else { return }
    _ = try? connection.send(.unwatchBranch(BranchRequest(address)))
  }

  /// Ends the watch of a branch if it is this watcher's.
  func unwatchBranchUpdates(_ address: BranchAddress, by watcher: any BranchWatcher) {
    guard watches.contains(where: { $0.address == address && $0.watcher === watcher }) else {
      return
    }
    unwatchBranchUpdates(address)
  }

  // MARK: Writing

  /// Sends updates to a branch and waits for the server to say that it has stored them. They are sent
  /// again as often as it takes: after a reconnect, after a limit of rates, after silence.
  ///
  /// - Parameter updates: Yjs updates in base64; of an empty list nothing is sent.
  /// - Returns: nil for an empty list.
  public func addUpdates(
    _ address: BranchAddress, _ updates: [String]
  ) async throws(ClientError) -> Acknowledgement? {
    guard !updates.isEmpty else { return nil }
    let promise = Promise<Result<Acknowledgement, ClientError>>()
    pending.append(address, updates, promise)
    sendWhatWaits()
    scheduleResending()
    return try await promise.get().get()
  }

  /// How many of the updates given to ``addUpdates(_:_:)`` are not acknowledged.
  public var unacknowledgedCount: Int { pending.entries.count }

  private func scheduleResending() {
    guard resendTimer == nil, !pending.isEmpty else { return }
    let time = Reactor.shared.now.advanced(
      byMilliseconds: options.resendUpdatesIntervalMilliseconds)
    resendTimer = Reactor.shared.schedule(at: time) { [weak self] in
      guard let self else { return }
      self.resendTimer = nil
      if self.connection.isConnected {
        self.pending.forgetOverdue(at: Reactor.shared.now)
        self.sendWhatWaits()
      }
      self.scheduleResending()
    }
  }

  // MARK: Reading

  /// Every stored update of a branch, with the times at which they were stored.
  public func getBranchUpdates(
    _ address: BranchAddress
  ) async throws(ClientError) -> BranchSnapshot {
    let read = PendingRead(address)
    reads.append(read)
    sendWhatWaits()
    return try await read.promise.get().get()
  }

  // MARK: Sending

  /// Sends everything that is to be sent and may go now.
  private func sendWhatWaits() {
    guard connection.isConnected, !isSilenced else { return }
    do throws(ClientError) {
      for watch in watches where watch.stage == .idle {
        watch.frameID = try connection.send(.watchBranch(watch.request))
        watch.stage = .requested
      }
      for read in reads where read.frameID == nil {
        read.frameID = try connection.send(.getUpdates(BranchRequest(read.address)))
      }
      try sendUpdates()
    } catch {
      // The connection is going down: all of it goes again when there is a new one.
      if case .cannotSend = error { connection.dropConnection(because: error) }
    }
  }

  private func sendUpdates() throws(ClientError) {
    guard pending.hasUnsent else { return }
    var room = Self.outputHighWater - connection.pendingOutput
    let entries = pending.takeUnsent { entry in
      defer { room -= entry.size }
      return room > 0 && mayWrite(to: entry.address)
    }
    for entry in entries {
      let message = AddUpdates(
        entry.address, updates: entry.updates, updateID: JSONNumber(entry.id))
      if entry.tries > 0 { observer?.resending(updateID: entry.id, tries: entry.tries + 1) }
      let frameID = try connection.send(.addUpdates(message))
      pending.sent(entry.id, frameID: frameID, at: Reactor.shared.now)
    }
  }

  /// A branch that is watched takes updates only after the server has agreed to the watch.
  private func mayWrite(to address: BranchAddress) -> Bool {
    watches.first { $0.address == address }?.isAccepted ?? true
  }

  private var isSilenced: Bool {
    silentUntil.map { Reactor.shared.now < $0 } ?? false
  }

  private func endWatches() {
    let ended = watches
    watches = []
    for watch in ended { watch.watcher.ended() }
  }

  private func failAll(_ error: ClientError) {
    let failedReads = reads
    reads = []
    for read in failedReads { read.promise.fulfil(.failure(error)) }
    for entry in pending.removeAll(where: { _ in true }) { entry.promise.fulfil(.failure(error)) }
  }
}

// MARK: - What arrives

extension InstRecordsClient: ConnectionClientDelegate {
  /// For the connection.
  public func connectionChanged(to state: ConnectionState) {
    if !state.isConnected {
      for watch in watches { watch.connectionLost() }
      for read in reads { read.frameID = nil }
      pending.forgetSending()
    }
    observer?.clientConnectionChanged(to: state)
    for watch in watches { watch.watcher.connectionChanged(to: state) }
    sendWhatWaits()
    let change = stateChange
    stateChange = Promise()
    change.fulfil(())
  }

  /// For the connection.
  public func received(_ frame: ReceivedFrame) {
    if frame.scan.form == .error { return errorArrived(frame) }
    switch frame.scan.type {
    case .addUpdates: updatesArrived(frame)
    case .receiveAction: actionArrived(frame)
    case .updatesReceived: acknowledgementArrived(frame)
    case .watchBranchResult: watchAnswered(frame)
    case .rateLimitExceeded: rateLimitArrived(frame)
    default: observer?.received(unclaimed: frame)
    }
  }

  private func updatesArrived(_ frame: ReceivedFrame) {
    if frame.scan.timestamps != nil, !frame.scan.isInitial(in: frame.bytes),
      let read = takeRead(answeredBy: frame)
    {
      return read.promise.fulfil(.success(BranchSnapshot(frame, address: read.address)))
    }
    for watch in watches where watch.isAbout(frame) {
      if !watch.received(frame) {
        connection.dropConnection(
          because: .protocolViolation("updates without end before the first batch of a watch"))
      }
      return
    }
    observer?.received(unclaimed: frame)
  }

  private func takeRead(answeredBy frame: ReceivedFrame) -> PendingRead? {
    reads.firstIndex { $0.matcher.matches(frame.scan, in: frame.bytes) }.map {
      reads.remove(at: $0)
    }
  }

  private func actionArrived(_ frame: ReceivedFrame) {
    guard let watch = watches.first(where: { $0.isAbout(frame) }) else {
      observer?.received(unclaimed: frame)
      return
    }
    watch.watcher.received(action: frame)
  }

  private func acknowledgementArrived(_ frame: ReceivedFrame) {
    guard case .updatesReceived(let answer)? = frame.serverMessage() else {
      return receivedUnreadable("a repo/updates_received without its fields")
    }
    let maxSize = ClientError.maxSizeReached(
      maximum: answer.maxBranchSizeInBytes?.double,
      needed: answer.neededBranchSizeInBytes?.double)
    guard let id = answer.updateID?.int, pending.entries[id]?.address == answer.address else {
      // Nobody waits any more: the update was sent twice, and the first answer has been here.
      return
    }
    guard let entry = pending.remove(id) else { return }
    if let code = answer.errorCode {
      let error =
        code == .maxSizeReached
        ? maxSize : .refused(ErrorInfo(errorCode: code, errorMessage: "", address: answer.address))
      return entry.promise.fulfil(.failure(error))
    }
    let elapsed = Reactor.shared.now.nanoseconds - (entry.firstSent?.nanoseconds ?? 0)
    entry.promise.fulfil(
      .success(
        Acknowledgement(
          updateID: id, milliseconds: Double(elapsed) / 1_000_000, tries: entry.tries)))
  }

  private func watchAnswered(_ frame: ReceivedFrame) {
    guard case .watchBranchResult(let answer)? = frame.serverMessage() else {
      return receivedUnreadable("a repo/watch_branch_result without its fields")
    }
    guard let watch = watches.first(where: { $0.isAbout(frame) }) else { return }
    if let error = answer.failure {
      watches.removeAll { $0 === watch }
      watch.watcher.received(
        error.reason == nil ? .error(error) : .permissionDenied(error), isFinal: true)
    } else {
      watch.isAccepted = true
      sendWhatWaits()
    }
  }

  private func rateLimitArrived(_ frame: ReceivedFrame) {
    guard case .rateLimitExceeded(let notice)? = frame.serverMessage() else {
      return receivedUnreadable("a rate_limit_exceeded without its fields")
    }
    let wait = notice.waitMilliseconds
    let until = Reactor.shared.now.advanced(byMilliseconds: wait)
    silentUntil = until
    observer?.rateLimited(retryAfterMilliseconds: wait)
    Reactor.shared.schedule(at: until) { [weak self] in self?.silenceEnded(until) }
  }

  /// What was dropped nobody says: everything that is unanswered goes again.
  private func silenceEnded(_ until: MonotonicTime) {
    guard silentUntil == until else { return }
    silentUntil = nil
    for watch in watches where watch.stage == .requested { watch.stage = .idle }
    for read in reads { read.frameID = nil }
    pending.forgetSending()
    sendWhatWaits()
  }

  /// Finds out whose error it is: by the envelope's id, else by the branch that it names, else by what
  /// alone is under way (PROTOCOL section 3).
  private func errorArrived(_ frame: ReceivedFrame) {
    guard case .error(let number, let info)? = try? Envelope<ServerMessage>(parsing: frame.bytes)
    else { return receivedUnreadable("an error without its fields") }
    let id = number?.int
    let error = ClientError.refused(info)
    if let id, id > 0 {
      if let index = reads.firstIndex(where: { $0.frameID == id }) {
        return reads.remove(at: index).promise.fulfil(.failure(error))
      }
      let refused = pending.removeAll { $0.frameID == id }
      if !refused.isEmpty {
        for entry in refused { entry.promise.fulfil(.failure(error)) }
        return
      }
      if let watch = watches.first(where: { $0.frameID == id }) {
        watches.removeAll { $0 === watch }
        return watch.watcher.received(.error(info), isFinal: true)
      }
      observer?.received(info)
      return
    }
    if let index = reads.firstIndex(where: { isAbout($0.address, info) }) {
      return reads.remove(at: index).promise.fulfil(.failure(error))
    }
    let refused = pending.removeAll { $0.frameID != nil && isAbout($0.address, info) }
    if !refused.isEmpty {
      for entry in refused { entry.promise.fulfil(.failure(error)) }
      return
    }
    if let watch = watches.first(where: { isAbout($0.address, info) }) {
      // Before the server has agreed to it, it is the watch itself that is refused.
      let isFinal = watch.stage == .requested
      if isFinal { watches.removeAll { $0 === watch } }
      return watch.watcher.received(.error(info), isFinal: isFinal)
    }
    observer?.received(info)
  }

  /// Whether the error names the branch, or none at all.
  private func isAbout(_ address: BranchAddress, _ info: ErrorInfo) -> Bool {
    info.address.map { $0 == address } ?? true
  }

  /// For the connection.
  public func receivedAll() {
    for watch in watches { watch.watcher.receivedAll() }
  }

  /// For the connection.
  public func canSend() { sendWhatWaits() }

  /// For the connection.
  public func receivedUnreadable(_ reason: String) { observer?.receivedUnreadable(reason) }

  /// For the connection.
  public func sendingFailed(frameID: Int, because error: ClientError) {
    for entry in pending.removeAll(where: { $0.frameID == frameID }) {
      entry.promise.fulfil(.failure(error))
    }
  }

  /// For the connection.
  public func failed(_ error: ClientError) {
    connection.delegate = nil
    endWatches()
    failAll(error)
    observer?.failed(error)
  }
}

/// A read that is under way.
@EventLoop
private final class PendingRead {
  let address: BranchAddress
  let matcher: AddressMatcher
  let promise = Promise<Result<BranchSnapshot, ClientError>>()
  /// The envelope's id of the request; nil while it is to be sent.
  var frameID: Int?

  init(_ address: BranchAddress) {
    self.address = address
    matcher = AddressMatcher(address)
  }
}

/// The stored updates of a branch, as the server listed them.
public struct BranchSnapshot: Sendable {
  /// The branch.
  public let address: BranchAddress
  /// The message as it came.
  public let message: RawJSON

  fileprivate init(_ frame: ReceivedFrame, address: BranchAddress) {
    self.address = address
    message = frame.content.map { RawJSON(scanned: $0) } ?? .null
  }

  /// The updates, base64, in the order in which they were stored.
  public var updates: [String] {
    (message.value["updates"]?.arrayValue ?? []).compactMap(\.stringValue)
  }

  /// When each was stored, in milliseconds since the Unix epoch.
  public var timestamps: [Double] {
    (message.value["timestamps"]?.arrayValue ?? []).compactMap(\.doubleValue)
  }
}

extension RateLimitExceeded {
  /// How long to send nothing, in whole milliseconds. At most an hour is believed.
  var waitMilliseconds: Int64 {
    let wait = retryAfterMilliseconds(dialect: totalHits == nil ? .documented : .deployed)
    return wait.isFinite ? Int64(min(wait.rounded(.up), 3_600_000)) : 3_600_000
  }
}

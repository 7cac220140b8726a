public import InstProtocol
public import JSONText
public import Transport
public import WebSocket

/// The client of the branches of insts: watches, reads and writes them over one connection (PROTOCOL
/// section 7).
@EventLoop
public final class InstRecordsClient {
  /// How updates are sent again.
  public struct Options: Sendable {
    /// Milliseconds after which an unacknowledged update goes again, doubled with each try up to
    /// eight times as much; nil for only after a reconnect.
    public var resendUpdatesAfterMilliseconds: Int64? = 5000
    /// How often that is looked at, in milliseconds.
    public var resendUpdatesIntervalMilliseconds: Int64 = 1000
    /// The clock of this machine, in milliseconds since the Unix epoch.
    public var wallClock: @EventLoop @Sendable () -> Double = wallClockMilliseconds

    /// The defaults: after 5, 10, 20, 40, 40, … s, looked at each second.
    public init() {}
  }

  /// Told of what concerns the whole connection.
  public weak var observer: (any InstRecordsObserver)?

  let connection: any ConnectionClient
  let options: Options
  var loneRequests: [LoneRequest] = []
  var timeQuestions: [TimeQuestion] = []
  var lastTimeID = 0
  var deviceWatches: [DeviceWatch] = []
  var httpExchanges: [HTTPExchange] = []
  var lastHTTPID = 0
  /// Why there will be no connection until the next ``connect()``.
  private(set) var failure: ClientError?

  private var watches: [BranchWatch] = []
  /// The one that the last frame was for: the next frame probably is, too.
  private var latestWatch: BranchWatch?
  private var pending: PendingUpdates
  private var reads: [PendingRead] = []
  private var streams = ClientStreams()
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
    failure = nil
    connection.delegate = self
    if !forcedOffline { connection.connect() }
  }

  /// Whether the client stays without a connection until this is false again, as if the network were
  /// gone. What is watched stays watched, and what is unacknowledged goes with the next connection.
  public var forcedOffline = false {
    didSet {
      guard forcedOffline != oldValue, connection.delegate === self else { return }
      if forcedOffline { connection.disconnect() } else { connection.connect() }
    }
  }

  /// Takes leave of the branches and ends the connection in order. Requests under way fail with
  /// ``ClientError/cancelled``.
  public func disconnect() {
    failure = .cancelled
    for watch in watches where connection.isConnected && watch.stage != .idle {
      _ = try? connection.send(.unwatchBranch(BranchRequest(watch.address)))
    }
    failAll(.cancelled)
    connection.disconnect()
    connection.delegate = nil
  }

  /// Waits until nothing of an ended connection is left.
  public func finished() async { await connection.finished() }

  /// Lets the server wait: nothing is read until each pause has its ``resumeReading()``.
  public func pauseReading() { connection.pauseReading() }

  /// Takes one pause back.
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
    latestWatch = nil
    // What was kept for a temporary branch has nobody any more who wants it there.
    _ = pending.removeAll { $0.promise == nil && $0.address == address }
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
  /// again as often as it takes: after a reconnect, after a limit of rates, after silence. To a branch
  /// that is watched as a temporary one they go again with every new connection, since the branch may
  /// have gone with the last one.
  ///
  /// - Parameter updates: Yjs updates in base64; of an empty list nothing is sent.
  /// - Returns: nil for an empty list.
  /// - Throws: ``ClientError/refused(_:)``; ``ClientError/maxSizeReached(maximum:needed:)``;
  ///   ``ClientError/cancelled`` when the task is cancelled: then it is unknown whether the server has
  ///   them; and whatever ends the client.
  public func addUpdates(
    _ address: BranchAddress, _ updates: [String]
  ) async throws(ClientError) -> Acknowledgement? {
    guard !updates.isEmpty else { return nil }
    if let failure { throw failure }
    if isTemporary(address) {
      let size = updates.reduce(0) { $0 + $1.utf8.count }
      guard pending.hasRoomToKeep(size) else {
        throw .cannotSend(
          "the updates of a temporary branch take more memory than is kept for them")
      }
    }
    let promise = Promise<Result<Acknowledgement, ClientError>>()
    let id = pending.append(address, updates, promise)
    if pending.unacknowledgedCount == 1 { tellSync(.syncing) }
    sendWhatWaits()
    scheduleResending()
    let result = await promise.value(onCancel: .failure(.cancelled))
    if case .failure(.cancelled) = result { settle(pending.removeAll { $0.id == id }, .cancelled) }
    return try result.get()
  }

  /// How many of the updates given to ``addUpdates(_:_:)`` are not acknowledged.
  public var unacknowledgedCount: Int { pending.unacknowledgedCount }

  /// Whether a branch is watched as one that goes with its last watcher.
  private func isTemporary(_ address: BranchAddress) -> Bool {
    watch(of: address)?.request.temporary ?? false
  }

  private func tellSync(_ state: UpdatesSync) {
    observer?.updatesSyncChanged(to: state)
    streams.sync.post(state)
  }

  /// Gives entries that were taken out of ``pending`` their end.
  private func settle(_ entries: [PendingUpdates.Entry], _ error: ClientError) {
    for entry in entries { entry.promise?.fulfil(.failure(error)) }
    if pending.isEmpty, entries.contains(where: { $0.promise != nil }) { tellSync(.synced) }
  }

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
    if let failure { throw failure }
    let read = PendingRead(address)
    reads.append(read)
    sendWhatWaits()
    let result = await read.promise.value(onCancel: .failure(.cancelled))
    reads.removeAll { $0 === read }
    sendWhatWaits()
    return try result.get()
  }

  // MARK: Sending

  /// Sends everything that is to be sent and may go now.
  func sendWhatWaits() {
    guard connection.isConnected, !isSilenced else { return }
    do throws(ClientError) {
      for watch in watches where watch.stage == .idle {
        watch.frameID = try connection.send(.watchBranch(watch.request))
        watch.stage = .requested
      }
      try sendTimeQuestions()
      for read in reads where read.frameID == nil && mayRead(read.address) {
        read.frameID = try connection.send(.getUpdates(BranchRequest(read.address)))
      }
      sendLoneRequest()
      try sendHTTPRequests()
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
      return room > 0 && mayWrite(entry)
    }
    for entry in entries {
      let message = AddUpdates(
        entry.address, updates: entry.updates, updateID: JSONNumber(entry.id))
      if entry.tries > 0 { observer?.resending(updateID: entry.id, tries: entry.tries + 1) }
      let frameID = try connection.send(.addUpdates(message))
      pending.sent(entry.id, frameID: frameID, at: Reactor.shared.now)
    }
  }

  // A refusal names the branch at most, not the request. So of reads, writes and lone requests only
  // one kind at a time is under way about a branch: what the refusal names is then known.

  /// A branch that is watched takes updates only after the server has agreed to the watch.
  private func mayWrite(_ entry: PendingUpdates.Entry) -> Bool {
    guard watch(of: entry.address)?.isAccepted ?? true else { return false }
    guard !reads.isEmpty || !loneRequests.isEmpty else { return true }
    let address = entry.address.answered
    let read = reads.first { $0.address.answered == address }
    let lone = loneRequests.first.flatMap { $0.address == address ? $0 : nil }
    if read?.frameID != nil || lone?.isUnderWay == true { return false }
    // What waits its turn must not be overtaken for ever, nor wait for an answer that was lost.
    return read == nil && lone?.isWaiting != true || entry.tries > 0
  }

  private func mayRead(_ address: BranchAddress) -> Bool {
    let address = address.answered
    if let lone = loneRequests.first, lone.isUnderWay, lone.address == address { return false }
    return !pending.areUnderWay(about: address)
  }

  /// Whether a lone request about the branch may go.
  func mayAsk(about address: BranchAddress?) -> Bool {
    guard let address else { return true }
    return !reads.contains { $0.frameID != nil && $0.address.answered == address }
      && !pending.areUnderWay(about: address)
  }

  private func watch(of address: BranchAddress) -> BranchWatch? {
    watches.first { $0.address == address }
  }

  private var isSilenced: Bool {
    silentUntil.map { Reactor.shared.now < $0 } ?? false
  }

  private func endWatches() {
    let ended = watches
    watches = []
    latestWatch = nil
    for watch in ended { watch.watcher.ended() }
    endDeviceWatches()
  }

  private func failAll(_ error: ClientError) {
    endWatches()
    for read in reads { read.promise.fulfil(.failure(error)) }
    settle(pending.removeAll(where: { _ in true }), error)
    for request in loneRequests { request.post(.failed(error)) }
    for question in timeQuestions { question.promise.fulfil(.failure(error)) }
    failHTTPExchanges(error)
    streams.finish()
    streams = ClientStreams()
  }
}

// MARK: - Streams

extension InstRecordsClient {
  /// Each limit of rates that the server tells of: how long nothing is sent, in milliseconds.
  public func watchRateLimitExceeded() -> EventStream<Int64> {
    streams.rateLimits.stream(pausing: self)
  }

  /// Whether updates wait for their acknowledgement, each time that changes.
  public func watchUpdatesSync() -> EventStream<UpdatesSync> {
    streams.sync.stream(pausing: self)
  }

  /// Errors of the server that belong to nothing that is under way.
  public func onError() -> EventStream<ErrorInfo> {
    streams.errors.stream(pausing: self)
  }

  /// Messages of a type that is not known here, or that nobody waits for.
  ///
  /// - Parameter type: the one type to hear of; nil for all.
  public func event(_ type: String? = nil) -> EventStream<RawJSON> {
    streams.messages.stream(pausing: self, tag: type)
  }

  /// The connection's states, from the next change on.
  public func connectionStates() -> EventStream<ConnectionState> {
    streams.states.stream(pausing: self)
  }
}

// MARK: - What arrives

extension InstRecordsClient: ConnectionClientDelegate {
  /// For the connection.
  public func connectionChanged(to state: ConnectionState) {
    if !state.isConnected {
      for watch in watches { watch.connectionLost() }
      for read in reads { read.frameID = nil }
      pending.connectionLost()
      let reason = state.reason ?? "disconnected"
      if let request = loneRequests.first, request.isUnderWay {
        request.post(.lost(reason: reason))
      }
      for question in timeQuestions { question.frameID = nil }
      repeatHTTPRequests(orFail: .interrupted(reason: reason))
    }
    observer?.clientConnectionChanged(to: state)
    streams.states.post(state)
    for watch in watches { watch.watcher.connectionChanged(to: state) }
    tellDeviceWatches(state)
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
    case .connectedToBranch: deviceArrived(frame)
    case .disconnectedFromBranch: deviceLeft(frame)
    case .connectionCount: countArrived(frame)
    case .timeSyncResponse, .documentedTimeSyncResponse: timeArrived(frame)
    case .httpResponse, .httpPartialResponse, .documentedHTTPResponse,
      .documentedHTTPPartialResponse:
      httpArrived(frame)
    default: unclaimed(frame)
    }
  }

  /// A frame that nobody waits for, or of a type that is not known.
  func unclaimed(_ frame: ReceivedFrame) {
    observer?.received(unclaimed: frame)
    guard streams.messages.isUsed, let content = frame.content else { return }
    streams.messages.post(RawJSON(scanned: content), tag: frame.typeText)
  }

  /// The watch that a frame is about.
  private func watch(for frame: ReceivedFrame) -> BranchWatch? {
    if let latestWatch, latestWatch.isAbout(frame) { return latestWatch }
    latestWatch = watches.first { $0.isAbout(frame) }
    return latestWatch
  }

  private func updatesArrived(_ frame: ReceivedFrame) {
    if frame.scan.timestamps != nil, !frame.scan.isInitial(in: frame.bytes),
      let read = takeRead(answeredBy: frame)
    {
      return read.promise.fulfil(.success(BranchSnapshot(frame, address: read.address)))
    }
    guard let watch = watch(for: frame) else { return unclaimed(frame) }
    if !watch.received(frame) {
      connection.dropConnection(
        because: .protocolViolation("updates without end before the first batch of a watch"))
    }
  }

  private func takeRead(answeredBy frame: ReceivedFrame) -> PendingRead? {
    reads.firstIndex { $0.matcher.matches(frame.scan, in: frame.bytes) }.map {
      reads.remove(at: $0)
    }
  }

  private func actionArrived(_ frame: ReceivedFrame) {
    guard let watch = watch(for: frame) else { return unclaimed(frame) }
    watch.watcher.received(action: frame)
  }

  private func acknowledgementArrived(_ frame: ReceivedFrame) {
    guard case .updatesReceived(let answer)? = frame.serverMessage() else {
      return receivedUnreadable("a repo/updates_received without its fields")
    }
    guard let id = answer.updateID?.int, let entry = pending[id],
      entry.address.answered == answer.address
    else {
      // Nobody waits any more: the update was sent twice, and the first answer has been here.
      return
    }
    if let code = answer.errorCode { return updatesRefused(id, code, answer) }
    guard let entry = pending.acknowledge(id, keeps: isTemporary(entry.address)),
      let promise = entry.promise
    else { return }
    let elapsed = Reactor.shared.now.nanoseconds - (entry.firstSent?.nanoseconds ?? 0)
    promise.fulfil(
      .success(
        Acknowledgement(
          updateID: id, milliseconds: Double(elapsed) / 1_000_000, tries: entry.tries)))
    if pending.isEmpty { tellSync(.synced) }
    if !reads.isEmpty || !loneRequests.isEmpty { sendWhatWaits() }
  }

  private func updatesRefused(_ id: Int, _ code: ErrorCode, _ answer: UpdatesReceived) {
    let refused = pending.removeAll { $0.id == id }
    guard code == .maxSizeReached else {
      let info = ErrorInfo(
        errorCode: code, errorMessage: code.rawValue, address: answer.address)
      return settle(refused, .refused(info))
    }
    let (maximum, needed) = (
      answer.maxBranchSizeInBytes?.double, answer.neededBranchSizeInBytes?.double
    )
    settle(refused, .maxSizeReached(maximum: maximum, needed: needed))
    watches.first { $0.address.answered == answer.address }?.watcher
      .received(.maxSizeReached(maximum: maximum, needed: needed), isFinal: false)
  }

  private func watchAnswered(_ frame: ReceivedFrame) {
    guard case .watchBranchResult(let answer)? = frame.serverMessage() else {
      return receivedUnreadable("a repo/watch_branch_result without its fields")
    }
    guard let watch = watch(for: frame) else { return }
    if let error = answer.failure {
      remove(watch)
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
    let until = Reactor.shared.now.advanced(
      byMilliseconds: max(wait, Self.noticeIntervalMilliseconds))
    silentUntil = until
    observer?.rateLimited(retryAfterMilliseconds: wait)
    streams.rateLimits.post(wait)
    if let request = loneRequests.first, request.isUnderWay { request.post(.dropped) }
    Reactor.shared.schedule(at: until) { [weak self] in self?.silenceEnded(until) }
  }

  /// A server tells of a limit about once a second: what it drops sooner after its last notice is lost
  /// without a word.
  private static let noticeIntervalMilliseconds: Int64 = 1000

  /// What was dropped nobody says: everything that is unanswered goes again.
  private func silenceEnded(_ until: MonotonicTime) {
    guard silentUntil == until else { return }
    silentUntil = nil
    for watch in watches where watch.stage == .requested { watch.stage = .idle }
    for read in reads { read.frameID = nil }
    for question in timeQuestions { question.frameID = nil }
    repeatHTTPRequests(
      orFail: .refused(
        ErrorInfo(
          errorCode: .rateLimitExceeded,
          errorMessage: "the server may have dropped the request, which must not be made twice")))
    pending.forgetSending()
    sendWhatWaits()
  }

  /// Finds out whose error it is: by the envelope's id, else by the branch that it names, else by what
  /// alone is under way (PROTOCOL section 3).
  private func errorArrived(_ frame: ReceivedFrame) {
    guard case .error(let number, let info)? = try? Envelope<ServerMessage>(parsing: frame.bytes)
    else { return receivedUnreadable("an error without its fields") }
    let isClaimed =
      if let id = number?.int, id > 0 {
        claim(info, ofFrame: id)
      } else {
        claim(info)
      }
    if isClaimed { return sendWhatWaits() }
    observer?.received(info)
    streams.errors.post(info)
  }

  /// Gives an error to the request whose frame it names.
  private func claim(_ info: ErrorInfo, ofFrame id: Int) -> Bool {
    let error = ClientError.refused(info)
    if let read = reads.first(where: { $0.frameID == id }) {
      finish(read, .failure(error))
    } else if let entry = pending.removeFirst(where: { $0.frameID == id }) {
      settle([entry], error)
    } else if let watch = watches.first(where: { $0.frameID == id }) {
      remove(watch)
      watch.watcher.received(.error(info), isFinal: true)
    } else if let question = timeQuestions.first(where: { $0.frameID == id }) {
      timeRefused(question, info)
    } else if let request = loneRequests.first(where: { $0.frameID == id }) {
      request.post(.refused(info))
    } else if let exchange = httpExchanges.first(where: { $0.frameID == id }) {
      httpRefused(exchange, info)
    } else {
      return false
    }
    return true
  }

  /// Gives an error to the one request that it can belong to.
  private func claim(_ info: ErrorInfo) -> Bool {
    let error = ClientError.refused(info)
    if let request = loneRequest(refusedBy: info) {
      request.post(.refused(info))
    } else if let read = reads.first(where: { $0.frameID != nil && isAbout($0.address, info) }) {
      finish(read, .failure(error))
    } else if let entry = pending.removeFirst(where: {
      $0.isUnderWay && isAbout($0.address, info)
    }) {
      // One error is the answer to one message; servers take them in order.
      settle([entry], error)
    } else if let watch = watches.first(where: { isAbout($0.address, info) }) {
      // Before the server has agreed to it, it is the watch itself that is refused.
      let isFinal = watch.stage == .requested
      if isFinal { remove(watch) }
      watch.watcher.received(.error(info), isFinal: isFinal)
    } else {
      return false
    }
    return true
  }

  private func finish(_ read: PendingRead, _ result: Result<BranchSnapshot, ClientError>) {
    reads.removeAll { $0 === read }
    read.promise.fulfil(result)
  }

  private func remove(_ watch: BranchWatch) {
    watches.removeAll { $0 === watch }
    latestWatch = nil
  }

  /// Whether the error names the branch, or none at all.
  private func isAbout(_ address: BranchAddress, _ info: ErrorInfo) -> Bool {
    info.address.map { $0 == address.answered } ?? true
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
    settle(pending.removeAll(where: { $0.frameID == frameID }), error)
    if let request = loneRequests.first(where: { $0.frameID == frameID }) {
      request.post(.failed(error))
    }
    if let read = reads.first(where: { $0.frameID == frameID }) {
      finish(read, .failure(error))
    }
    if let exchange = httpExchanges.first(where: { $0.frameID == frameID }) {
      fail(exchange, error)
    }
  }

  /// For the connection.
  public func failed(_ error: ClientError) {
    connection.delegate = nil
    failure = error
    failAll(error)
    observer?.failed(error)
  }
}

extension RateLimitExceeded {
  /// How long to send nothing, in whole milliseconds. At most an hour is believed.
  var waitMilliseconds: Int64 {
    let wait = retryAfterMilliseconds(dialect: totalHits == nil ? .documented : .deployed)
    return wait.isFinite ? Int64(min(wait.rounded(.up), 3_600_000)) : 3_600_000
  }
}

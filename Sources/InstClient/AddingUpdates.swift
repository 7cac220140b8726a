public import InstProtocol
import JSONText
import Transport
import WebSocket

extension InstRecordsClient {
  /// Sends updates to a branch and waits for the server to say that it has stored them. They are sent
  /// again as often as it takes: after a reconnect, after a limit of rates, after silence. To a branch
  /// that is watched as a temporary one they go again with every new connection, since the branch may
  /// have gone with the last one.
  ///
  /// - Parameters:
  ///   - address: The branch.
  ///   - updates: Yjs updates in base64; of an empty list nothing is sent.
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
  func isTemporary(_ address: BranchAddress) -> Bool {
    watch(of: address)?.request.temporary ?? false
  }

  func tellSync(_ state: UpdatesSync) {
    observer?.updatesSyncChanged(to: state)
    streams.sync.post(state)
  }

  /// Gives entries that were taken out of ``pending`` their end.
  func settle(_ entries: [PendingUpdates.Entry], _ error: ClientError) {
    for entry in entries { entry.promise?.fulfil(.failure(error)) }
    if pending.isEmpty, entries.contains(where: { $0.promise != nil }) { tellSync(.synced) }
  }

  func scheduleResending() {
    guard resendTimer == nil, hasUnanswered else { return }
    let time = Reactor.shared.now.advanced(
      byMilliseconds: options.resendUpdatesIntervalMilliseconds)
    resendTimer = Reactor.shared.schedule(at: time) { [weak self] in
      guard let self else { return }
      self.resendTimer = nil
      if self.connection.isConnected {
        self.pending.forgetOverdue(at: Reactor.shared.now)
        self.askAgainForOverdue()
        self.sendWhatWaits()
      }
      self.scheduleResending()
    }
  }

  func sendUpdates() throws(ClientError) {
    guard pending.hasUnsent else { return }
    var room = outputHighWater - connection.pendingOutput
    var window = sendWindow == .max ? Int.max : sendWindow - pending.underWayCount
    let entries = pending.takeUnsent { entry in
      guard room > 0, window > 0, mayWrite(entry) else { return false }
      room -= entry.size
      window -= 1
      return true
    }
    for entry in entries {
      let message = AddUpdates(
        entry.address, updates: entry.updates, updateID: JSONNumber(entry.id))
      if entry.tries > 0 { observer?.resending(updateID: entry.id, tries: entry.tries + 1) }
      let frameID = try connection.send(.addUpdates(message))
      pending.sent(entry.id, frameID: frameID, at: Reactor.shared.now)
    }
  }

  // MARK: What arrives

  func acknowledgementArrived(_ frame: ReceivedFrame) {
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
    if sendWindow != .max {
      sendWindow = pending.isEmpty ? .max : min(2 * sendWindow, 1 << 20)
      sendWhatWaits()
    } else if !reads.isEmpty || !loneRequests.isEmpty {
      sendWhatWaits()
    }
  }

  func updatesRefused(_ id: Int, _ code: ErrorCode, _ answer: UpdatesReceived) {
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
}

/// Output beyond this waits until the server has taken some.
private let outputHighWater = 4 << 20

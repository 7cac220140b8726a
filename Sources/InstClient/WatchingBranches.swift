public import InstProtocol
import Transport

extension InstRecordsClient {
  /// Follows a branch until ``unwatchBranchUpdates(_:)`` or ``disconnect()``: the watcher gets its whole
  /// state first, then updates as they come, and the whole state again after each reconnect. On a client
  /// that has given up, or was disconnected, the watch ends at once.
  public func watchBranchUpdates(
    _ address: BranchAddress, temporary: Bool? = nil, markers: [String]? = nil,
    watcher: any BranchWatcher
  ) {
    unwatchBranchUpdates(address)
    guard failure == nil else { return watcher.ended() }
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

  func watch(of address: BranchAddress) -> BranchWatch? {
    watches.first { $0.address == address }
  }

  func remove(_ watch: BranchWatch) {
    watches.removeAll { $0 === watch }
    latestWatch = nil
  }

  // MARK: What arrives

  /// The watch that a frame is about.
  func watch(for frame: ReceivedFrame) -> BranchWatch? {
    if let latestWatch, latestWatch.isAbout(frame) { return latestWatch }
    latestWatch = watches.first { $0.isAbout(frame) }
    return latestWatch
  }

  func updatesArrived(_ frame: ReceivedFrame) {
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

  func actionArrived(_ frame: ReceivedFrame) {
    guard let watch = watch(for: frame) else { return unclaimed(frame) }
    watch.watcher.received(action: frame)
  }

  func watchAnswered(_ frame: ReceivedFrame) {
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

  func endWatches() {
    let ended = watches
    watches = []
    latestWatch = nil
    for watch in ended { watch.watcher.ended() }
    endDeviceWatches()
  }
}

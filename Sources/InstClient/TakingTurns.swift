import InstProtocol

// A refusal names the branch at most, not the request (PROTOCOL section 3). So of reads, writes and
// lone requests only one kind at a time is under way about a branch: what is refused is then known.

extension InstRecordsClient {
  /// A branch that is watched takes updates only after the server has agreed to the watch.
  func mayWrite(_ entry: PendingUpdates.Entry) -> Bool {
    guard watch(of: entry.address)?.isAccepted ?? true else { return false }
    guard !reads.isEmpty || !loneRequests.isEmpty else { return true }
    let address = entry.address.answered
    let read = reads.first { $0.address.answered == address }
    let lone = loneRequests.first.flatMap { $0.address == address ? $0 : nil }
    if read?.frameID != nil || lone?.isUnderWay == true { return false }
    // What waits its turn must not be overtaken for ever, nor wait for an answer that was lost.
    return read == nil && lone?.isWaiting != true || entry.tries > 0
  }

  func mayRead(_ address: BranchAddress) -> Bool {
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
}

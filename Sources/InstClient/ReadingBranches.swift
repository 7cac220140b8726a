public import InstProtocol
import Transport

extension InstRecordsClient {
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

  func takeRead(answeredBy frame: ReceivedFrame) -> PendingRead? {
    reads.firstIndex { $0.matcher.matches(frame.scan, in: frame.bytes) }.map {
      reads.remove(at: $0)
    }
  }

  func finish(_ read: PendingRead, _ result: Result<BranchSnapshot, ClientError>) {
    reads.removeAll { $0 === read }
    read.promise.fulfil(result)
  }
}

public import InstProtocol
import JSONText

extension InstRecordsClient {
  /// How many connections watch a branch (PROTOCOL section 5, Count).
  ///
  /// - Throws: ``ClientError/refused(_:)``, ``ClientError/noForm(_:)``, and whatever ends the client.
  public func getConnectionCount(_ address: BranchAddress) async throws(ClientError) -> Int {
    let request = ConnectionCountRequest(
      recordName: address.recordName, inst: address.inst, branch: address.branch)
    return try await getConnectionCount(request).count.int ?? 0
  }

  /// How many connections there are: watchers of a branch, or, without a branch, all of the server's.
  ///
  /// - Returns: The answer as it came.
  /// - Throws: ``ClientError/refused(_:)``, ``ClientError/noForm(_:)`` for what the server's dialect has
  ///   no form for, and whatever ends the client.
  public func getConnectionCount(
    _ question: ConnectionCountRequest
  ) async throws(ClientError) -> ConnectionCount {
    // One branch is counted alike in both dialects.
    if question.address == nil { try await findDialect() }
    return try await alone(.connectionCount(question), about: question.address) {
      (request) throws(ClientError) in
      while true {
        try await send(request)
        if let count = try await answer(to: request) { return count }
      }
    }
  }

  /// The answer, or nil when the request is to be made again.
  private func answer(
    to request: LoneRequest
  ) async throws(ClientError) -> ConnectionCount? {
    while true {
      switch await request.next() {
      case .counted(let count): return count
      case .refused(let info):
        try tryOtherDialect(request, info)
        return nil
      case .dropped, .lost: return nil
      case .failed(let error): throw error
      case .cancelled: throw .cancelled
      case .sent, .deviceArrived, .probed, .quiet: continue
      }
    }
  }

  func countArrived(_ frame: ReceivedFrame) {
    guard case .connectionCount(let count)? = frame.serverMessage() else {
      return receivedUnreadable("a repo/connection_count without its fields")
    }
    guard let request = loneRequests.first, request.isUnderWay,
      case .connectionCount(let question)? = request.message,
      count.request.isAnswer(to: question)
    else { return unclaimed(frame) }
    request.post(.counted(count))
  }
}

extension ConnectionCountRequest {
  /// The branch that is asked about, nil where it is not one branch.
  fileprivate var address: BranchAddress? {
    guard let inst, let branch else { return nil }
    return BranchAddress(recordName: recordName, inst: inst, branch: branch)
  }

  fileprivate func isAnswer(to question: ConnectionCountRequest) -> Bool {
    // A record key is answered under its name, as with branches.
    let name = BranchAddress(recordName: question.recordName, inst: "", branch: "").answered
    return recordName == name.recordName && inst == question.inst && branch == question.branch
  }
}

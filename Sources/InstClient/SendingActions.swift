public import InstProtocol

extension InstRecordsClient {
  /// Sends an action to devices that watch a branch (PROTOCOL section 5, Action).
  ///
  /// No server acknowledges an action. This returns when the message has left, and the time has passed
  /// in which the server would have told that a limit of rates dropped it; then it goes again. Whether
  /// the server refuses it is known for sure only after ``settleActions(_:milliseconds:)``. It is
  /// never sent twice when the first may have been carried out.
  ///
  /// - Throws: ``ClientError/refused(_:)``; ``ClientError/noForm(_:)`` where the server's dialect cannot
  ///   name these receivers; ``ClientError/interrupted(reason:)`` when the connection was lost in between;
  ///   and whatever ends the client.
  public func sendAction(
    _ address: BranchAddress, _ action: RemoteAction
  ) async throws(ClientError) {
    try await findDialect()
    try await alone(.sendAction(SendAction(address, action: action)), about: address) {
      (request) throws(ClientError) in
      while true {
        try await send(request)
        if try await isOnItsWay(request) { break }
      }
      // Its refusal may come later than this waits for it.
      if let frameID = request.frameID {
        unsettledActions.sent(frameID: frameID, about: address.answered)
      }
    }
  }

  /// Waits for refusals of actions that were sent to a branch: a round trip to the server, and then
  /// as long as the server may need to look up who may do what.
  ///
  /// - Throws: The refusal, as ``ClientError/refused(_:)``; ``ClientError/interrupted(reason:)``; and
  ///   whatever ends the client.
  public func settleActions(
    _ address: BranchAddress, milliseconds: Double = 250
  ) async throws(ClientError) {
    let named = address.answered
    try await alone(nil, about: address) { (request) throws(ClientError) in
      defer { unsettledActions.settle(named) }
      if let refusal = unsettledActions.takeRefusal(of: named) { throw .refused(refusal) }
      try await settle(request, milliseconds: milliseconds)
    }
  }

  /// Whether the message is neither refused nor dropped; false when it is to be sent again.
  private func isOnItsWay(_ request: LoneRequest) async throws(ClientError) -> Bool {
    var wasUploading = false
    while true {
      let isUploading = request.frameID.map(connection.isUploading) ?? false
      defer { wasUploading = isUploading }
      switch await request.next(within: quietMilliseconds) {
      // What goes by way of a storage has not left before it is there.
      case .quiet where isUploading || wasUploading: continue
      case .dropped where request.frameID.map(connection.isUploading) ?? false: continue
      case .quiet: return true
      case .dropped: return false
      case .refused(let info):
        try tryOtherDialect(request, info)
        return false
      case .lost(let reason): throw .interrupted(reason: reason)
      case .failed(let error): throw error
      case .cancelled: throw .cancelled
      case .sent, .counted, .deviceArrived, .probed: continue
      }
    }
  }
}

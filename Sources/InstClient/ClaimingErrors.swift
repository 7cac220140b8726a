import InstProtocol
import JSONText

extension InstRecordsClient {
  /// Finds out whose error it is: by the envelope's id, else by the branch that it names, else by what
  /// alone is under way (PROTOCOL section 3).
  func errorArrived(_ frame: ReceivedFrame) {
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
  func claim(_ info: ErrorInfo, ofFrame id: Int) -> Bool {
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
    } else if unsettledActions.claim(info, ofFrame: id) {
      tellSettling(info)
    } else if let exchange = httpExchanges.first(where: { $0.frameID == id }) {
      httpRefused(exchange, info)
    } else {
      return false
    }
    return true
  }

  /// Gives an error to the one request that it can belong to.
  func claim(_ info: ErrorInfo) -> Bool {
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
      if !isFinal { _ = unsettledActions.claim(info) }
    } else if unsettledActions.claim(info) {
      tellSettling(info)
    } else {
      return false
    }
    return true
  }

  /// Whether the error names the branch, or none at all.
  func isAbout(_ address: BranchAddress, _ info: ErrorInfo) -> Bool {
    info.address.map { $0 == address.answered } ?? true
  }

  /// A refusal of an action ends the wait for such refusals.
  private func tellSettling(_ info: ErrorInfo) {
    guard let request = loneRequests.first, request.message == nil,
      let address = request.address, unsettledActions.takeRefusal(of: address) != nil
    else { return }
    request.post(.refused(info))
  }
}

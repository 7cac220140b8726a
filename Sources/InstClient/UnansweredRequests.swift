import InstProtocol
import Transport
import WebSocket

/// How often a request was sent, and when last.
struct SentRequest {
  private var tries = 0
  private var lastSent = MonotonicTime(nanoseconds: .min)

  mutating func sent(at now: MonotonicTime) {
    tries += 1
    lastSent = now
  }

  /// Whether the answer should be here: after so many milliseconds at first, then twice, four and eight times
  /// as many.
  func isOverdue(at now: MonotonicTime, after milliseconds: Int64) -> Bool {
    guard tries > 0 else { return false }
    return now >= lastSent.advanced(byMilliseconds: milliseconds << Int64(min(tries - 1, 3)))
  }
}

extension InstRecordsClient {
  /// A server may have dropped a request without a word, since it tells of a limit of rates only now and then:
  /// what has an answer, and got none for long, is asked again.
  func askAgainForOverdue() {
    guard let after = options.resendUpdatesAfterMilliseconds else { return }
    let now = Reactor.shared.now
    // While a large message comes in, it may be the answer.
    let progress = connection.lastProgress
    guard progress <= lastFrameArrival || now >= progress.advanced(byMilliseconds: after) else {
      return
    }
    for watch in watches where watch.stage == .requested && !watch.isAccepted {
      guard watch.sending.isOverdue(at: now, after: after) else { continue }
      // A connected client that watches again sends unwatch first (PROTOCOL section 5).
      _ = try? connection.send(.unwatchBranch(BranchRequest(watch.address)))
      watch.stage = .idle
    }
    for read in reads where read.frameID != nil && read.sending.isOverdue(at: now, after: after) {
      read.frameID = nil
    }
    if let request = loneRequests.first, request.isUnderWay, !request.isAnswered,
      case .connectionCount? = request.message, request.sending.isOverdue(at: now, after: after)
    {
      request.post(.dropped)
    }
  }

  /// Whether something is unanswered that is looked at from time to time.
  var hasUnanswered: Bool {
    !pending.isEmpty || !reads.isEmpty || !loneRequests.isEmpty
      || watches.contains { $0.stage == .requested }
  }
}

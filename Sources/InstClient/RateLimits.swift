import InstProtocol
import Transport
import WebSocket

extension InstRecordsClient {
  var isSilenced: Bool {
    silentUntil.map { Reactor.shared.now < $0 } ?? false
  }

  func rateLimitArrived(_ frame: ReceivedFrame) {
    guard case .rateLimitExceeded(let notice)? = frame.serverMessage() else {
      return receivedUnreadable("a rate_limit_exceeded without its fields")
    }
    let wait = notice.waitMilliseconds
    let until = Reactor.shared.now.advanced(byMilliseconds: notice.silenceMilliseconds)
    silentUntil = until
    observer?.rateLimited(retryAfterMilliseconds: wait)
    streams.rateLimits.post(wait)
    if let request = loneRequests.first, request.isUnderWay {
      request.sawDrop = true
      request.post(.dropped)
    }
    // Silence about a question that may have been dropped says nothing about the dialect.
    for question in timeQuestions { question.frameID = nil }
    sendWindow = 1
    Reactor.shared.schedule(at: until) { [weak self] in self?.silenceEnded(until) }
  }

  /// What was dropped nobody says: everything that is unanswered goes again.
  func silenceEnded(_ until: MonotonicTime) {
    guard silentUntil == until else { return }
    silentUntil = nil
    for watch in watches where watch.stage == .requested { watch.stage = .idle }
    for read in reads { read.frameID = nil }
    repeatHTTPRequests(
      orFail: .refused(
        ErrorInfo(
          errorCode: .rateLimitExceeded,
          errorMessage: "the server may have dropped the request, which must not be made twice")))
    pending.forgetSending()
    sendWhatWaits()
  }
}

extension RateLimitExceeded {
  /// How long to send nothing, in whole milliseconds: as long as the server says, and a second at least. It
  /// tells of a limit about once a second, and what it drops sooner after its last notice is lost without a
  /// word.
  var silenceMilliseconds: Int64 { max(waitMilliseconds, 1000) }

  /// How long the server says to wait, in whole milliseconds. At most an hour is believed.
  var waitMilliseconds: Int64 {
    let wait = retryAfterMilliseconds(dialect: totalHits == nil ? .documented : .deployed)
    return wait.isFinite ? Int64(min(wait.rounded(.up), 3_600_000)) : 3_600_000
  }
}

import Glibc
public import InstProtocol
import JSONText
import Transport
import WebSocket

extension InstRecordsClient {
  /// Asks for the server's clock once (PROTOCOL sections 5 and 7).
  ///
  /// Where the dialect is to be found out and the server refuses the question, or says nothing for a
  /// while (``Options/timeSilenceMilliseconds``), it is asked in the other one; the answer decides.
  ///
  /// - Returns: The four times of the exchange, in milliseconds since the Unix epoch.
  /// - Throws: ``ClientError/refused(_:)``, and whatever ends the client.
  public func sampleServerTime() async throws(ClientError) -> TimeSync.Sample {
    try await sampleServerTime(givingUpAfterSilence: false)
  }

  /// - Parameter givesUp: whether silence in both dialects counts as a refusal.
  func sampleServerTime(
    givingUpAfterSilence givesUp: Bool
  ) async throws(ClientError) -> TimeSync.Sample {
    if let failure { throw failure }
    let question = TimeQuestion()
    question.silencesLeft = givesUp ? 2 : nil
    timeQuestions.append(question)
    sendWhatWaits()
    defer { forget(question) }
    return try await question.promise.value(onCancel: .failure(.cancelled)).get()
  }

  private func forget(_ question: TimeQuestion) {
    if let timer = question.timer { Reactor.shared.cancel(timer) }
    timeQuestions.removeAll { $0 === question }
  }

  func sendTimeQuestions() throws(ClientError) {
    for question in timeQuestions where question.frameID == nil {
      lastTimeID += 1
      question.id = lastTimeID
      question.sentAt = options.wallClock()
      let request = TimeSyncRequest(
        id: JSONNumber(lastTimeID),
        clientRequestTime: JSONNumber(question.sentAt.rounded(.down)) ?? 0)
      question.frameID = try connection.send(.timeSync(request))
      listenForSilence(question)
    }
  }

  private func listenForSilence(_ question: TimeQuestion) {
    if let timer = question.timer { Reactor.shared.cancel(timer) }
    question.timer = nil
    guard connection.mayChangeDialect else { return }
    let due = Reactor.shared.now.advanced(byMilliseconds: options.timeSilenceMilliseconds)
    question.timer = Reactor.shared.schedule(at: due) { [weak self, weak question] in
      guard let self, let question else { return }
      question.timer = nil
      guard self.connection.isConnected, question.frameID != nil else { return }
      if let left = question.silencesLeft { question.silencesLeft = left - 1 }
      if question.silencesLeft == 0 {
        self.connection.dialect = .deployed
        return question.promise.fulfil(
          .failure(.refused(ErrorInfo(errorCode: .notSupported, errorMessage: "no time is told"))))
      }
      self.ask(question, in: self.connection.dialect.other)
    }
  }

  private func ask(_ question: TimeQuestion, in dialect: Dialect) {
    connection.dialect = dialect
    question.frameID = nil
    sendWhatWaits()
  }

  /// The server has refused a question.
  func timeRefused(_ question: TimeQuestion, _ info: ErrorInfo) {
    if let first = question.refusal {
      // Neither dialect is understood, so it was none of their matter.
      connection.dialect = connection.dialect.other
      return question.promise.fulfil(.failure(.refused(first)))
    }
    guard info.errorCode == .unacceptableRequest, connection.mayChangeDialect else {
      return question.promise.fulfil(.failure(.refused(info)))
    }
    question.refusal = info
    ask(question, in: connection.dialect.other)
  }

  func timeArrived(_ frame: ReceivedFrame) {
    let now = options.wallClock()
    guard case .timeSyncResponse(let response)? = frame.serverMessage() else {
      return receivedUnreadable("an answer to a time question without its fields")
    }
    guard let question = timeQuestions.first(where: { $0.id == response.id.int }) else {
      return unclaimed(frame)
    }
    if connection.mayChangeDialect {
      isDialectKnown = true
      connection.dialect =
        frame.scan.type == .documentedTimeSyncResponse ? .documented : .deployed
    }
    question.promise.fulfil(
      .success(
        TimeSync.Sample(
          clientRequestTime: question.sentAt,
          serverReceiveTime: response.serverReceiveTime.double,
          serverTransmitTime: response.serverTransmitTime.double, clientReceiveTime: now)))
  }
}

/// A question about the time that is under way.
@EventLoop
final class TimeQuestion {
  let promise = Promise<Result<TimeSync.Sample, ClientError>>()
  /// The envelope's id of the request; nil while it is to be sent.
  var frameID: Int?
  /// By what the answer is known; anew with each request, so that a late answer is not taken for the
  /// answer to a later request.
  var id: Int?
  /// When it was sent, by the wall clock.
  var sentAt = 0.0
  var timer: Reactor.TimerID?
  /// How many silences are left until the question counts as refused; nil for any number.
  var silencesLeft: Int?
  /// How the server has refused it in the other dialect.
  var refusal: ErrorInfo?
}

extension Dialect {
  fileprivate var other: Dialect { self == .deployed ? .documented : .deployed }
}

/// Milliseconds since the Unix epoch, to the microsecond or so.
func wallClockMilliseconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1_000_000
}

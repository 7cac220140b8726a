import InstProtocol
import Transport
import WebSocket

/// A request whose refusal can carry neither its id nor its branch: a count, a watch of devices, an
/// action. One of them is under way at a time, so that such a refusal can only be its (PROTOCOL section
/// 3).
@EventLoop
final class LoneRequest {
  /// What became of it, in the order in which it became known.
  enum News {
    /// The message is on its way.
    case sent
    /// The answer is here.
    case counted(ConnectionCount)
    /// A device was reported.
    case deviceArrived
    /// The server refuses.
    case refused(ErrorInfo)
    /// The server has dropped messages: this one, if nothing else was sent lately.
    case dropped
    /// The connection is gone, and the answer with it.
    case lost(reason: String)
    /// There will be no other connection, or the message cannot be sent at all.
    case failed(ClientError)
    /// A round trip to the server is done.
    case probed
    /// Nothing happened within the time.
    case quiet
    /// The task that waits was cancelled.
    case cancelled
  }

  /// The message; nil for one that only waits for refusals of those before it.
  let message: ClientMessage?
  /// The branch that it is about, as servers name it.
  let address: BranchAddress?
  /// Whether the message is to be sent.
  var isWaiting = false
  /// The envelope's id of the message that was sent last.
  var frameID: Int?
  /// How the server has refused its deployed form; since then it is tried in the documented one.
  var firstRefusal: ErrorInfo?

  /// How often it was sent, and when last.
  var sending = SentRequest()
  /// Whether the server has dropped messages since it was sent.
  var sawDrop = false
  /// Whether something that only the request brings has come.
  var isAnswered = false

  private var news: [News] = []
  private var arrival: Promise<Void>?

  init(_ message: ClientMessage?, about address: BranchAddress?) {
    self.message = message
    self.address = address
  }

  /// Whether it has been sent, so that errors may be its.
  var isUnderWay: Bool { frameID != nil || message == nil }

  func post(_ news: News) {
    self.news.append(news)
    arrival?.fulfil(())
  }

  /// The next thing that becomes known.
  ///
  /// - Parameter milliseconds: how long to wait for it; nil without end.
  func next(within milliseconds: Double? = nil) async -> News {
    if news.isEmpty {
      let arrival = Promise<Void>()
      self.arrival = arrival
      let timer = milliseconds.map { milliseconds in
        Reactor.shared.schedule(
          at: MonotonicTime.current().advanced(byMilliseconds: Int64(milliseconds.rounded(.up)))
        ) { arrival.fulfil(()) }
      }
      await arrival.value(onCancel: ())
      if let timer { Reactor.shared.cancel(timer) }
    }
    if !news.isEmpty { return news.removeFirst() }
    return Task.isCancelled ? .cancelled : .quiet
  }
}

extension InstRecordsClient {
  /// Runs `body` when it is the turn of its request, and no other of the kind is under way.
  func alone<Answer: Sendable>(
    _ message: ClientMessage?, about address: BranchAddress?,
    _ body: @EventLoop (LoneRequest) async throws(ClientError) -> Answer
  ) async throws(ClientError) -> Answer {
    if let failure { throw failure }
    let request = LoneRequest(message, about: address?.answered)
    loneRequests.append(request)
    defer {
      loneRequests.removeAll { $0 === request }
      sendWhatWaits()
    }
    return try await body(request)
  }

  /// Sends the request's message as soon as it may go.
  ///
  /// - Throws: ``ClientError`` when it cannot go at all.
  func send(_ request: LoneRequest) async throws(ClientError) {
    request.isWaiting = true
    sendWhatWaits()
    while true {
      switch await request.next() {
      case .sent: return
      case .failed(let error): throw refusal(of: request, insteadOf: error)
      case .cancelled: throw .cancelled
      // Before it was sent nothing can be its.
      default: continue
      }
    }
  }

  /// Waits a round trip to the server and a while longer for a refusal.
  ///
  /// - Throws: The refusal, or the loss of the connection.
  func settle(_ request: LoneRequest, milliseconds: Double) async throws(ClientError) {
    let probe = EventLoop.start { [weak self] in
      _ = try? await self?.sampleServerTime()
      request.post(.probed)
    }
    defer { probe.cancel() }
    var isProbed = false
    while true {
      switch await request.next(within: isProbed ? milliseconds : nil) {
      case .probed: isProbed = true
      case .quiet: return
      case .deviceArrived:
        request.isAnswered = true
        return
      case .refused(let info): throw .refused(info)
      case .lost(let reason): throw .interrupted(reason: reason)
      case .failed(let error): throw error
      case .cancelled: throw .cancelled
      // What was dropped now is the probe, which goes again by itself.
      case .sent, .counted, .dropped: continue
      }
    }
  }

  /// For how long the server's notice that it has dropped a message may be on its way.
  var quietMilliseconds: Double {
    min(2 * (connection.roundTripMilliseconds ?? 100) + 10, 5000)
  }

  // MARK: What the client tells

  /// Sends the message of the request whose turn it is, if it waits and may go.
  func sendLoneRequest() {
    guard let request = loneRequests.first, request.isWaiting, let message = request.message,
      mayAsk(about: request.address)
    else { return }
    request.isWaiting = false
    do throws(ClientError) {
      request.frameID = try connection.send(message)
      request.sending.sent(at: Reactor.shared.now)
      request.sawDrop = false
      request.post(.sent)
    } catch { request.post(.failed(error)) }
  }

  /// The request to which an error belongs that names no request, if there is one.
  func loneRequest(refusedBy info: ErrorInfo) -> LoneRequest? {
    guard let request = loneRequests.first, request.isUnderWay else { return nil }
    if let named = info.address, let address = request.address, named != address { return nil }
    return request
  }
}

import InstClient
import InstProtocol
import JSONText
import Testing
import Transport
import WebSocket

/// A client whose server is the test.
@EventLoop
struct ClientOnMemory {
  let connection = MemoryConnectionClient()
  let client: InstRecordsClient
  let address = BranchAddress(recordName: nil, inst: "i", branch: "default")
  /// The members that name that branch.
  let place = #""recordName":null,"inst":"i","branch":"default""#

  /// - Parameters:
  ///   - isOpen: whether the connection is up already.
  ///   - silence: milliseconds until a question about the time is asked in the other dialect.
  ///   - mayChangeDialect: whether the dialect is to be found out.
  ///   - resendAfter: milliseconds after which what is unanswered goes again; nil for never.
  init(
    isOpen: Bool = true, silence: Int64 = 60_000, mayChangeDialect: Bool = false,
    resendAfter: Int64? = nil
  ) {
    var options = InstRecordsClient.Options()
    options.timeSilenceMilliseconds = silence
    options.resendUpdatesAfterMilliseconds = resendAfter
    options.resendUpdatesIntervalMilliseconds = 10
    client = InstRecordsClient(connection, options: options)
    // Nothing but what the test asks for is sent.
    connection.mayChangeDialect = mayChangeDialect
    // The waits for a server's objections are as short as they get.
    connection.roundTripMilliseconds = 0
    client.connect()
    if isOpen { connection.open() }
  }

  /// Waits until so many messages were sent.
  func sent(_ count: Int, _ location: SourceLocation = #_sourceLocation) async {
    await until(location) { connection.sentMessages.count >= count }
  }

  /// Answers the time question that was sent last, as the dialect of the moment has it.
  func answerTime(as type: String = "sync/time/response") {
    guard case .timeSync(let request)? = connection.sentMessages.last else {
      Issue.record("no question about the time was sent last")
      return
    }
    connection.receive(
      #"[1,-1,{"type":"\#(type)","id":\#(request.id.text),"clientRequestTime":\#(request.clientRequestTime.text),"serverReceiveTime":1500,"serverTransmitTime":1510}]"#
    )
  }

  /// Refuses a frame, or, without one, whatever it was.
  func refuse(_ code: String, frame: Int = -1, members: String = "") {
    connection.receive(
      #"[5,\#(frame),{"success":false,"errorCode":"\#(code)","errorMessage":"no"\#(members)}]"#)
  }

  /// Tells that a message was dropped.
  func limitRate() {
    connection.receive(#"[1,-1,{"type":"rate_limit_exceeded","retryAfter":0,"totalHits":4}]"#)
  }

  /// Waits, at most ten seconds, until something is so.
  func until(
    _ location: SourceLocation = #_sourceLocation, _ isThere: @EventLoop () -> Bool
  ) async {
    let end = MonotonicTime.current().advanced(byMilliseconds: 10_000)
    while !isThere() {
      if MonotonicTime.current() > end {
        Issue.record("what was waited for did not happen", sourceLocation: location)
        return
      }
      await Task.yield()
    }
  }
}

/// What a request has come to, as text.
func outcome<Value>(_ task: Task<Value, any Error>) async -> String {
  do { return "\(try await task.value)" } catch {
    switch error as? ClientError {
    case .refused(let info)?: return "refused \(info.errorCode)"
    case .interrupted?: return "interrupted"
    case .noForm?: return "no form"
    case .cancelled?: return "cancelled"
    case let other?: return "\(other)"
    case nil: return "\(error)"
    }
  }
}

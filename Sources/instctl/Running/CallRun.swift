import InstClient
import InstProtocol
import JSONText
import Transport
import WebSocket

/// One run of `call`: sends the message, prints what comes, and knows the answer.
@EventLoop
final class CallRun {
  private let run: CommandRun
  private let connection: any ConnectionClient
  private let message: CalledMessage
  private let follows: Bool
  /// Who prints the frames that come; nil where somebody else shows all frames.
  private let lines: FrameLines?
  private var timers: EndingTimers?
  private var wantedCount: Int?

  private var frameID: Int?
  private var frameCount = 0
  private var isAnswered = false
  private var lastMove = Reactor.shared.now
  /// The arrival of something that is no answer.
  private var othersNews: MonotonicTime?
  /// Whether the server says that it has dropped the message, which moves nothing.
  private var isLimited = false

  /// Where no answer is known, so long a silence ends the command.
  private static let silence = DurationArgument(milliseconds: 1000, text: "1s")
  /// Milliseconds to wait after a limit of rates: servers tell of it about once a second.
  private static let leastWait = 1000.0
  private static let greatestWait = 3_600_000.0
  private static let timeout = DurationArgument(milliseconds: 10_000, text: "10s")

  /// - Parameters:
  ///   - follows: whether to go on behind the answer.
  ///   - printsFrames: whether the frames that come after the login are to be printed here.
  init(
    _ run: CommandRun, _ connection: any ConnectionClient, _ message: CalledMessage,
    follows: Bool, printsFrames: Bool
  ) {
    self.run = run
    self.connection = connection
    self.message = message
    self.follows = follows
    lines = printsFrames ? FrameLines(run) : nil
  }

  /// Connects; the message goes as soon as it may.
  func start(until ending: EndingOptions) {
    let connection = self.connection
    run.close = {
      connection.disconnect()
      connection.delegate = nil
      await connection.finished()
    }
    run.output.onStall = { stalled in
      if stalled { connection.pauseReading() } else { connection.resumeReading() }
    }
    wantedCount = ending.lineCount
    lastMove = Reactor.shared.now
    let awaitsAnswer = message.answer != nil && !follows
    let hasEnd = follows || ending.saysWhenToEnd || ending.timeout != nil
    timers = EndingTimers(
      self, of: run, duration: ending.duration,
      idle: ending.idle ?? (awaitsAnswer || hasEnd ? nil : Self.silence),
      timeout: awaitsAnswer ? nil : ending.timeout, until: ending.until?.expression)
    if awaitsAnswer { awaitProgress(ending.timeout ?? Self.timeout) }
    connection.delegate = self
    connection.connect()
  }

  private func send() {
    do throws(ClientError) {
      frameID = try connection.send(message.message)
      timers?.startIdle()
    } catch { run.fail(Failure(error)) }
  }

  /// Fails when nothing has moved for so long.
  private func awaitProgress(_ timeout: DurationArgument) {
    let isOthers = isLimited || connection.lastProgress == othersNews
    let progress = isOthers ? lastMove : max(lastMove, connection.lastProgress)
    let due = progress.advanced(byMilliseconds: timeout.milliseconds)
    guard Reactor.shared.now >= due else {
      Reactor.shared.schedule(at: due) { [weak self] in self?.awaitProgress(timeout) }
      return
    }
    let what = "the answer did not come within \(timeout.milliseconds) ms"
    run.fail(isLimited ? .rateLimited(what) : .timeout(what, milliseconds: timeout.milliseconds))
  }

  /// Looks whether a frame ends the command.
  private func judge(_ frame: ReceivedFrame) {
    if frame.scan.form == .error { return judge(error: frame) }
    guard !isAnswered, let content = frame.content, let value = try? JSONValue(parsing: content)
    else { return }
    if frame.scan.type == .rateLimitExceeded { return sendAgain(after: frame) }
    isLimited = false
    guard message.answer?.isMet(by: value) ?? false else {
      // Others' news gets nobody nearer to the answer; a part of it does.
      if message.answer?.isAbout(value) ?? true {
        lastMove = Reactor.shared.now
      } else {
        othersNews = connection.lastProgress
      }
      return
    }
    isAnswered = true
    if let refusal = ErrorInfo(in: value) {
      let layer: Failure.Layer = frame.scan.type == .loginResult ? .login : .server
      run.fail(
        Failure(refusal, layer: layer, message: "the server refused: \(refusal.errorMessage)"))
    } else if !follows {
      done()
    }
  }

  private func judge(error frame: ReceivedFrame) {
    guard case .error(let number, let info)? = try? Envelope<ServerMessage>(parsing: frame.bytes)
    else { return }
    let id = number?.int ?? 0
    // With one message under way, what names none is about it.
    if id <= 0 || id == frameID { run.fail(Failure(.refused(info))) }
  }

  /// The server has dropped the message.
  private func sendAgain(after frame: ReceivedFrame) {
    guard case .rateLimitExceeded(let notice)? = frame.serverMessage() else { return }
    isLimited = true
    // Only a notice that says how many messages there were is in seconds.
    let wait = notice.retryAfterMilliseconds(dialect: .documented)
    let due = Reactor.shared.now.advanced(
      byMilliseconds: Int64(min(max(wait, Self.leastWait), Self.greatestWait)))
    let dropped = frameID
    Reactor.shared.schedule(at: due) { [weak self] in
      guard let self, self.frameID == dropped, !self.isAnswered, !self.run.isEnding else { return }
      self.send()
    }
  }
}

extension CallRun: ConnectionClientDelegate {
  func connectionChanged(to state: ConnectionState) {
    run.diagnostics.note("connection: \(state.phase.rawValue)")
    if state.isConnected, frameID == nil { send() }
  }

  func received(_ frame: ReceivedFrame) {
    lines?.print(.received, frame.bytes)
    timers?.noteArrival()
    frameCount += 1
    judge(frame)
    if frameCount == wantedCount { done() }
  }

  func receivedUnreadable(_ reason: String) {
    run.diagnostics.warn("the server sent what cannot be understood: \(reason)")
  }

  func sendingFailed(frameID: Int, because error: ClientError) { run.fail(Failure(error)) }
  func failed(_ error: ClientError) { run.fail(Failure(error)) }
  func receivedAll() {}
  func canSend() {}
}

extension CallRun: LongRunning {
  var hasBegun: Bool { frameID != nil }
  var canReceive: Bool {
    connection.isConnected && !run.output.isStalled
      && !(frameID.map(connection.isUploading) ?? false)
  }
  var lastProgress: MonotonicTime { connection.lastProgress }
  var unmetCount: String? {
    wantedCount.map { "only \(frameCount) of \($0) frames came before" }
  }
  var unmetByTimeout: String { "nothing else ended the command" }
  func done() { run.end(.status(.done)) }
  func fail(_ failure: Failure) { run.fail(failure) }
}

extension ErrorInfo {
  /// The refusal that an answer is; nil for one that is none.
  fileprivate init?(in answer: JSONValue) {
    guard answer["success"]?.boolValue == false || answer["errorCode"]?.stringValue != nil else {
      return nil
    }
    let code = answer["errorCode"]?.stringValue ?? ErrorCode.serverError.rawValue
    self.init(
      errorCode: ErrorCode(rawValue: code),
      errorMessage: answer["errorMessage"]?.stringValue ?? code,
      reason: answer["reason"].map { RawJSON($0) })
  }
}

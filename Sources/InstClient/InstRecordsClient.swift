import InstProtocol
import JSONText
public import Transport
public import WebSocket

/// The client of the branches of insts: watches, reads and writes them over one connection (PROTOCOL
/// section 7).
@EventLoop
public final class InstRecordsClient {
  /// How updates are sent again, and how long answers are waited for.
  public struct Options: Sendable {
    /// Milliseconds after which an unacknowledged update goes again, doubled with each try up to
    /// eight times as much; nil for only after a reconnect.
    public var resendUpdatesAfterMilliseconds: Int64? = 5000
    /// How often that is looked at, in milliseconds.
    public var resendUpdatesIntervalMilliseconds: Int64 = 1000
    /// So many milliseconds a server may say nothing to a question about the time before it is asked in the
    /// other dialect.
    public var timeSilenceMilliseconds: Int64 = 2000
    /// The clock of this machine, in milliseconds since the Unix epoch.
    public var wallClock: @EventLoop @Sendable () -> Double = wallClockMilliseconds

    /// The defaults: after 5, 10, 20, 40, 40, … s, looked at each second.
    public init() {}
  }

  /// Told of what concerns the whole connection.
  public weak var observer: (any InstRecordsObserver)?

  let connection: any ConnectionClient
  let options: Options
  var loneRequests: [LoneRequest] = []
  var unsettledActions = UnsettledActions()
  /// Whether the server has shown which dialect it speaks.
  var isDialectKnown = false
  var timeQuestions: [TimeQuestion] = []
  var lastTimeID = 0
  var deviceWatches: [DeviceWatch] = []
  var httpExchanges: [HTTPExchange] = []
  var lastHTTPID = 0
  /// Why there will be no connection until the next ``connect()``.
  private(set) var failure: ClientError?

  var watches: [BranchWatch] = []
  /// The one that the last frame was for: the next frame probably is, too.
  var latestWatch: BranchWatch?
  var pending: PendingUpdates
  var reads: [PendingRead] = []
  private(set) var streams = ClientStreams()
  var resendTimer: Reactor.TimerID?
  var lastFrameArrival = MonotonicTime(nanoseconds: .min)
  private var stateChange = Promise<Void>()
  /// So many updates may be under way: few after a limit of rates, twice as many with each acknowledgement, so
  /// that a server with a limit is not met with all of them at once, over and over.
  var sendWindow = Int.max
  /// Nothing is sent before this time, because the server said so.
  var silentUntil: MonotonicTime?

  /// A client on a connection that logs in (or needs no login).
  public init(_ connection: any ConnectionClient, options: Options = Options()) {
    self.connection = connection
    self.options = options
    pending = PendingUpdates(resendAfterMilliseconds: options.resendUpdatesAfterMilliseconds)
  }

  /// The connection's state.
  public var connectionState: ConnectionState { connection.connectionState }

  /// Waits until the connection's state has changed, or the task is cancelled.
  public func nextConnectionChange() async { await stateChange.value(onCancel: ()) }

  /// When the server last sent something of substance.
  public var lastProgress: MonotonicTime { connection.lastProgress }

  /// Bytes that have come from the server.
  public var receivedBytes: Int { connection.receivedBytes }

  /// Bytes that wait for the server to take them.
  public var pendingOutput: Int { connection.pendingOutput }

  /// Connects, and stays connected, until ``disconnect()``.
  public func connect() {
    failure = nil
    connection.delegate = self
    if !forcedOffline { connection.connect() }
  }

  /// Whether the client stays without a connection until this is false again, as if the network were
  /// gone. What is watched stays watched, and what is unacknowledged goes with the next connection.
  public var forcedOffline = false {
    didSet {
      guard forcedOffline != oldValue, connection.delegate === self else { return }
      if forcedOffline { connection.disconnect() } else { connection.connect() }
    }
  }

  /// Takes leave of the branches and ends the connection in order. Requests under way fail with
  /// ``ClientError/cancelled``.
  public func disconnect() {
    failure = .cancelled
    for watch in watches where connection.isConnected && watch.stage != .idle {
      _ = try? connection.send(.unwatchBranch(BranchRequest(watch.address)))
    }
    failAll(.cancelled)
    connection.disconnect()
    connection.delegate = nil
  }

  /// Waits until nothing of an ended connection is left.
  public func finished() async { await connection.finished() }

  /// Lets the server wait: nothing is read until each pause has its ``resumeReading()``.
  public func pauseReading() { connection.pauseReading() }

  /// Takes one pause back.
  public func resumeReading() { connection.resumeReading() }

  /// Sends everything that is to be sent and may go now.
  func sendWhatWaits() {
    guard connection.isConnected, !isSilenced else { return }
    do throws(ClientError) {
      for watch in watches where watch.stage == .idle {
        watch.frameID = try connection.send(.watchBranch(watch.request))
        watch.stage = .requested
        watch.sending.sent(at: Reactor.shared.now)
      }
      try sendTimeQuestions()
      for read in reads where read.frameID == nil && mayRead(read.address) {
        read.frameID = try connection.send(.getUpdates(BranchRequest(read.address)))
        read.sending.sent(at: Reactor.shared.now)
      }
      sendLoneRequest()
      try sendHTTPRequests()
      try sendUpdates()
      scheduleResending()
    } catch {
      // The connection is going down: all of it goes again when there is a new one.
      if case .cannotSend = error { connection.dropConnection(because: error) }
    }
  }

  private func failAll(_ error: ClientError) {
    endWatches()
    for read in reads { read.promise.fulfil(.failure(error)) }
    settle(pending.removeAll(where: { _ in true }), error)
    for request in loneRequests { request.post(.failed(error)) }
    for question in timeQuestions { question.promise.fulfil(.failure(error)) }
    failHTTPExchanges(error)
    streams.finish()
    streams = ClientStreams()
  }
}

// MARK: - What arrives

extension InstRecordsClient: ConnectionClientDelegate {
  /// For the connection.
  public func connectionChanged(to state: ConnectionState) {
    lastFrameArrival = max(Reactor.shared.now, connection.lastProgress)
    if !state.isConnected {
      for watch in watches { watch.connectionLost() }
      for read in reads { read.frameID = nil }
      pending.connectionLost()
      let reason = state.reason ?? "disconnected"
      if let request = loneRequests.first, request.isUnderWay {
        request.post(.lost(reason: reason))
      }
      unsettledActions.connectionLost()
      for question in timeQuestions { question.frameID = nil }
      repeatHTTPRequests(orFail: .interrupted(reason: reason))
    }
    observer?.clientConnectionChanged(to: state)
    streams.states.post(state)
    for watch in watches { watch.watcher.connectionChanged(to: state) }
    tellDeviceWatches(state)
    sendWhatWaits()
    let change = stateChange
    stateChange = Promise()
    change.fulfil(())
  }

  /// For the connection.
  public func received(_ frame: ReceivedFrame) {
    lastFrameArrival = Reactor.shared.now
    if frame.scan.form == .error { return errorArrived(frame) }
    switch frame.scan.type {
    case .addUpdates: updatesArrived(frame)
    case .receiveAction: actionArrived(frame)
    case .updatesReceived: acknowledgementArrived(frame)
    case .watchBranchResult: watchAnswered(frame)
    case .rateLimitExceeded: rateLimitArrived(frame)
    case .connectedToBranch: deviceArrived(frame)
    case .disconnectedFromBranch: deviceLeft(frame)
    case .connectionCount: countArrived(frame)
    case .timeSyncResponse, .documentedTimeSyncResponse: timeArrived(frame)
    case .httpResponse, .httpPartialResponse, .documentedHTTPResponse,
      .documentedHTTPPartialResponse:
      httpArrived(frame)
    default: unclaimed(frame)
    }
  }

  /// A frame that nobody waits for, or of a type that is not known.
  func unclaimed(_ frame: ReceivedFrame) {
    observer?.received(unclaimed: frame)
    guard streams.messages.isUsed, let content = frame.content else { return }
    streams.messages.post(RawJSON(scanned: content), tag: frame.typeText)
  }

  /// For the connection.
  public func receivedAll() {
    for watch in watches { watch.watcher.receivedAll() }
  }

  /// For the connection.
  public func canSend() { sendWhatWaits() }

  /// For the connection.
  public func receivedUnreadable(_ reason: String) { observer?.receivedUnreadable(reason) }

  /// For the connection.
  public func sendingFailed(frameID: Int, because error: ClientError) {
    settle(pending.removeAll(where: { $0.frameID == frameID }), error)
    if let request = loneRequests.first(where: { $0.frameID == frameID }) {
      request.post(.failed(error))
    }
    if let read = reads.first(where: { $0.frameID == frameID }) {
      finish(read, .failure(error))
    }
    if let exchange = httpExchanges.first(where: { $0.frameID == frameID }) {
      fail(exchange, error)
    }
  }

  /// For the connection.
  public func failed(_ error: ClientError) {
    connection.delegate = nil
    failure = error
    failAll(error)
    observer?.failed(error)
  }
}

public import InstProtocol
import JSONText
public import Transport
public import WebSocket

/// A connection to an inst server over a WebSocket, made again when it is lost (PROTOCOL sections 3
/// and 6). It does not log in: ``AuthenticatedConnectionClient`` does.
@EventLoop
public final class WebSocketConnectionClient: ConnectionClient {
  /// How to reach the server, and for how long to try.
  public struct Options: Sendable {
    /// TLS, compression, headers, limits.
    public var connect = ConnectOptions()
    /// When to try again.
    public var reconnect = ReconnectPolicy()
    /// For name, TCP, TLS, upgrade and login together.
    public var connectTimeoutMilliseconds: Int64 = 10_000
    /// Told of each step of a connection that is done.
    public var report: ConnectReporter?
    /// Asked at the start of each connection who is told of what crosses the wire.
    public var observe: (@EventLoop @Sendable () -> WireObserver?)?
    /// The dialect in which messages are sent.
    public var dialect = DialectChoice.auto
    /// How messages travel that are too large for one frame of some servers.
    public var largeMessages = LargeMessageMode.auto
    /// How to reach the storage that a server names for large messages. Nothing of ``connect`` is sent
    /// there: no fields, no origin, no client certificate. The size limit is that of messages.
    public var storage = HTTPOptions()

    /// The defaults, with keep-alive pings every 15 s, to be answered within 10 s.
    public init() {
      connect.connection.pingInterval = 15_000_000_000
      connect.connection.pingTimeout = 10_000_000_000
    }
  }

  /// Told of states, messages and errors; see ``ConnectionClient/delegate``.
  public var delegate: (any ConnectionClientDelegate)?
  /// Where the client is in its life.
  public private(set) var connectionState = ConnectionState(.disconnected)
  /// By when the connection that is being made must be ready for use.
  public private(set) var openingDeadline: Deadline?
  /// The server's origin, to which credentials belong.
  public var origin: String? { url.origin }

  /// Nothing logs in here.
  public var indicator: ConnectionIndicator? { nil }
  /// Nothing is asked here, so nothing is known.
  public var roundTripMilliseconds: Double? { nil }
  /// The dialect in which messages are sent.
  public var dialect: Dialect
  /// Whether the dialect is to be found out.
  public var mayChangeDialect: Bool { options.dialect == .auto }
  /// Readers of what happens.
  public let streams = ConnectionStreams()

  let url: WebSocketURL
  let options: Options
  var channel: WebSocketChannel?
  private var ended: WebSocketChannel?
  /// Bytes that have come over the connections before the present one.
  private var receivedBefore = 0
  private var opening: Task<Void, Never>?
  private var retryTimer: Reactor.TimerID?
  private var failures = 0
  private var wasEstablished = false
  private var openedAt: MonotonicTime?
  private var random = SystemRandomNumberGenerator()
  var lastFrameID = 0
  var writer = JSONWriter(capacity: 4096)
  var scanner = MessageScanner()
  private(set) lazy var courier = LargeMessageCourier(
    mode: options.largeMessages, storage: HTTPMessageStorage(for: url, options: options),
    for: self)

  /// Pauses that are in force; reading stays paused over a reconnect.
  private(set) var pauses = 0
  /// Whether there are too many large messages to fetch.
  private var isHeldUp = false
  private var resumption = Promise<Void>()

  /// A connection that lasted this long is made again at once.
  private static let settledMilliseconds: Int64 = 1000

  /// A client for the server at `url`; ``connect()`` starts it.
  public init(url: WebSocketURL, options: Options = Options()) {
    self.url = url
    self.options = options
    dialect = options.dialect == .documented ? .documented : .deployed
  }

  /// When the server last sent something of substance.
  public var lastProgress: MonotonicTime {
    max(channel?.lastProgress ?? MonotonicTime(nanoseconds: .min), courier.lastProgress)
  }

  /// Whether a message is on its way to the server's storage.
  public func isUploading(_ frameID: Int) -> Bool { courier.isOnItsWay(frameID) }

  /// Bytes that have come from the server, over all connections, and from its storage.
  public var receivedBytes: Int {
    receivedBefore + (channel?.receivedBytes ?? 0) + courier.fetchedBytes
  }

  /// Bytes that wait for the server to take them.
  public var pendingOutput: Int { (channel?.pendingOutput ?? 0) + courier.pendingBytes }

  // MARK: Life

  /// Makes a connection, and makes it again when it is lost.
  public func connect() {
    guard connectionState.phase == .disconnected else { return }
    failures = 0
    wasEstablished = false
    changeState(ConnectionState(.connecting))
    open()
  }

  /// Ends the connection in order.
  public func disconnect() {
    stop()
    if connectionState.phase != .disconnected { changeState(ConnectionState(.disconnected)) }
  }

  /// Waits until nothing of an ended connection is left.
  public func finished() async {
    await ended?.finished()
    ended = nil
  }

  /// The connection serves its purpose; see ``ConnectionClient/markEstablished()``.
  public func markEstablished() {
    wasEstablished = true
  }

  /// Takes the present connection for lost.
  public func dropConnection(because error: ClientError) {
    stop()
    lost(error, reason: error.description, closeCode: nil)
  }

  /// Ends whatever is going on, without a word to the delegate.
  private func stop() {
    if let retryTimer { Reactor.shared.cancel(retryTimer) }
    retryTimer = nil
    opening?.cancel()
    opening = nil
    courier.connectionLost()
    guard let channel else { return }
    channel.handler = nil
    receivedBefore += channel.receivedBytes
    channel.close(CloseFrame(code: .normal, reason: ""))
    ended = channel
    self.channel = nil
  }

  private func open() {
    let deadline = Deadline(
      milliseconds: options.connectTimeoutMilliseconds, from: Reactor.shared.now)
    openingDeadline = deadline
    var connect = options.connect
    if let observe = options.observe { connect.observer = observe() }
    let settled = connect
    opening = EventLoop.start { [self] in
      do throws(ConnectError) {
        let channel = try await WebSocketChannel.connect(
          to: url, options: settled, deadline: deadline, report: options.report)
        if Task.isCancelled { return channel.abort() }
        opened(channel)
      } catch {
        if Task.isCancelled { return }
        openingFailed(.connect(error))
      }
    }
  }

  private func opened(_ channel: WebSocketChannel) {
    opening = nil
    self.channel = channel
    openedAt = Reactor.shared.now
    channel.handler = self
    applyPause()
    changeState(ConnectionState(.connected))
  }

  private func openingFailed(_ error: ClientError) {
    opening = nil
    lost(error, reason: error.description, closeCode: nil)
  }

  /// The connection is gone, or did not come about: tries again where the policy allows it.
  private func lost(_ error: ClientError, reason: String, closeCode: Int?) {
    let now = Reactor.shared.now
    let wasSettled =
      openedAt.map { now >= $0.advanced(byMilliseconds: Self.settledMilliseconds) } ?? false
    // A server that takes the login and then hangs up is no reason to hurry.
    failures = wasSettled && wasEstablished ? 0 : failures + 1
    openedAt = nil
    guard error.mayBeRetried,
      options.reconnect.retries(after: failures, wasEstablished: wasEstablished)
    else { return giveUp(error, reason: reason, closeCode: closeCode) }

    let attempt = failures + 1
    let delay = options.reconnect.delay(
      beforeAttempt: attempt, wasSettled: wasSettled, using: &random)
    var state = ConnectionState(wasEstablished ? .reconnecting : .connecting)
    state.attempt = attempt
    state.retryInMilliseconds = delay
    state.reason = reason
    state.closeCode = closeCode
    retryTimer = Reactor.shared.schedule(at: now.advanced(byMilliseconds: delay)) { [weak self] in
      self?.retryTimer = nil
      self?.open()
    }
    changeState(state)
  }

  private func giveUp(_ error: ClientError, reason: String, closeCode: Int?) {
    var state = ConnectionState(.disconnected)
    state.reason = reason
    state.closeCode = closeCode
    changeState(state)
    delegate?.failed(error)
  }

  /// The channel has come to its end.
  func ended(_ channel: WebSocketChannel, _ end: ChannelEnd) {
    guard self.channel === channel else { return }
    self.channel = nil
    receivedBefore += channel.receivedBytes
    ended = channel
    courier.connectionLost()
    lost(.connectionLost(end), reason: end.description, closeCode: end.closeCode)
  }

  private func changeState(_ state: ConnectionState) {
    connectionState = state
    streams.connectionChanged(to: state)
    delegate?.connectionChanged(to: state)
  }

  // MARK: Pauses

  /// Lets the server wait; see ``ConnectionClient/pauseReading()``.
  public func pauseReading() {
    pauses += 1
    applyPause()
  }

  /// Takes one pause back.
  public func resumeReading() {
    guard pauses > 0 else { return }
    pauses -= 1
    applyPause()
    guard pauses == 0 else { return }
    resumption.fulfil(())
    resumption = Promise()
  }

  /// Lets the server wait until large messages are fetched.
  func holdUp(_ isHeldUp: Bool) {
    self.isHeldUp = isHeldUp
    applyPause()
  }

  func untilReading() async {
    while pauses > 0, !Task.isCancelled { await resumption.value(onCancel: ()) }
  }

  private func applyPause() {
    if pauses > 0 || isHeldUp { channel?.pauseReading() } else { channel?.resumeReading() }
  }
}

extension ClientError {
  /// Whether another attempt could go better: not where the server's certificate, its answer to the
  /// upgrade or to the login says no.
  var mayBeRetried: Bool {
    switch self {
    // What was too large once is too large the next time.
    case .connectionLost(let end) where end.closeCode == 1009: false
    case .connectionLost(.failed(.messageTooLarge)), .connectionLost(.failed(.frameTooLarge)): false
    case .loginRefused(let info) where info.errorCode == .rateLimitExceeded: true
    case .connect(.transport(.tls)), .connect(.transport(.invalidURL)), .loginRefused, .cancelled:
      false
    case .connect(.transport(.proxy(let error, _))): error.mayBeRetried
    case .storage(let error): error.mayBeRetriedLater
    case .connect(.handshake(.endedEarly)): true
    case .connect(.handshake): false
    default: true
    }
  }
}

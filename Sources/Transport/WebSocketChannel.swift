public import WebSocket

/// How a channel came to its end.
public enum ChannelEnd: Hashable, Sendable {
  /// The closing handshake, or the peer's disappearance, as the protocol saw it.
  case closed(WebSocketClosure)
  /// The peer broke the protocol or went over a limit.
  case failed(WebSocketError)
  /// The connection below broke.
  case transport(TransportError)
}

extension ChannelEnd: CustomStringConvertible {
  /// The code of the close frame that the peer sent (RFC 6455 section 7.1.5): 1005 for a frame
  /// without one, 1006 for no frame at all.
  public var closeCode: Int {
    guard case .closed(let closure) = self, let received = closure.received else {
      return Int(CloseCode.abnormal.rawValue)
    }
    return Int((received.code ?? .noStatus).rawValue)
  }

  /// One sentence for people.
  public var description: String {
    switch self {
    case .closed(let closure):
      guard let received = closure.received else { return "the peer went away while closing" }
      let code = received.code.map { "with code \($0.rawValue)" } ?? "without a code"
      let reason = received.reason.isEmpty ? "" : ": \(received.reason)"
      return "the peer closed the connection \(code)\(reason)"
    case .failed(let error): return error.description
    case .transport(let error): return error.description
    }
  }
}

/// Whoever uses a channel.
@EventLoop
public protocol WebSocketChannelHandler: AnyObject {
  /// A message arrived. `payload` is the channel's own buffer: valid until this call returns. Text
  /// is valid UTF-8. The call may send and close.
  func channel(
    _ channel: WebSocketChannel, received kind: MessageKind, _ payload: UnsafeRawBufferPointer)
  /// No more input is waiting: the moment to pass on what was gathered.
  func channelDrained(_ channel: WebSocketChannel)
  /// After a send that left bytes waiting: they are on their way.
  func channelCanSend(_ channel: WebSocketChannel)
  /// The end; the last call, made once.
  func channel(_ channel: WebSocketChannel, ended end: ChannelEnd)
}

/// An open WebSocket over a byte stream: moves bytes between socket and protocol, keeps its
/// deadlines, and nothing else.
@EventLoop
public final class WebSocketChannel {
  /// Told of what happens. Nothing is read before it is set, so that it misses nothing.
  public var handler: (any WebSocketChannelHandler)? {
    didSet { if handler != nil { scheduleStart() } }
  }

  /// When the last message, or a sizeable part of one, arrived; control frames do not count.
  public private(set) var lastProgress: MonotonicTime

  /// Bytes that have arrived since the upgrade, frames as a whole.
  public private(set) var receivedBytes = 0

  /// Told of frames and of the end; nil costs nothing.
  public var observer: WireObserver? {
    didSet { connection.recordsFrames = observer?.wantsFrames ?? false }
  }

  private let stream: ByteStream
  private let role: Role
  private var connection: WebSocketConnection
  private var isStarted = false
  private var isPaused = false
  private var isFlushScheduled = false
  private var isOutputBlocked = false
  private var isSendingBroken = false
  private var isEnded = false
  private var isProcessing = false
  private var bytesSinceProgress = 0
  private var timer: (id: Reactor.TimerID, deadline: MonotonicTime)?
  private let gone = Promise<Void>()

  /// Room for one read: little for the many quiet connections, more where a read fills it, as each
  /// system call costs.
  private var readSize = 64 * 1024
  /// With the beginning of a message that the read before has cut, it fits into 256 KiB.
  private static let greatestReadSize = 192 * 1024
  /// Output beyond this is written at once, less of it at the end of the turn.
  private static let flushSize = 64 * 1024
  /// Reads in one turn, so that one busy connection leaves time for the others.
  private static let readsPerTurn = 8
  /// How long the end of the TCP connection is waited for.
  private static let lingerMilliseconds: Int64 = 1000

  init(stream: ByteStream, role: Role, connection: consuming WebSocketConnection) {
    self.stream = stream
    self.role = role
    self.connection = connection
    lastProgress = Reactor.shared.now
    stream.onReady = { [weak self] readiness in self?.ready(readiness) }
  }

  private func scheduleStart() {
    guard !isStarted else { return }
    isStarted = true
    // What the handshake read beyond its end is there already, so no event of the socket will tell.
    // Or it is inside TLS.
    Reactor.shared.atEndOfTurn { [weak self] in
      self?.readAvailable()
      self?.watch()
      self?.armTimer()
    }
  }

  /// The address of the peer.
  public var peerAddress: SocketAddress? { stream.peerAddress }

  // MARK: Sending

  /// Sends a message; it is on its way when the turn ends, or when enough has gathered.
  ///
  /// - Throws: `WebSocketError` after the end, or where the peer reads so slowly that the limit of
  ///   waiting output is reached.
  public func send(
    _ kind: MessageKind, _ payload: UnsafeRawBufferPointer
  ) throws(WebSocketError) {
    guard !isEnded else { throw .notOpen }
    try connection.send(kind, payload)
    if observer != nil { tellFrames() }
    if connection.pendingOutput >= Self.flushSize {
      flush()
    } else {
      scheduleFlush()
    }
  }

  /// Sends a text message.
  public func send(_ text: [UInt8]) throws(WebSocketError) {
    try text.span.bytes.withUnsafeBytes { (bytes) throws(WebSocketError) in
      try send(.text, bytes)
    }
  }

  /// Bytes that wait for the peer to take them.
  public var pendingOutput: Int { connection.pendingOutput }

  private func scheduleFlush() {
    guard !isFlushScheduled else { return }
    isFlushScheduled = true
    Reactor.shared.atEndOfTurn { [weak self] in
      self?.isFlushScheduled = false
      self?.flush()
    }
  }

  private func flush() {
    guard !isSendingBroken else { return }
    var failure: TransportError?
    var taken = 0
    repeat {
      taken = 0
      connection.withOutput { bytes in
        do throws(TransportError) { taken = try stream.write(bytes) } catch { failure = error }
        return taken
      }
    } while taken > 0 && connection.pendingOutput > 0
    if observer != nil { tellFrames() }
    if let failure { return sendingFailed(failure) }
    let wasBlocked = isOutputBlocked
    isOutputBlocked = connection.pendingOutput > 0 || stream.hasPendingOutput
    if isOutputBlocked != wasBlocked {
      watch()
      if wasBlocked { handler?.channelCanSend(self) }
    }
  }

  /// What the peer said before it went, such as a close frame, counts for more than how it went.
  private func sendingFailed(_ failure: TransportError) {
    guard !isEnded else { return }
    isSendingBroken = true
    // Not now: this may be a handler's call, with the last message still in the input.
    Reactor.shared.schedule(at: Reactor.shared.now) { [weak self] in
      guard let self, !isEnded else { return }
      if !isPaused { readAvailable() }
      end(.transport(failure))
    }
  }

  // MARK: Closing

  /// Starts the closing handshake, reading on even where reading was paused.
  public func close(_ frame: CloseFrame) {
    guard !isEnded else { return }
    connection.close(frame, now: Reactor.shared.now)
    if observer != nil { tellFrames() }
    scheduleStart()
    resumeReading()
    process()
    flush()
    armTimer()
  }

  /// Drops the connection without a word.
  public func abort() {
    end(.transport(.cancelled))
    finish()
  }

  /// Waits until the connection below is gone, at most a second after the channel's end.
  public func finished() async { await gone.get() }

  // MARK: Reading

  /// Stops reading, so that the peer has to wait, until ``resumeReading()``.
  public func pauseReading() {
    guard !isPaused else { return }
    isPaused = true
    watch()
  }

  /// Reads on after ``pauseReading()``.
  public func resumeReading() {
    guard isPaused else { return }
    isPaused = false
    // First what is there: the peer could not be heard in the meantime, which is no fault of its own.
    Reactor.shared.schedule(at: Reactor.shared.now) { [weak self] in self?.ready(.readable) }
    watch()
  }

  private func watch() {
    guard !isEnded else { return }
    var readiness: Readiness = isPaused || !isStarted ? [] : .readable
    if isOutputBlocked { readiness.insert(.writable) }
    do throws(TransportError) { try stream.watch(readiness) } catch { end(.transport(error)) }
  }

  private func ready(_ readiness: Readiness) {
    if isEnded { return linger() }
    if readiness.contains(.writable) { flush() }
    if readiness.contains(.readable), !isPaused { readAvailable() }
    armTimer()
  }

  private func readAvailable() {
    connection.now = Reactor.shared.now
    process()
    for _ in 0..<Self.readsPerTurn where !isPaused && !isEnded {
      var result = Result<ByteStream.ReadResult, TransportError>.success(.wouldBlock)
      connection.withInputSpace(atLeast: readSize) { space in
        result = Result { () throws(TransportError) in try stream.read(into: space) }
        if case .success(.bytes(let count)) = result { return count }
        return 0
      }
      switch result {
      case .success(.bytes(let count)):
        noteProgress(of: count)
        if count >= readSize { readSize = min(2 * readSize, Self.greatestReadSize) }
        process()
      case .success(.wouldBlock):
        return drained()
      case .success(.end):
        connection.receiveEnd()
        return process()
      case .failure(let error):
        return end(.transport(error))
      }
    }
    drained()
    guard !isPaused, !isEnded else { return }
    // TLS may hold bytes that the socket no longer tells of.
    Reactor.shared.schedule(at: Reactor.shared.now) { [weak self] in
      self?.ready(.readable)
    }
  }

  private func noteProgress(of count: Int) {
    receivedBytes &+= count
    bytesSinceProgress += count
    guard bytesSinceProgress >= 1024 else { return }
    bytesSinceProgress = 0
    lastProgress = Reactor.shared.now
  }

  private func drained() {
    handler?.channelDrained(self)
    if connection.pendingOutput > 0 { scheduleFlush() }
  }

  /// Deals with everything that the protocol has to say.
  private func process() {
    guard !isProcessing, !isEnded else { return }
    isProcessing = true
    defer { isProcessing = false }
    let now = Reactor.shared.now
    while !isPaused, let event = connection.nextEvent() {
      if observer != nil { tellFrames() }
      switch event {
      case .message(let kind):
        lastProgress = now
        // The payload outlives the borrow: sending, all that a handler can do to the connection,
        // leaves the input alone.
        let payload = connection.withPayload { $0 }
        handler?.channel(self, received: kind, payload)
      case .ping, .pong, .closeReceived: break
      case .closed(let closure): end(.closed(closure))
      case .failed(let error): end(.failed(error))
      }
      if isEnded { return }
    }
    if observer != nil { tellFrames() }
    if connection.pendingOutput > 0 { scheduleFlush() }
  }

  private func tellFrames() {
    guard let observer else { return }
    for frame in connection.takeFrameRecords() { observer.tell(.frame(frame)) }
  }

  // MARK: Time

  private func armTimer() {
    guard !isEnded, !isPaused, let deadline = connection.nextDeadline else { return }
    // A timer that comes too early finds nothing due and is set again: cheaper than moving it with
    // every message.
    if let timer, timer.deadline <= deadline { return }
    if let timer { Reactor.shared.cancel(timer.id) }
    let id = Reactor.shared.schedule(at: deadline) { [weak self] in self?.timerFired() }
    timer = (id, deadline)
  }

  private func timerFired() {
    timer = nil
    guard !isEnded, !isPaused else { return }
    connection.advance(to: Reactor.shared.now)
    if observer != nil { tellFrames() }
    process()
    flush()
    armTimer()
  }

  // MARK: The end

  private func end(_ end: ChannelEnd) {
    guard !isEnded else { return }
    isEnded = true
    // The close frame above all; whether it gets there changes nothing about this end.
    if case .transport = end {} else { flush() }
    if let timer { Reactor.shared.cancel(timer.id) }
    timer = nil
    let handler = self.handler
    self.handler = nil
    observer?.tell(.ended(end))
    handler?.channel(self, ended: end)
    if case .transport = end { return finish() }
    startLingering()
  }

  /// Lets the last frames reach the peer: a socket that is closed with unread input resets the
  /// connection and takes them back. The server closes first (RFC 6455 section 7.1.1).
  private func startLingering() {
    if role == .server, connection.pendingOutput == 0 { stream.finishWriting() }
    // Until the peer has closed; this reference is what keeps the channel until then.
    Reactor.shared.schedule(
      at: Reactor.shared.now.advanced(byMilliseconds: Self.lingerMilliseconds)
    ) { self.finish() }
    try? stream.watch(connection.pendingOutput > 0 ? [.readable, .writable] : .readable)
    linger()
  }

  private func linger() {
    if connection.pendingOutput > 0 {
      connection.withOutput { (try? stream.write($0)) ?? $0.count }
      if connection.pendingOutput == 0 {
        if role == .server { stream.finishWriting() }
        try? stream.watch(.readable)
      }
    }
    for _ in 0..<Self.readsPerTurn {
      let result = withUnsafeTemporaryAllocation(byteCount: 16 * 1024, alignment: 16) { scratch in
        Result { () throws(TransportError) in try stream.read(into: scratch) }
      }
      switch result {
      case .success(.bytes): continue
      case .success(.wouldBlock): return
      case .success(.end), .failure: return finish()
      }
    }
  }

  private func finish() {
    guard !gone.isFulfilled else { return }
    stream.close()
    gone.fulfil(())
  }
}

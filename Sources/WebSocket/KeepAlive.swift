/// The connection's own pings, and what silence after a ping means.
struct KeepAlive {
  let interval: Int64?
  /// When the next own ping is due.
  private(set) var nextPing: MonotonicTime?
  /// The application data of the latest ping, while no pong has answered it.
  private(set) var awaited: [UInt8]?
  private var sentAt: MonotonicTime
  /// Since when nothing was heard, while a pong is awaited.
  private(set) var silentSince: MonotonicTime
  /// Output to be written before the peer can have the first ping that is not answered.
  private var outputBeforePing = 0
  private var counter: UInt32 = 0

  init(interval: Int64?, now: MonotonicTime) {
    self.interval = interval.flatMap { $0 > 0 ? $0 : nil }
    nextPing = self.interval.map { now.advanced(byNanoseconds: $0) }
    sentAt = now
    silentSince = now
  }

  var isWaitingInOutput: Bool { outputBeforePing > 0 }

  /// Eight bytes that no earlier ping of this connection had.
  mutating func nextPayload(random: UInt32) -> [UInt8] {
    counter &+= 1
    let word = UInt64(random) << 32 | UInt64(counter)
    return withUnsafeBytes(of: word.bigEndian) { [UInt8]($0) }
  }

  mutating func schedule(after now: MonotonicTime) {
    nextPing = interval.map { now.advanced(byNanoseconds: $0) }
  }

  /// A ping was queued, and the output has so many bytes up to its end.
  mutating func pingQueued(_ payload: [UInt8], outputSize: Int, now: MonotonicTime) {
    if awaited == nil {
      silentSince = now
      outputBeforePing = outputSize
    }
    awaited = payload
    sentAt = now
  }

  /// The transport took bytes. Until the ping itself has gone that is a sign of life: a long
  /// upload must not look like a silent peer.
  mutating func outputMoved(_ count: Int, now: MonotonicTime) {
    guard outputBeforePing > 0 else { return }
    outputBeforePing -= min(count, outputBeforePing)
    silentSince = now
  }

  @inline(__always)
  mutating func heard(now: MonotonicTime) {
    silentSince = now
  }

  /// The round trip in nanoseconds, if this answers the latest ping.
  mutating func pongReceived(_ payload: UnsafeRawBufferPointer, now: MonotonicTime) -> Int64? {
    guard let expected = awaited, expected.elementsEqual(payload) else { return nil }
    awaited = nil
    outputBeforePing = 0
    return now.nanoseconds(since: sentAt)
  }
}

extension WebSocketConnection {
  /// When ``advance(to:)`` has something to do next; nil if only input can change anything.
  public var nextDeadline: MonotonicTime? {
    switch state {
    case .open: [keepAlive.nextPing, pingDeadline].compactMap { $0 }.min()
    case .closing: [closing.deadline, pingDeadline].compactMap { $0 }.min()
    case .closed: closing.deadline
    }
  }

  /// Runs the timers: pings that are due, pings unanswered, the closing handshake.
  ///
  /// What comes of it is told by ``nextEvent()``. Read what has arrived first: after a process was
  /// stopped for a while, the pong may be waiting in the socket.
  public mutating func advance(to now: MonotonicTime) {
    self.now = now
    switch state {
    case .open:
      if isOver(pingDeadline) { return failForSilence() }
      if isOver(keepAlive.nextPing) {
        keepAlive.schedule(after: clock)
        // While one still waits in the output, another behind it would tell nothing.
        guard !keepAlive.isWaitingInOutput else { return }
        let payload = keepAlive.nextPayload(random: maskKeys.next())
        payload.withUnsafeBytes { queuePing($0) }
      }
    case .closing:
      if isOver(closing.deadline) {
        queuedEvent = fail(.closeTimeout(nanoseconds: configuration.closeTimeout))
      } else if isOver(pingDeadline) {
        failForSilence()
      }
    case .closed:
      if isOver(closing.deadline) {
        closing.deadline = nil
        closing.isOver = true
      }
    }
  }

  private func isOver(_ deadline: MonotonicTime?) -> Bool {
    deadline.map { $0 <= clock } ?? false
  }

  private var pingDeadline: MonotonicTime? {
    guard keepAlive.awaited != nil else { return nil }
    return keepAlive.silentSince.advanced(byNanoseconds: configuration.pingTimeout)
  }

  private mutating func failForSilence() {
    queuedEvent = fail(.pingTimeout(nanoseconds: configuration.pingTimeout))
  }

  mutating func queuePing(_ payload: UnsafeRawBufferPointer) {
    appendControl(.ping, payload)
    keepAlive.pingQueued([UInt8](payload), outputSize: output.count, now: clock)
  }

  @inline(__always)
  mutating func heardFromPeer() {
    keepAlive.heard(now: clock)
  }

  mutating func pongReceived(_ payload: UnsafeRawBufferPointer) {
    if let roundTrip = keepAlive.pongReceived(payload, now: clock) { latestRoundTrip = roundTrip }
  }
}

/// The answer to the latest ping, kept back while too much output waits (RFC 6455, section 5.5.3).
struct HeldPong {
  var payload: [UInt8]?

  /// Above so many waiting bytes a pong is held, and replaced by the next.
  static let threshold = 64 << 10
}

extension WebSocketConnection {
  /// How many bytes wait to be written to the transport.
  public var pendingOutput: Int { output.count }

  /// Offers the waiting bytes to the driver; `body` returns how many the transport took.
  @inlinable
  public mutating func withOutput(_ body: (UnsafeRawBufferPointer) -> Int) {
    outputTaken(body(waitingOutput))
  }

  @usableFromInline
  var waitingOutput: UnsafeRawBufferPointer { UnsafeRawBufferPointer(output.bytes) }

  @usableFromInline
  mutating func outputTaken(_ count: Int) {
    guard count > 0 else { return }
    output.consume(count)
    if output.count == 0 { output.removeAll() }
    keepAlive.outputMoved(count, now: clock)
    if state == .open, let pong = heldPong.payload, output.count <= HeldPong.threshold {
      heldPong.payload = nil
      pong.withUnsafeBytes { appendControl(.pong, $0) }
    }
  }

  /// Queues a message.
  ///
  /// It is compressed if that was negotiated, and makes it smaller. Throws
  /// ``WebSocketError/notOpen`` once closing began, ``WebSocketError/outputFull(pending:limit:)`` when too
  /// much waits, ``WebSocketError/invalidOutgoingText`` for a text that is not UTF-8; nothing is queued then.
  public mutating func send(
    _ kind: MessageKind, _ payload: UnsafeRawBufferPointer
  ) throws(WebSocketError) {
    guard state == .open else { throw .notOpen }
    let limit = configuration.maximumPendingOutput
    guard output.count == 0 || payload.count <= limit - output.count else {
      throw .outputFull(pending: output.count, limit: limit)
    }
    if kind == .text {
      var validator = UTF8Validator()
      guard validator.accept(payload), validator.isComplete else { throw .invalidOutgoingText }
    }
    if compressesOutput, payload.count >= configuration.compressionMinimum,
      try deflater.deflate(payload, into: &compressed)
    {
      appendMessage(kind, payload, as: UnsafeRawBufferPointer(compressed.bytes), isCompressed: true)
    } else {
      appendMessage(kind, payload, as: payload, isCompressed: false)
    }
  }

  /// Queues a ping of at most 125 bytes of the caller's own.
  ///
  /// It is watched like the connection's own pings: see ``WebSocketConfiguration/pingTimeout``.
  public mutating func sendPing(
    _ payload: UnsafeRawBufferPointer, now: MonotonicTime
  ) throws(WebSocketError) {
    try checkControl(payload)
    self.now = now
    queuePing(payload)
  }

  /// Queues a pong that nobody asked for (RFC 6455, section 5.5.3). Pings are answered without it.
  public mutating func sendPong(_ payload: UnsafeRawBufferPointer) throws(WebSocketError) {
    try checkControl(payload)
    appendControl(.pong, payload)
  }

  private func checkControl(_ payload: UnsafeRawBufferPointer) throws(WebSocketError) {
    guard state == .open else { throw .notOpen }
    guard payload.count <= FrameHeader.maximumControlPayload else {
      throw .controlPayloadTooLong(bytes: payload.count)
    }
    let limit = configuration.maximumPendingOutput
    guard output.count == 0 || payload.count <= limit - output.count else {
      throw .outputFull(pending: output.count, limit: limit)
    }
  }

  /// Answers a ping at once, or, when the peer does not read what waits for it, only the latest.
  mutating func answerPing(_ content: UnsafeRawBufferPointer) {
    guard state == .open else { return }
    if output.count > HeldPong.threshold {
      heldPong.payload = [UInt8](content)
    } else {
      appendControl(.pong, content)
    }
  }

  private mutating func appendMessage(
    _ kind: MessageKind, _ message: UnsafeRawBufferPointer, as payload: UnsafeRawBufferPointer,
    isCompressed: Bool
  ) {
    let step = max(configuration.fragmentSize ?? payload.count, 1)
    var header = FrameHeader(opcode: kind.opcode, isCompressed: isCompressed, payloadLength: 0)
    var offset = 0
    repeat {
      let end = offset + min(step, payload.count - offset)
      header.isFinal = end == payload.count
      header.payloadLength = end - offset
      if log.isOn { log.add(.sent, header, of: kind, message: header.isFinal ? message : nil) }
      appendFrame(header, UnsafeRawBufferPointer(rebasing: payload[offset..<end]))
      header.opcode = .continuation
      header.isCompressed = false
      offset = end
    } while offset < payload.count
  }

  mutating func appendControl(_ opcode: Opcode, _ payload: UnsafeRawBufferPointer) {
    let header = FrameHeader(opcode: opcode, payloadLength: payload.count)
    if log.isOn { log.add(.sent, header, of: nil, message: payload) }
    appendFrame(header, payload)
  }

  private mutating func appendFrame(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer) {
    var header = header
    let isMasked = role == .client
    if isMasked { header.maskKey = maskKeys.next() }
    output.reserve(FrameHeader.maximumSize + payload.count)
    output.commit(header.encode(into: output.room, masked: isMasked))
    if isMasked {
      Masking.copy(payload, masking: header.maskKey, to: output.room)
      output.commit(payload.count)
    } else {
      output.append(payload)
    }
  }
}

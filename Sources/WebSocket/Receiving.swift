/// A frame whose header was read.
struct IncomingFrame {
  enum Route {
    /// Close, ping, pong: handled when it is complete.
    case control
    /// A plain message in a single frame: stays in the input, handed out from there.
    case whole
    /// A fragment or compressed: its bytes go to the message as they come.
    case piece
  }

  var header: FrameHeader
  var route: Route
  /// Payload bytes already unmasked, and validated or moved to the message.
  var taken = 0

  var missing: Int { header.payloadLength &- taken }
}

/// The message that is being received.
struct IncomingMessage: ~Copyable {
  /// Nil between messages.
  var kind: MessageKind?
  var isCompressed = false
  /// Payload bytes as they came, before inflating.
  var wireSize = 0
  var validator = UTF8Validator()
  /// What fragments and the inflater made; plain messages of one frame never get here.
  var content = ByteBuffer()
}

extension WebSocketConnection {
  /// Memory that a header alone can claim; what is larger still grows as it arrives.
  private static var largestReservation: Int { 64 << 20 }

  /// Lets the driver write bytes from the peer straight into the input.
  ///
  /// There is room for at least `count` bytes, and for the rest of a large frame; `body`
  /// returns how many it wrote.
  @inlinable
  public mutating func withInputSpace(
    atLeast count: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int
  ) {
    inputArrived(body(inputSpace(atLeast: count)))
  }

  /// Copies bytes from the peer into the input.
  public mutating func receive(_ bytes: UnsafeRawBufferPointer) {
    guard !bytes.isEmpty else { return }
    inputSpace(atLeast: bytes.count).copyMemory(from: bytes)
    inputArrived(bytes.count)
  }

  /// The peer ended its stream: after what it sent before, the connection is over.
  public mutating func receiveEnd() {
    peerEnded = true
  }

  @usableFromInline
  mutating func inputSpace(atLeast count: Int) -> UnsafeMutableRawBufferPointer {
    if state == .closed { input.removeAll() }
    payload = UnsafeRawBufferPointer(start: nil, count: 0)
    var wanted = max(count, 1)
    if let frame, frame.route == .whole {
      let missing = frame.header.payloadLength - input.count
      wanted = max(wanted, min(missing, Self.largestReservation))
    }
    input.releaseExcess(wanted: wanted)
    input.reserve(wanted)
    return input.room
  }

  @usableFromInline
  mutating func inputArrived(_ count: Int) {
    guard count > 0 else { return }
    input.commit(count)
    heardFromPeer()
  }

  /// The next thing that happened; nil when more input, or time, is needed.
  public mutating func nextEvent() -> WebSocketEvent? {
    payload = UnsafeRawBufferPointer(start: nil, count: 0)
    if let event = queuedEvent {
      queuedEvent = nil
      return event
    }
    guard state != .closed else { return nil }
    if message.kind == nil, message.content.count > 0 { message.content.removeAll() }
    do throws(WebSocketError) {
      while true {
        if frame == nil, try !readHeader() { break }
        if let event = try readPayload() { return event }
        if frame != nil { break }
      }
    } catch {
      recordBrokenFrame()
      return fail(error)
    }
    return peerEnded ? streamEnded() : nil
  }

  /// The bytes of the message, ping or pong returned last; valid until the next call that receives or
  /// asks for an event. Sending and closing leave them alone.
  @inlinable
  public func withPayload<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(payload)
  }

  /// Begins the next frame; false if its header has not arrived whole.
  @inline(__always)
  private mutating func readHeader() throws(WebSocketError) -> Bool {
    let decoded = try FrameHeader.decode(
      UnsafeRawBufferPointer(input.bytes), from: role == .client ? .server : .client,
      compressionNegotiated: compressionNegotiated)
    guard let (header, size) = decoded else { return false }
    input.consume(size)
    frame = IncomingFrame(header: header, route: try route(header))
    return true
  }

  /// Where the payload goes, after the checks that need to know what came before.
  @inline(__always)
  private mutating func route(
    _ header: FrameHeader
  ) throws(WebSocketError) -> IncomingFrame.Route {
    if header.opcode.isControl { return .control }
    let size = header.payloadLength
    guard size <= configuration.maximumFrameSize else {
      throw .frameTooLarge(bytes: size, limit: configuration.maximumFrameSize)
    }
    if header.opcode == .continuation {
      guard message.kind != nil else { throw .unexpectedContinuation }
    } else {
      guard message.kind == nil else { throw .interruptedMessage }
      message.kind = header.opcode == .text ? .text : .binary
      message.isCompressed = header.isCompressed
      message.wireSize = 0
    }
    guard size <= configuration.maximumMessageSize - message.wireSize else {
      throw .messageTooLarge(limit: configuration.maximumMessageSize)
    }
    message.wireSize += size
    let isWhole =
      header.isFinal && header.opcode != .continuation && !header.isCompressed
    return isWhole ? .whole : .piece
  }

  /// Goes on with the frame begun; nil if that makes no event, and the frame is over unless `frame`
  /// still has it.
  @inline(__always)
  private mutating func readPayload() throws(WebSocketError) -> WebSocketEvent? {
    guard let current = frame else { return nil }
    switch current.route {
    case .whole: return try readWhole(current)
    case .piece: return try readPiece(current)
    case .control: return try readControl(current)
    }
  }

  @inline(__always)
  private mutating func readWhole(
    _ current: IncomingFrame
  ) throws(WebSocketError) -> WebSocketEvent? {
    guard let kind = message.kind else { return nil }
    let size = current.header.payloadLength
    let here = min(input.count, size)
    let fresh = UnsafeMutableRawBufferPointer(rebasing: input.bytes[current.taken..<here])
    if current.header.maskKey != 0 {
      Masking.apply(Masking.key(current.header.maskKey, at: current.taken), to: fresh)
    }
    if kind == .text {
      guard message.validator.accept(UnsafeRawBufferPointer(fresh)) else { throw .invalidText }
    }
    guard here == size else {
      frame?.taken = here
      return nil
    }
    let whole = UnsafeRawBufferPointer(rebasing: input.bytes[..<size])
    frame = nil
    if log.isOn { log.add(.received, current.header, of: kind, message: whole) }
    return try deliver(kind, whole, consuming: size)
  }

  private mutating func readPiece(
    _ current: IncomingFrame
  ) throws(WebSocketError) -> WebSocketEvent? {
    guard let kind = message.kind else { return nil }
    let fresh = UnsafeMutableRawBufferPointer(
      rebasing: input.bytes[..<min(input.count, current.missing)])
    Masking.apply(Masking.key(current.header.maskKey, at: current.taken), to: fresh)
    let endsFrame = fresh.count == current.missing
    let endsMessage = endsFrame && current.header.isFinal
    let before = message.content.count
    if message.isCompressed {
      do throws(WebSocketError) {
        try inflate(UnsafeRawBufferPointer(fresh), endsMessage: endsMessage)
      } catch {
        // What came out before the fault comes first, however the input was cut.
        try validate(kind, from: before)
        throw error
      }
    } else {
      message.content.append(UnsafeRawBufferPointer(fresh))
    }
    try validate(kind, from: before)
    input.consume(fresh.count)
    if endsFrame { frame = nil } else { frame?.taken += fresh.count }
    let content = UnsafeRawBufferPointer(message.content.bytes)
    if log.isOn, endsFrame {
      log.add(.received, current.header, of: kind, message: endsMessage ? content : nil)
    }
    guard endsMessage else { return nil }
    return try deliver(kind, content, consuming: 0)
  }

  private mutating func inflate(
    _ bytes: UnsafeRawBufferPointer, endsMessage: Bool
  ) throws(WebSocketError) {
    let limit = configuration.maximumMessageSize
    try inflater.inflate(bytes, into: &message.content, limit: limit)
    if endsMessage { try inflater.finishMessage(into: &message.content, limit: limit) }
  }

  /// Checks what was added to a text behind `offset`.
  private mutating func validate(_ kind: MessageKind, from offset: Int) throws(WebSocketError) {
    guard kind == .text else { return }
    let added = UnsafeRawBufferPointer(rebasing: message.content.bytes[offset...])
    guard message.validator.accept(added) else { throw .invalidText }
  }

  @inline(__always)
  private mutating func deliver(
    _ kind: MessageKind, _ bytes: UnsafeRawBufferPointer, consuming size: Int
  ) throws(WebSocketError) -> WebSocketEvent {
    guard message.validator.isComplete else { throw .invalidText }
    message.kind = nil
    input.consume(size)
    payload = bytes
    return .message(kind)
  }

  private mutating func readControl(
    _ current: IncomingFrame
  ) throws(WebSocketError) -> WebSocketEvent? {
    let size = current.header.payloadLength
    guard input.count >= size else { return nil }
    let bytes = UnsafeMutableRawBufferPointer(rebasing: input.bytes[..<size])
    Masking.apply(current.header.maskKey, to: bytes)
    frame = nil
    input.consume(size)
    let content = UnsafeRawBufferPointer(bytes)
    if log.isOn { log.add(.received, current.header, of: nil, message: content) }
    switch current.header.opcode {
    case .ping:
      answerPing(content)
      payload = content
      return .ping
    case .pong:
      pongReceived(content)
      payload = content
      return .pong
    default:
      return closeFrameReceived(try CloseFrame.decode(content))
    }
  }
}

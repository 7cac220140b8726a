/// One end of a WebSocket connection after the upgrade: RFC 6455 and RFC 7692 as a value.
///
/// It does no I/O and reads no clock. A driver
/// 1. sets ``now`` when it wakes up,
/// 2. reads from the socket into ``withInputSpace(atLeast:_:)`` (``receiveEnd()`` at its end),
/// 3. takes every event with ``nextEvent()``, and the bytes of each with ``withPayload(_:)``,
/// 4. calls ``advance(to:)``, and takes the events again,
/// 5. writes what ``withOutput(_:)`` offers, and sleeps until the socket is ready or ``nextDeadline``.
///
/// After the one last event (``WebSocketEvent/closed(_:)`` or ``WebSocketEvent/failed(_:)``) it writes
/// what is left and closes the transport once ``mayCloseTransport`` holds; until then it keeps reading,
/// and what it reads is dropped.
public struct WebSocketConnection: ~Copyable {
  /// How far the closing handshake is (RFC 6455, section 7).
  public enum State: Sendable {
    /// Messages may be sent.
    case open
    /// Our close frame is sent or queued; messages of the peer still come.
    case closing
    /// Nothing is read or sent any more.
    case closed
  }

  /// Which end this is.
  public let role: Role
  /// How far the closing handshake is.
  public internal(set) var state = State.open
  /// Nanoseconds between the last answered ping and its pong, the wait in the output included.
  public internal(set) var latestRoundTrip: Int64?

  let configuration: WebSocketConfiguration
  var clock: MonotonicTime

  // Receiving.swift
  var input = ByteBuffer()
  /// The frame whose header was read and whose payload has not arrived whole.
  var frame: IncomingFrame?
  var message = IncomingMessage()
  var inflater: Inflater
  let compressionNegotiated: Bool
  var peerEnded = false
  /// An event that waits behind the one returned last, or that the clock brought.
  var queuedEvent: WebSocketEvent?
  @usableFromInline var payload = UnsafeRawBufferPointer(start: nil, count: 0)

  // Sending.swift
  var output = ByteBuffer()
  var deflater: Deflater
  let compressesOutput: Bool
  var compressed = ByteBuffer()
  var maskKeys = MaskKeys()
  var heldPong = HeldPong()

  // Closing.swift
  var closing = Closing()

  // KeepAlive.swift
  var keepAlive: KeepAlive

  // FrameRecord.swift
  var log = FrameLog()

  /// A connection whose upgrade is complete, with what the handshake negotiated.
  ///
  /// `deflate` is nil where permessage-deflate is not in use.
  public init(
    role: Role, configuration: WebSocketConfiguration = WebSocketConfiguration(),
    deflate: DeflateParameters?, now: MonotonicTime
  ) {
    self.role = role
    self.configuration = configuration.bounded
    clock = now
    keepAlive = KeepAlive(interval: configuration.pingInterval, now: now)

    let parameters = deflate ?? DeflateParameters()
    let isClient = role == .client
    let sentBits = isClient ? parameters.clientMaxWindowBits : parameters.serverMaxWindowBits
    compressionNegotiated = deflate != nil
    // zlib cannot keep to a window of 8 bits, and sending plain messages is always allowed.
    compressesOutput = deflate != nil && sentBits >= 9
    inflater = Inflater(
      windowBits: isClient ? parameters.serverMaxWindowBits : parameters.clientMaxWindowBits,
      keepsContext: isClient
        ? !parameters.serverNoContextTakeover : !parameters.clientNoContextTakeover)
    deflater = Deflater(
      windowBits: sentBits,
      keepsContext: isClient
        ? !parameters.clientNoContextTakeover : !parameters.serverNoContextTakeover,
      level: configuration.compressionLevel, memoryLevel: configuration.compressionMemoryLevel)
  }

  /// The time as the driver told it last. It never goes back.
  ///
  /// Set it at each wake-up before reading, so that what is read counts as life from now on;
  /// timers run in ``advance(to:)``.
  public var now: MonotonicTime {
    get { clock }
    set { clock = max(clock, newValue) }
  }
}

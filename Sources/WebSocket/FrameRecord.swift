/// A frame that has been received, or queued to be sent, as a trace shows it (RFC 6455 section 5.2).
public struct FrameRecord: Hashable, Sendable {
  /// Which way it goes.
  public enum Direction: String, Hashable, Sendable {
    /// From the peer.
    case received = "in"
    /// To the peer.
    case sent = "out"
  }

  /// Which way it goes.
  public let direction: Direction
  /// What it means.
  public let opcode: Opcode
  /// Of what kind its message is; nil for control frames.
  public let kind: MessageKind?
  /// FIN: the last frame of its message. Control frames always are.
  public let isFinal: Bool
  /// RSV1: the first frame of a compressed message (RFC 7692 section 6).
  public let isCompressed: Bool
  /// Bytes of the payload as they are on the wire, without the header.
  public let wireSize: Int
  /// The payload of a control frame, and on the last frame of a message the whole message, not compressed;
  /// nil on the frames before.
  public let message: [UInt8]?
  /// Whether the frame, or its message, broke a rule before it was complete; ``message`` then is what there
  /// was until then.
  public let isBroken: Bool

  /// Takes the parts.
  public init(
    direction: Direction, opcode: Opcode, kind: MessageKind?, isFinal: Bool = true,
    isCompressed: Bool = false, wireSize: Int, message: [UInt8]?, isBroken: Bool = false
  ) {
    self.direction = direction
    self.opcode = opcode
    self.kind = kind
    self.isFinal = isFinal
    self.isCompressed = isCompressed
    self.wireSize = wireSize
    self.message = message
    self.isBroken = isBroken
  }
}

/// The frames since they were taken last. They are no more than one read and one message hold: their driver
/// takes them after each event and each message sent.
struct FrameLog {
  var isOn = false
  fileprivate(set) var records: [FrameRecord] = []

  /// Adds a frame. To be called only while ``isOn``, which is all that others pay for it.
  @inline(never)
  mutating func add(
    _ direction: FrameRecord.Direction, _ header: FrameHeader, of kind: MessageKind?,
    message: UnsafeRawBufferPointer?, isBroken: Bool = false
  ) {
    records.append(
      FrameRecord(
        direction: direction, opcode: header.opcode,
        kind: header.opcode.isControl ? nil : kind, isFinal: header.isFinal,
        isCompressed: header.isCompressed, wireSize: header.payloadLength,
        message: message.map { [UInt8]($0) }, isBroken: isBroken))
  }
}

extension WebSocketConnection {
  /// Whether frames are recorded, for ``takeFrameRecords()``. Their payloads are copied then.
  public var recordsFrames: Bool {
    get { log.isOn }
    set {
      log.isOn = newValue
      log.records = []
    }
  }

  /// The frames that were received or queued since the last call, in order.
  public mutating func takeFrameRecords() -> [FrameRecord] {
    guard !log.records.isEmpty else { return [] }
    defer { log.records = [] }
    return log.records
  }

  /// Records the frame whose payload has just broken a rule, with what there is of it.
  mutating func recordBrokenFrame() {
    guard log.isOn, let current = frame else { return }
    let content =
      current.route == .piece
      ? message.content.bytes
      : UnsafeMutableRawBufferPointer(
        rebasing: input.bytes[..<min(input.count, current.header.payloadLength)])
    log.add(
      .received, current.header, of: message.kind, message: UnsafeRawBufferPointer(content),
      isBroken: true)
  }
}

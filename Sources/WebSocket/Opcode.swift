/// The meaning of a frame (RFC 6455, section 5.2). The other ten values are reserved.
public enum Opcode: UInt8, Hashable, Sendable {
  /// A further part of a message.
  case continuation = 0x0
  /// A text, or its first part.
  case text = 0x1
  /// Bytes, or their first part.
  case binary = 0x2
  /// The end of the connection is begun or agreed to.
  case close = 0x8
  /// A sign of life is asked for.
  case ping = 0x9
  /// A sign of life.
  case pong = 0xA

  /// Whether it is a frame of its own between those of a message.
  public var isControl: Bool { rawValue & 0x8 != 0 }
}

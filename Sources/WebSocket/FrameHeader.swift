/// The bytes before a frame's payload (RFC 6455, section 5.2).
struct FrameHeader {
  /// The longest header: 2 bytes, 8 of extended length, 4 of masking key.
  static let maximumSize = 14

  /// The longest payload of a control frame (section 5.5).
  static let maximumControlPayload = 125

  var opcode: Opcode
  var isFinal = true
  /// RSV1: the first frame of a compressed message (RFC 7692, section 6).
  var isCompressed = false
  var payloadLength: Int
  /// In memory order, read as a little-endian word; 0 where nothing is masked.
  var maskKey: UInt32 = 0

  /// Reads the header at the start of `bytes`, sent by an end of the role `sender`.
  ///
  /// Returns the header and its size, or nil where bytes are missing. Everything that a header
  /// alone can do wrong is found here, as soon as the byte that does it has arrived.
  @inline(__always)
  static func decode(
    _ bytes: UnsafeRawBufferPointer, from sender: Role, compressionNegotiated: Bool
  ) throws(WebSocketError) -> (header: FrameHeader, size: Int)? {
    guard bytes.count >= 2 else { return nil }
    let first = bytes[0]
    let second = bytes[1]
    guard let opcode = Opcode(rawValue: first & 0x0F) else {
      throw .unknownOpcode(first & 0x0F)
    }
    let isFinal = first & 0x80 != 0
    let reserved = first & 0x70
    let isCompressed = reserved == 0x40
    if reserved != 0 {
      let mayCompress = compressionNegotiated && (opcode == .text || opcode == .binary)
      guard isCompressed, mayCompress else { throw .reservedBits(reserved >> 4) }
    }
    let isMasked = second & 0x80 != 0
    guard isMasked == (sender == .client) else {
      throw isMasked ? .unexpectedMask : .missingMask
    }

    var size = 2
    var length = Int(second & 0x7F)
    if opcode.isControl {
      guard isFinal else { throw .fragmentedControlFrame }
      guard length <= maximumControlPayload else { throw .controlFrameTooLong }
    }
    if length == 126 {
      guard bytes.count >= 4 else { return nil }
      let extended = UInt16(
        bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
      guard extended > 125 else { throw .nonMinimalLength(Int(extended)) }
      length = Int(extended)
      size = 4
    } else if length == 127 {
      guard bytes.count >= 10 else { return nil }
      let extended = UInt64(
        bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
      guard let fitting = Int(exactly: extended) else { throw .lengthTooLarge }
      guard fitting > 0xFFFF else { throw .nonMinimalLength(fitting) }
      length = fitting
      size = 10
    }

    var header = FrameHeader(
      opcode: opcode, isFinal: isFinal, isCompressed: isCompressed, payloadLength: length)
    if isMasked {
      guard bytes.count >= size &+ 4 else { return nil }
      header.maskKey = UInt32(
        littleEndian: bytes.loadUnaligned(fromByteOffset: size, as: UInt32.self))
      size &+= 4
    }
    return (header, size)
  }

  /// Writes the header, with the masking key when there is one, and returns its size.
  ///
  /// `bytes` has room for `maximumSize`.
  func encode(into bytes: UnsafeMutableRawBufferPointer, masked: Bool) -> Int {
    bytes[0] = opcode.rawValue | (isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0)
    let maskBit: UInt8 = masked ? 0x80 : 0
    var size = 2
    if payloadLength <= 125 {
      bytes[1] = maskBit | UInt8(truncatingIfNeeded: payloadLength)
    } else if payloadLength <= 0xFFFF {
      bytes[1] = maskBit | 126
      bytes.storeBytes(
        of: UInt16(truncatingIfNeeded: payloadLength).bigEndian, toByteOffset: 2, as: UInt16.self)
      size = 4
    } else {
      bytes[1] = maskBit | 127
      bytes.storeBytes(
        of: UInt64(truncatingIfNeeded: payloadLength).bigEndian, toByteOffset: 2, as: UInt64.self)
      size = 10
    }
    if masked {
      bytes.storeBytes(of: maskKey.littleEndian, toByteOffset: size, as: UInt32.self)
      size += 4
    }
    return size
  }
}

/// What ended a connection, or why something was not sent.
public enum WebSocketError: Error, Hashable, Sendable {
  // MARK: Violations of RFC 6455, section 5

  /// Reserved bits are set that no extension gave a meaning; RSV1 is 4, RSV2 2, RSV3 1.
  case reservedBits(UInt8)
  /// A reserved opcode.
  case unknownOpcode(UInt8)
  /// A server masked a frame (section 5.1).
  case unexpectedMask
  /// A client did not mask a frame (section 5.1).
  case missingMask
  /// A length in more bytes than it needs (section 5.2).
  case nonMinimalLength(Int)
  /// A 64-bit length whose first bit is set (section 5.2).
  case lengthTooLarge
  /// A close, ping or pong frame without FIN (section 5.5).
  case fragmentedControlFrame
  /// A close, ping or pong frame of more than 125 bytes (section 5.5).
  case controlFrameTooLong
  /// A continuation without a message to continue (section 5.4).
  case unexpectedContinuation
  /// A new message before the last one was complete (section 5.4).
  case interruptedMessage
  /// A close frame of a single byte (section 5.5.1).
  case closePayloadTooShort
  /// A close code that must not be sent (section 7.4).
  case invalidCloseCode(UInt16)

  // MARK: Bad data

  /// A text message that is not UTF-8 (section 8.1).
  case invalidText
  /// A close reason that is not UTF-8 (section 5.5.1).
  case invalidCloseReason
  /// A compressed message that does not inflate (RFC 7692, section 7.2.2), with zlib's result.
  case invalidCompressedData(zlib: Int32)

  // MARK: Limits

  /// A frame whose payload is larger than accepted, in bytes.
  case frameTooLarge(bytes: Int, limit: Int)
  /// A message that is larger than accepted, before or after inflating, in bytes.
  case messageTooLarge(limit: Int)

  // MARK: Silence

  /// Nothing was heard after a ping for so many nanoseconds.
  case pingTimeout(nanoseconds: Int64)
  /// The peer did not answer the close frame within so many nanoseconds.
  case closeTimeout(nanoseconds: Int64)
  /// The stream ended without a close frame.
  case peerVanished

  // MARK: Refused to send

  /// The connection is closing or closed.
  case notOpen
  /// The output already waiting leaves no room for the message, in bytes.
  case outputFull(pending: Int, limit: Int)
  /// A ping or pong of more than 125 bytes.
  case controlPayloadTooLong(bytes: Int)
  /// A text that is not UTF-8 was to be sent.
  case invalidOutgoingText
  /// zlib could not compress, with its result.
  case compressionFailed(zlib: Int32)

  /// The code that the close frame carries when this ends a connection (RFC 6455, section 7.4.1);
  /// 1006 where none can be sent any more.
  public var closeCode: CloseCode {
    switch self {
    case .reservedBits, .unknownOpcode, .unexpectedMask, .missingMask, .nonMinimalLength,
      .lengthTooLarge, .fragmentedControlFrame, .controlFrameTooLong, .unexpectedContinuation,
      .interruptedMessage, .closePayloadTooShort, .invalidCloseCode:
      .protocolError
    case .invalidText, .invalidCloseReason, .invalidCompressedData: .invalidPayload
    case .frameTooLarge, .messageTooLarge: .messageTooBig
    case .pingTimeout, .closeTimeout, .peerVanished: .abnormal
    case .notOpen, .outputFull, .controlPayloadTooLong, .invalidOutgoingText,
      .compressionFailed:
      .internalError
    }
  }
}

extension WebSocketError: CustomStringConvertible {
  /// One line for people; short enough for the reason of a close frame.
  public var description: String {
    switch self {
    case .reservedBits(let bits): "reserved bits set: RSV \(String(bits, radix: 2))"
    case .unknownOpcode(let opcode): "reserved opcode \(opcode)"
    case .unexpectedMask: "a frame from the server is masked"
    case .missingMask: "a frame from the client is not masked"
    case .nonMinimalLength(let bytes): "length \(bytes) in more bytes than it needs"
    case .lengthTooLarge: "a length with its first bit set"
    case .fragmentedControlFrame: "a fragmented control frame"
    case .controlFrameTooLong: "a control frame of more than 125 bytes"
    case .unexpectedContinuation: "a continuation without a message to continue"
    case .interruptedMessage: "a new message before the last one was complete"
    case .closePayloadTooShort: "a close frame of one byte"
    case .invalidCloseCode(let code): "close code \(code) must not be sent"
    case .invalidText: "a text message is not valid UTF-8"
    case .invalidCloseReason: "a close reason is not valid UTF-8"
    case .invalidCompressedData(let result): "a compressed message does not inflate (\(result))"
    case .frameTooLarge(let bytes, let limit): "a frame of \(bytes) bytes, the limit is \(limit)"
    case .messageTooLarge(let limit): "a message of more than \(limit) bytes"
    case .pingTimeout(let nanoseconds):
      "nothing heard for \(milliseconds(nanoseconds)) ms after a ping"
    case .closeTimeout(let nanoseconds):
      "the close frame was not answered within \(milliseconds(nanoseconds)) ms"
    case .peerVanished: "the connection ended without a close frame"
    case .notOpen: "the connection is not open any more"
    case .outputFull(let pending, let limit):
      "\(pending) bytes wait to be sent, the limit is \(limit)"
    case .controlPayloadTooLong(let bytes): "a control frame takes 125 bytes, not \(bytes)"
    case .invalidOutgoingText: "the text to be sent is not valid UTF-8"
    case .compressionFailed(let result): "the message could not be compressed (\(result))"
    }
  }

  private func milliseconds(_ nanoseconds: Int64) -> Int64 { nanoseconds / 1_000_000 }
}

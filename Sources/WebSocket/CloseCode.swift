/// Why a connection is closed (RFC 6455, section 7.4, and the IANA registry that it set up).
public struct CloseCode: RawRepresentable, Hashable, Sendable {
  /// The number as it stands in a close frame.
  public var rawValue: UInt16

  /// A code by its number; any number is accepted here, see ``maySend``.
  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  /// 1000: the purpose of the connection is fulfilled.
  public static let normal = CloseCode(rawValue: 1000)
  /// 1001: a server goes down, or a page is left.
  public static let goingAway = CloseCode(rawValue: 1001)
  /// 1002: the other end broke the protocol.
  public static let protocolError = CloseCode(rawValue: 1002)
  /// 1003: this kind of data cannot be accepted.
  public static let unsupportedData = CloseCode(rawValue: 1003)
  /// 1005: the close frame had no code; never sent.
  public static let noStatus = CloseCode(rawValue: 1005)
  /// 1006: the connection ended without a close frame; never sent.
  public static let abnormal = CloseCode(rawValue: 1006)
  /// 1007: data did not fit its type, such as invalid UTF-8 in a text.
  public static let invalidPayload = CloseCode(rawValue: 1007)
  /// 1008: the message violates the receiver's policy.
  public static let policyViolation = CloseCode(rawValue: 1008)
  /// 1009: the message is larger than the receiver takes.
  public static let messageTooBig = CloseCode(rawValue: 1009)
  /// 1010: the client misses an extension in the server's answer.
  public static let mandatoryExtension = CloseCode(rawValue: 1010)
  /// 1011: something unexpected kept the end from going on.
  public static let internalError = CloseCode(rawValue: 1011)
  /// 1012: the service restarts.
  public static let serviceRestart = CloseCode(rawValue: 1012)
  /// 1013: the service is overloaded.
  public static let tryAgainLater = CloseCode(rawValue: 1013)
  /// 1014: a gateway got an invalid response from the server behind it.
  public static let badGateway = CloseCode(rawValue: 1014)
  /// 1015: the TLS handshake failed; never sent.
  public static let tlsHandshake = CloseCode(rawValue: 1015)

  /// Whether a close frame may carry this code: 1000–1003, 1007–1014, and 3000–4999 for
  /// libraries and applications (RFC 6455, section 7.4.2).
  public var maySend: Bool {
    switch rawValue {
    case 1000...1003, 1007...1014, 3000...4999: true
    default: false
    }
  }
}

/// What a close frame says (RFC 6455, section 5.5.1).
public struct CloseFrame: Hashable, Sendable {
  /// The longest reason in bytes: a control frame's 125 without the code.
  public static let maximumReasonSize = 123

  /// Why; nil where the frame is empty, which stands for 1005.
  public var code: CloseCode?
  /// A text for the log, not for the user; at most 123 bytes of UTF-8 are sent.
  public var reason: String

  /// A close frame with a code and a reason.
  public init(code: CloseCode? = .normal, reason: String = "") {
    self.code = code
    self.reason = reason
  }

  /// Reads the payload of a received close frame.
  ///
  /// - Throws: ``WebSocketError/closePayloadTooShort``, ``WebSocketError/invalidCloseCode(_:)`` or
  ///   ``WebSocketError/invalidCloseReason``.
  public static func decode(
    _ payload: UnsafeRawBufferPointer
  ) throws(WebSocketError) -> CloseFrame {
    if payload.isEmpty { return CloseFrame(code: nil) }
    guard payload.count >= 2 else { throw .closePayloadTooShort }
    let number = UInt16(bigEndian: payload.loadUnaligned(as: UInt16.self))
    let code = CloseCode(rawValue: number)
    guard code.maySend else { throw .invalidCloseCode(number) }
    guard let reason = String(validating: payload.dropFirst(2), as: UTF8.self) else {
      throw .invalidCloseReason
    }
    return CloseFrame(code: code, reason: reason)
  }

  /// The payload to send: empty if the code must not be sent, the reason cut between scalars.
  func encode() -> [UInt8] {
    guard let code, code.maySend else { return [] }
    var payload = [UInt8(code.rawValue >> 8), UInt8(code.rawValue & 0xFF)]
    for scalar in reason.unicodeScalars {
      let bytes = UTF8.encode(scalar)?.map { $0 } ?? []
      guard payload.count + bytes.count <= FrameHeader.maximumControlPayload else { break }
      payload += bytes
    }
    return payload
  }
}

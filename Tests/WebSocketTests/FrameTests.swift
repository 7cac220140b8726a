import Testing

@testable import WebSocket

@Suite struct FrameTests {
  // MARK: RFC 6455, section 5.7

  @Test func examplesOfTheStandard() {
    var client = WebSocketConnection(.client)
    var seen = client.feed(bytes("81 05 48 65 6c 6c 6f"))
    #expect(seen == [.text("Hello")])
    seen = client.feed(bytes("01 03 48 65 6c 80 02 6c 6f"))
    #expect(seen == [.text("Hello")])
    seen = client.feed(bytes("89 05 48 65 6c 6c 6f"))
    #expect(seen == [.ping(Array("Hello".utf8))])

    var server = WebSocketConnection(.server)
    seen = server.feed(bytes("81 85 37 fa 21 3d 7f 9f 4d 51 58"))
    #expect(seen == [.text("Hello")])
    seen = server.feed(bytes("8a 85 37 fa 21 3d 7f 9f 4d 51 58"))
    #expect(seen == [.pong(Array("Hello".utf8))])
  }

  @Test func exampleHeadersOfLongFrames() throws {
    var server = WebSocketConnection(.server)
    try server.send([UInt8](repeating: 7, count: 256))
    let medium = server.sent()
    #expect(medium.prefix(4) == bytes("82 7e 01 00")[...])
    try server.send([UInt8](repeating: 7, count: 65536))
    let long = server.sent()
    #expect(long.prefix(10) == bytes("82 7f 00 00 00 00 00 01 00 00")[...])
  }

  // MARK: Violations

  struct Violation: CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    var error: WebSocketError
    var deflate: DeflateParameters?

    var testDescription: String { name }
  }

  /// What a server can do wrong, as a client sees it.
  static let violations: [Violation] =
    [
      Violation(name: "RSV1", bytes: frame(1, [1], rsv: 4), error: .reservedBits(4)),
      Violation(name: "RSV2", bytes: frame(1, [1], rsv: 2), error: .reservedBits(2)),
      Violation(name: "RSV3", bytes: frame(2, [1], rsv: 1), error: .reservedBits(1)),
      Violation(name: "all reserved bits", bytes: frame(2, rsv: 7), error: .reservedBits(7)),
      Violation(
        name: "RSV1 on ping", bytes: frame(9, rsv: 4), error: .reservedBits(4),
        deflate: DeflateParameters()),
      Violation(
        name: "RSV1 on pong", bytes: frame(10, rsv: 4), error: .reservedBits(4),
        deflate: DeflateParameters()),
      Violation(
        name: "RSV1 on close", bytes: frame(8, rsv: 4), error: .reservedBits(4),
        deflate: DeflateParameters()),
      Violation(
        name: "RSV1 on continuation",
        bytes: frame(1, [0], fin: false, rsv: 4) + frame(0, rsv: 4), error: .reservedBits(4),
        deflate: DeflateParameters()),
      Violation(
        name: "RSV2 beside RSV1", bytes: frame(1, [0], rsv: 6), error: .reservedBits(6),
        deflate: DeflateParameters()),
      Violation(name: "masked", bytes: frame(1, key: [1, 2, 3, 4]), error: .unexpectedMask),
      Violation(
        name: "length 125 in 2 bytes", bytes: frame(2, [1], lengthSize: 2),
        error: .nonMinimalLength(1)),
      Violation(
        name: "length 65535 in 8 bytes", bytes: bytes("82 7f 00 00 00 00 00 00 ff ff"),
        error: .nonMinimalLength(0xFFFF)),
      Violation(
        name: "length with the first bit", bytes: bytes("82 7f 80 00 00 00 00 00 00 00"),
        error: .lengthTooLarge),
      Violation(
        name: "largest length", bytes: bytes("82 7f 7f ff ff ff ff ff ff ff"),
        error: .frameTooLarge(bytes: .max, limit: 64 << 20)),
      Violation(
        name: "fragmented ping", bytes: frame(9, fin: false), error: .fragmentedControlFrame),
      Violation(
        name: "fragmented pong", bytes: frame(10, fin: false), error: .fragmentedControlFrame),
      Violation(
        name: "fragmented close", bytes: frame(8, fin: false), error: .fragmentedControlFrame),
      Violation(
        name: "long ping", bytes: frame(9, [UInt8](repeating: 0, count: 126)),
        error: .controlFrameTooLong),
      Violation(
        name: "long close", bytes: frame(8, [UInt8](repeating: 0, count: 126)),
        error: .controlFrameTooLong),
      Violation(
        name: "ping of 8 length bytes", bytes: bytes("89 7f"), error: .controlFrameTooLong),
      Violation(name: "continuation first", bytes: frame(0, [1]), error: .unexpectedContinuation),
      Violation(
        name: "continuation after the end",
        bytes: frame(1, "a", fin: false) + frame(0, "b") + frame(0, "c"),
        error: .unexpectedContinuation),
      Violation(
        name: "text inside a text", bytes: frame(1, "a", fin: false) + frame(1, "b"),
        error: .interruptedMessage),
      Violation(
        name: "binary inside a text", bytes: frame(1, "a", fin: false) + frame(2, fin: false),
        error: .interruptedMessage),
      Violation(name: "close of one byte", bytes: frame(8, [3]), error: .closePayloadTooShort),
      Violation(
        name: "close reason not UTF-8", bytes: frame(8, closePayload(1000) + [0xFF]),
        error: .invalidCloseReason),
      Violation(
        name: "close reason cut", bytes: frame(8, closePayload(1000) + [0xE2, 0x82]),
        error: .invalidCloseReason),
      Violation(name: "text not UTF-8", bytes: frame(1, [0x61, 0x80]), error: .invalidText),
    ]
    + [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map {
      Violation(name: "opcode \($0)", bytes: frame($0), error: .unknownOpcode($0))
    }
    + [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535].map {
      Violation(
        name: "close code \($0)", bytes: frame(8, closePayload($0)), error: .invalidCloseCode($0))
    }

  @Test(arguments: violations)
  func endsTheConnection(_ violation: Violation) throws {
    for step in [1, 2, 3, violation.bytes.count] {
      var client = WebSocketConnection(.client, deflate: violation.deflate)
      let seen = client.feed(violation.bytes + frame(1, "late"), step: step)
      #expect(seen.last == .failed(violation.error))
      #expect(seen.dropLast().allSatisfy { $0 == .text("ab") })
      let state = client.state
      #expect(state == .closed)
      let sent = sentFrames(client.sent())
      #expect(sent.map(\.closeCode) == [violation.error.closeCode.rawValue])
      #expect(sent.allSatisfy { $0.isMasked && $0.first == 0x88 && $0.payload.count <= 125 })
      let nothingMore = client.feed(frame(1, "later"))
      #expect(nothingMore.isEmpty)
      #expect(throws: WebSocketError.notOpen) { try client.send("x") }
    }
  }

  @Test func closeCodesOfViolations() {
    let codes: [(WebSocketError, CloseCode)] = [
      (.reservedBits(4), .protocolError), (.unknownOpcode(3), .protocolError),
      (.missingMask, .protocolError), (.invalidCloseCode(1005), .protocolError),
      (.invalidText, .invalidPayload), (.invalidCloseReason, .invalidPayload),
      (.invalidCompressedData(zlib: -3), .invalidPayload),
      (.frameTooLarge(bytes: 2, limit: 1), .messageTooBig),
      (.messageTooLarge(limit: 1), .messageTooBig), (.peerVanished, .abnormal),
      (.pingTimeout(nanoseconds: 1), .abnormal),
    ]
    for (error, code) in codes { #expect(error.closeCode == code, "\(error)") }
    let localErrors: [WebSocketError] = [
      .notOpen, .outputFull(pending: .max, limit: .max), .controlPayloadTooLong(bytes: .max),
      .invalidOutgoingText, .compressionFailed(zlib: .min),
    ]
    #expect(localErrors.allSatisfy { $0.closeCode == .internalError })
    // Each says what happened, and fits into a close frame.
    let all = Self.violations.map(\.error) + codes.map(\.0) + localErrors
    for error in all { #expect(1...CloseFrame.maximumReasonSize ~= "\(error)".utf8.count) }
  }

  @Test func serverWantsMasks() {
    for opcode: UInt8 in [1, 2, 8, 9, 10] {
      var server = WebSocketConnection(.server)
      let seen = server.feed(frame(opcode))
      #expect(seen == [.failed(.missingMask)])
      let sent = sentFrames(server.sent())
      #expect(sent.map(\.closeCode) == [1002])
      #expect(sent.map(\.isMasked) == [false])
    }
  }

  @Test func faultsOfHeadersAreFoundBeforeTheirPayload() {
    var client = WebSocketConnection(.client, WebSocketConfiguration(maximumMessageSize: 1000))
    let seen = client.feed(bytes("82 7e 03 e9"))
    #expect(seen == [.failed(.frameTooLarge(bytes: 1001, limit: 1000))])
  }

  // MARK: Lengths

  @Test(arguments: [0, 1, 125, 126, 127, 128, 65535, 65536, 65537])
  func everyFormOfLength(_ count: Int) throws {
    let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let key: [UInt8] = [0x80, 0x01, 0xFF, 0x13]
    var client = WebSocketConnection(.client)
    var server = WebSocketConnection(.server)
    for step in [1000, 65536, nil] {
      let atClient = client.feed(frame(2, payload), step: step)
      #expect(atClient == [.binary(payload)])
      let atServer = server.feed(frame(2, payload, key: key), step: step)
      #expect(atServer == [.binary(payload)])
    }
    try client.send(payload)
    let sent = client.sent()
    let back = server.feed(sent)
    #expect(back == [.binary(payload)])
    #expect(sentFrames(sent) == [SentFrame(first: 0x82, isMasked: true, payload: payload)])
  }

  @Test func maskKeysDiffer() throws {
    var client = WebSocketConnection(.client)
    var keys: Set<[UInt8]> = []
    for _ in 0..<3000 {
      try client.send([])
      keys.insert(Array(client.sent()[2..<6]))
    }
    // Of 3,000 random words of 32 bits, two are the same once in a thousand runs; ten never.
    #expect(keys.count > 2990)
  }
}

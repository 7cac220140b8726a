/// What a client's handshake came to.
public struct HandshakeResult: Hashable, Sendable {
  /// The server's response.
  public var head: HTTPResponseHead
  /// permessage-deflate as agreed on; nil where it is not in use.
  public var deflate: DeflateParameters?
  /// The subprotocol that the server chose.
  public var subprotocol: String?
  /// How many of the bytes given last belong to the response; the rest are frames already.
  public var consumed: Int
}

/// The client's side of the upgrade (RFC 6455, section 4.1): a request to send, and the checks of
/// the response.
public struct ClientHandshake: Sendable {
  /// How far the handshake is.
  public enum Progress: Hashable, Sendable {
    /// The response is not complete.
    case needMore
    /// The connection is upgraded.
    case done(HandshakeResult)
  }

  /// The fields that the handshake itself makes.
  private static let ownFields = [
    "Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version",
    "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions", "Sec-WebSocket-Accept",
    "Content-Length", "Transfer-Encoding",
  ]

  /// The request, to be sent first of all.
  public let request: [UInt8]
  /// The same as line and fields.
  public let requestHead: HTTPRequestHead

  private let expectedAccept: String
  private let subprotocols: [String]
  private let offer: DeflateOffer?
  private var parser: HTTPHeadParser
  private var refusal: (head: HTTPResponseHead, body: RefusalBody)?

  /// Makes the request.
  ///
  /// - Parameters:
  ///   - host: the `Host` header: a name, with the port where it is not the scheme's own.
  ///   - target: path and query, percent-encoded.
  ///   - origin: the `Origin` header, if there is to be one.
  ///   - subprotocols: names in the order of preference.
  ///   - fields: more headers, such as `Authorization`; not those that the handshake makes.
  ///   - deflate: what to offer of permessage-deflate; nil offers nothing.
  ///   - key: 16 random bytes; made here where there are none.
  ///   - headLimit: the largest head accepted as response, in bytes.
  /// - Throws: ``HandshakeError/invalidRequest(_:)`` for anything that could not be sent as it stands.
  public init(
    host: String, target: String, origin: String? = nil, subprotocols: [String] = [],
    fields: [HTTPField] = [], deflate: DeflateOffer? = nil, key: [UInt8]? = nil,
    headLimit: Int = 16 << 10
  ) throws(HandshakeError) {
    let keyBytes = key ?? HandshakeKey.random()
    guard keyBytes.count == HandshakeKey.size else {
      throw .invalidRequest("the key has \(keyBytes.count) bytes, not \(HandshakeKey.size)")
    }
    guard !host.isEmpty, host.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
      throw .invalidRequest("the host \(host.debugDescription) is not valid")
    }
    guard subprotocols.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(ASCII.isToken) }),
      Set(subprotocols).count == subprotocols.count
    else {
      throw .invalidRequest("a subprotocol is no token, or repeated")
    }
    guard deflate?.isValid ?? true else { throw .invalidRequest("window bits are 8 to 15") }
    for field in fields {
      if let own = Self.ownFields.first(where: { ASCII.isSame($0, field.name) }) {
        throw .invalidRequest("the header \(own) is made by the handshake")
      }
    }

    let encodedKey = Base64.encode(keyBytes)
    var head = HTTPRequestHead(method: "GET", target: target)
    head.fields = [
      HTTPField(name: "Host", value: host),
      HTTPField(name: "Upgrade", value: "websocket"),
      HTTPField(name: "Connection", value: "Upgrade"),
      HTTPField(name: "Sec-WebSocket-Key", value: encodedKey),
      HTTPField(name: "Sec-WebSocket-Version", value: "13"),
    ]
    if let origin { head.fields.append(HTTPField(name: "Origin", value: origin)) }
    if !subprotocols.isEmpty {
      head.fields.append(
        HTTPField(name: "Sec-WebSocket-Protocol", value: subprotocols.joined(separator: ", ")))
    }
    if let deflate {
      head.fields.append(
        HTTPField(name: "Sec-WebSocket-Extensions", value: deflate.headerValue))
    }
    head.fields += fields
    request = try head.encoded()
    requestHead = head
    expectedAccept = HandshakeKey.accept(encodedKey)
    self.subprotocols = subprotocols
    offer = deflate
    parser = HTTPHeadParser(limit: headLimit)
  }

  /// Takes bytes of the response.
  ///
  /// A refusal is thrown once the start of its body is there; see ``receiveEnd()``.
  public mutating func receive(
    _ bytes: UnsafeRawBufferPointer
  ) throws(HandshakeError) -> Progress {
    if refusal != nil { return try collect(bytes[...]) }
    let parsed: (head: HTTPResponseHead, consumed: Int)?
    do throws(HTTPHeadError) {
      parsed = try parser.receiveResponse(bytes)
    } catch {
      throw HandshakeError(error)
    }
    guard let (head, consumed) = parsed else { return .needMore }
    if head.status == 101 { return .done(try check(head, consumed: consumed)) }
    if 300...399 ~= head.status, let location = head.value("Location") {
      throw .redirected(status: head.status, location: location)
    }
    if 102...199 ~= head.status || head.status == 100 {
      // An interim response: another one follows (RFC 9110, section 15.2).
      parser.startAnother()
      return try receive(UnsafeRawBufferPointer(rebasing: bytes[consumed...]))
        .shifted(by: consumed)
    }
    refusal = (head, RefusalBody(head))
    return try collect(bytes[consumed...])
  }

  /// The stream ended before the handshake was complete: what that means.
  public func receiveEnd() -> HandshakeError {
    if let refusal { return Self.refused(refusal.head, refusal.body) }
    return .endedEarly(received: parser.received)
  }

  private mutating func collect(
    _ bytes: Slice<UnsafeRawBufferPointer>
  ) throws(HandshakeError) -> Progress {
    let isComplete = refusal?.body.receive(bytes) ?? false
    if let refusal, isComplete { throw Self.refused(refusal.head, refusal.body) }
    return .needMore
  }

  private static func refused(_ head: HTTPResponseHead, _ body: RefusalBody) -> HandshakeError {
    .refused(
      status: head.status, reason: head.reason, fields: head.fields, body: body.content)
  }

  /// The checks of RFC 6455, section 4.1, second list.
  private func check(
    _ head: HTTPResponseHead, consumed: Int
  ) throws(HandshakeError) -> HandshakeResult {
    guard head.minorVersion == 1 else { throw .malformedHead("101 in HTTP/1.0") }
    let upgrade = try head.single("Upgrade")
    guard let upgrade, ASCII.isSame(upgrade, "websocket") else { throw .missingUpgrade(upgrade) }
    guard head.lists("upgrade", in: "Connection") else {
      throw .missingConnection(head.value("Connection"))
    }
    let accept = try head.single("Sec-WebSocket-Accept")
    guard accept == expectedAccept else {
      throw .wrongAccept(expected: expectedAccept, found: accept)
    }
    let subprotocol = try head.single("Sec-WebSocket-Protocol")
    if let subprotocol, !subprotocols.contains(subprotocol) {
      throw .unexpectedSubprotocol(subprotocol)
    }
    return HandshakeResult(
      head: head, deflate: try deflate(head), subprotocol: subprotocol, consumed: consumed)
  }

  private func deflate(_ head: HTTPResponseHead) throws(HandshakeError) -> DeflateParameters? {
    let values = head.values("Sec-WebSocket-Extensions")
    guard let elements = ExtensionElement.parse(values) else {
      throw .invalidExtensions(values.joined(separator: ", "))
    }
    guard let first = elements.first else { return nil }
    guard let offer, PerMessageDeflate.isNamed(first) else {
      throw .unexpectedExtension(first.name)
    }
    if let second = elements.dropFirst().first { throw .unexpectedExtension(second.name) }
    return try offer.accept(first)
  }
}

extension ClientHandshake.Progress {
  fileprivate func shifted(by count: Int) -> Self {
    guard case .done(var result) = self else { return self }
    result.consumed += count
    return .done(result)
  }
}

/// What a server's side of the upgrade offers and limits.
public struct ServerHandshakeConfiguration: Hashable, Sendable {
  /// The subprotocols that the server speaks.
  public var subprotocols: [String]
  /// How permessage-deflate is granted; nil declines it.
  public var deflate: DeflatePolicy?
  /// The largest head accepted, in bytes.
  public var headLimit: Int

  /// The defaults: no subprotocol, compression where the client offers it, 16 KiB.
  public init(
    subprotocols: [String] = [], deflate: DeflatePolicy? = DeflatePolicy(),
    headLimit: Int = 16 << 10
  ) {
    self.subprotocols = subprotocols
    self.deflate = deflate
    self.headLimit = headLimit
  }
}

/// The server's side of the upgrade (RFC 6455, section 4.2).
public struct ServerHandshake: Sendable {
  /// How far the request is.
  public enum Progress: Hashable, Sendable {
    /// The request is not complete.
    case needMore
    /// A valid upgrade request, and how many of the bytes given last belong to it; the rest are
    /// frames already. To be answered with ``ServerHandshake/accept(fields:)`` or a refusal.
    case request(HTTPRequestHead, consumed: Int)
  }

  /// The response that accepts an upgrade, and what it agrees on.
  public struct Acceptance: Hashable, Sendable {
    /// The bytes to send.
    public var response: [UInt8]
    /// permessage-deflate as agreed on; nil where it is not in use.
    public var deflate: DeflateParameters?
    /// The first of the client's subprotocols that the server speaks.
    public var subprotocol: String?
  }

  private let configuration: ServerHandshakeConfiguration
  private var parser: HTTPHeadParser
  private var request: HTTPRequestHead?

  /// A handshake that waits for a request.
  public init(configuration: ServerHandshakeConfiguration = ServerHandshakeConfiguration()) {
    self.configuration = configuration
    parser = HTTPHeadParser(limit: configuration.headLimit)
  }

  /// Takes bytes of the request.
  ///
  /// Throws what is wrong with it; ``refusal(for:)`` is the answer to that.
  public mutating func receive(
    _ bytes: UnsafeRawBufferPointer
  ) throws(HandshakeError) -> Progress {
    let parsed: (head: HTTPRequestHead, consumed: Int)?
    do throws(HTTPHeadError) {
      parsed = try parser.receiveRequest(bytes)
    } catch {
      throw HandshakeError(error)
    }
    guard let (head, consumed) = parsed else { return .needMore }
    try Self.check(head)
    request = head
    return .request(head, consumed: consumed)
  }

  /// The stream ended before the request was complete.
  public func receiveEnd() -> HandshakeError {
    .endedEarly(received: parser.received)
  }

  /// Accepts the request received; nil if there is none.
  ///
  /// Fields that cannot be sent as they stand, with a line break for example, are left out.
  public func accept(fields: [HTTPField] = []) -> Acceptance? {
    guard let request, let key = request.value("Sec-WebSocket-Key") else { return nil }
    var head = HTTPResponseHead(
      status: 101, reason: "Switching Protocols",
      fields: [
        HTTPField(name: "Upgrade", value: "websocket"),
        HTTPField(name: "Connection", value: "Upgrade"),
        HTTPField(name: "Sec-WebSocket-Accept", value: HandshakeKey.accept(key)),
      ])
    let offered = Self.subprotocols(request)
    let subprotocol = offered.first { configuration.subprotocols.contains($0) }
    if let subprotocol {
      head.fields.append(HTTPField(name: "Sec-WebSocket-Protocol", value: subprotocol))
    }
    let offers = ExtensionElement.parse(request.values("Sec-WebSocket-Extensions")) ?? []
    let deflate = configuration.deflate?.answer(offers)
    if let deflate {
      head.fields.append(
        HTTPField(name: "Sec-WebSocket-Extensions", value: deflate.headerValue))
    }
    head.fields += fields
    return Acceptance(
      response: head.encoded(), deflate: deflate?.parameters, subprotocol: subprotocol)
  }

  /// The response for a request that was not accepted; the connection is to be closed after it.
  public static func refusal(
    status: Int, reason: String, fields: [HTTPField] = [], body: String = ""
  ) -> [UInt8] {
    let bytes = Array(body.utf8)
    var head = HTTPResponseHead(status: status, reason: reason, fields: fields)
    head.fields += [
      HTTPField(name: "Connection", value: "close"),
      HTTPField(name: "Content-Type", value: "text/plain; charset=utf-8"),
      HTTPField(name: "Content-Length", value: String(bytes.count)),
    ]
    return head.encoded() + bytes
  }

  /// The response that tells a client what was wrong with its request.
  public static func refusal(for error: HandshakeError) -> [UInt8] {
    let body = "\(error)\n"
    switch error {
    case .headTooLarge:
      return refusal(status: 431, reason: "Request Header Fields Too Large", body: body)
    case .unacceptableRequest(426, _):
      let fields = [
        HTTPField(name: "Upgrade", value: "websocket"),
        HTTPField(name: "Sec-WebSocket-Version", value: "13"),
      ]
      return refusal(status: 426, reason: "Upgrade Required", fields: fields, body: body)
    case .unacceptableRequest(405, _):
      let fields = [HTTPField(name: "Allow", value: "GET")]
      return refusal(status: 405, reason: "Method Not Allowed", fields: fields, body: body)
    default:
      return refusal(status: 400, reason: "Bad Request", body: body)
    }
  }

  /// The checks of RFC 6455, section 4.2.1.
  private static func check(_ head: HTTPRequestHead) throws(HandshakeError) {
    guard head.method == "GET" else {
      throw .unacceptableRequest(status: 405, reason: "an upgrade is a GET")
    }
    guard head.minorVersion == 1 else {
      throw .unacceptableRequest(status: 400, reason: "an upgrade needs HTTP/1.1")
    }
    guard let host = try head.single("Host"), !host.isEmpty else {
      throw .unacceptableRequest(status: 400, reason: "Host is missing")
    }
    guard head.lists("websocket", in: "Upgrade"), head.lists("upgrade", in: "Connection") else {
      throw .unacceptableRequest(status: 426, reason: "this is a WebSocket endpoint")
    }
    guard try head.single("Sec-WebSocket-Version") == "13" else {
      throw .unacceptableRequest(status: 426, reason: "Sec-WebSocket-Version is not 13")
    }
    guard let key = try head.single("Sec-WebSocket-Key"), HandshakeKey.isValid(key) else {
      throw .unacceptableRequest(
        status: 400, reason: "Sec-WebSocket-Key is not the base64 of 16 bytes")
    }
    guard ExtensionElement.parse(head.values("Sec-WebSocket-Extensions")) != nil else {
      throw .unacceptableRequest(status: 400, reason: "Sec-WebSocket-Extensions cannot be read")
    }
    guard subprotocols(head).allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(ASCII.isToken) })
    else {
      throw .unacceptableRequest(status: 400, reason: "Sec-WebSocket-Protocol is no list of tokens")
    }
  }

  private static func subprotocols(_ head: HTTPRequestHead) -> [String] {
    head.values("Sec-WebSocket-Protocol").flatMap { value in
      value.split(separator: ",", omittingEmptySubsequences: false).map { part in
        String(decoding: ASCII.trimmed(Array(part.utf8)[...]), as: UTF8.self)
      }
    }
  }
}

/// Why an upgrade to WebSocket did not come about (RFC 6455, section 4).
public enum HandshakeError: Error, Hashable, Sendable {
  // MARK: Either end

  /// A head larger than allowed, in bytes.
  case headTooLarge(limit: Int)
  /// Not HTTP/1, or not as RFC 9112 wants it; the text says what.
  case malformedHead(String)
  /// A field stands there twice that may stand there once.
  case repeatedField(String)
  /// The stream ended after so many bytes of the head.
  case endedEarly(received: Int)

  // MARK: The client

  /// What the request was to be made of cannot be sent, such as a line break in a header.
  case invalidRequest(String)
  /// Any status but 101, with the start of the body.
  case refused(status: Int, reason: String, fields: [HTTPField], body: [UInt8])
  /// A redirect; it is not followed.
  case redirected(status: Int, location: String)
  /// 101 without `Upgrade: websocket`; what stands there instead.
  case missingUpgrade(String?)
  /// 101 without `Connection: Upgrade`; what stands there instead.
  case missingConnection(String?)
  /// `Sec-WebSocket-Accept` does not answer our key: a cache or another protocol answered.
  case wrongAccept(expected: String, found: String?)
  /// `Sec-WebSocket-Extensions` that nobody can read.
  case invalidExtensions(String)
  /// An extension that was not offered, or twice.
  case unexpectedExtension(String)
  /// An answer for permessage-deflate that RFC 7692 forbids; the text says why.
  case invalidDeflateResponse(String)
  /// A subprotocol that was not offered.
  case unexpectedSubprotocol(String)

  // MARK: The server

  /// A request that is no upgrade to WebSocket 13, with the status to answer, and why.
  case unacceptableRequest(status: Int, reason: String)
}

extension HandshakeError: CustomStringConvertible {
  /// One line for people.
  public var description: String {
    switch self {
    case .headTooLarge(let limit): "the HTTP head has more than \(limit) bytes"
    case .malformedHead(let what): "not a valid HTTP head: \(what)"
    case .repeatedField(let name): "the header \(name) is repeated"
    case .endedEarly(let received): "the connection ended after \(received) bytes of the HTTP head"
    case .invalidRequest(let why): "the upgrade request cannot be sent: \(why)"
    case .refused(let status, let reason, _, _):
      "the server refused the upgrade: \(status)\(reason.isEmpty ? "" : " \(reason)")"
    case .redirected(let status, let location): "the server redirects (\(status)) to \(location)"
    case .missingUpgrade(let found): "Upgrade is not websocket but \(found ?? "missing")"
    case .missingConnection(let found): "Connection is not Upgrade but \(found ?? "missing")"
    case .wrongAccept(let expected, let found):
      "Sec-WebSocket-Accept is not \(expected) but \(found ?? "missing")"
    case .invalidExtensions(let value): "Sec-WebSocket-Extensions cannot be read: \(value)"
    case .unexpectedExtension(let name): "the server uses an extension not offered: \(name)"
    case .invalidDeflateResponse(let why): "the server's answer for permessage-deflate: \(why)"
    case .unexpectedSubprotocol(let name): "the server chose a subprotocol not offered: \(name)"
    case .unacceptableRequest(let status, let reason): "\(reason) (\(status))"
    }
  }
}

extension HandshakeError {
  init(_ error: HTTPHeadError) {
    switch error {
    case .tooLarge(let limit): self = .headTooLarge(limit: limit)
    case .tooManyFields, .malformed: self = .malformedHead(error.detail)
    }
  }
}

extension HTTPHeadError {
  /// The fault without the words that name its kind.
  var detail: String {
    if case .malformed(let what) = self { what } else { description }
  }
}

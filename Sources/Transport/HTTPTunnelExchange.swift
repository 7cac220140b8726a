import COpenSSL
import WebSocket

/// Asks an HTTP proxy for a tunnel: CONNECT (RFC 9110 section 9.3.6), with Basic authentication (RFC
/// 7617) where there are credentials.
struct HTTPTunnelExchange: ProxyExchange {
  private(set) var tunnel: ProxyTunnel?

  private var output: [UInt8]
  private let isAuthenticated: Bool
  private var parser = HTTPHeadParser()
  private var refusal: (head: HTTPResponseHead, body: RefusalBody)?

  /// The most interim responses that are passed over.
  private var interimLeft = 8

  /// Makes the request.
  ///
  /// - Parameters:
  ///   - host: the server's name or IP address.
  ///   - port: its port.
  ///   - credentials: as whom to come.
  /// - Throws: ``ProxyError`` where host or credentials cannot be sent.
  init(host: String, port: UInt16, credentials: ProxyCredentials?) throws(ProxyError) {
    // A zone (RFC 4007 section 11) means something on this machine alone.
    let name = host.contains(":") ? "[\(host.prefix { $0 != "%" })]" : host
    let target = "\(name):\(port)"
    var fields = [HTTPField(name: "Host", value: target)]
    if let credentials {
      guard !credentials.user.contains(":") else {
        throw .unusableCredentials(reason: "a user with a colon has no form in HTTP (RFC 7617)")
      }
      let pair = Array("\(credentials.user):\(credentials.password)".utf8)
      fields.append(HTTPField(name: "Proxy-Authorization", value: "Basic \(base64(pair))"))
    }
    isAuthenticated = credentials != nil
    guard !host.isEmpty else { throw .unusableTarget(host: host, reason: "it is empty") }
    do throws(HandshakeError) {
      output = try HTTPRequestHead(method: "CONNECT", target: target, fields: fields).encoded()
    } catch {
      throw .unusableTarget(host: host, reason: "it has characters that a name must not have")
    }
  }

  mutating func takeOutput() -> [UInt8] {
    defer { output = [] }
    return output
  }

  mutating func receive(_ bytes: [UInt8]) throws(ProxyError) {
    var rest = bytes[...]
    while refusal == nil, tunnel == nil {
      guard let (head, consumed) = try head(rest) else { return }
      rest = rest.dropFirst(consumed)
      try accept(head)
    }
    if tunnel != nil {
      tunnel?.leftover += rest
    } else if refusal?.body.receive(Array(rest)) == true {
      throw receiveEnd()
    }
  }

  private mutating func head(
    _ bytes: ArraySlice<UInt8>
  ) throws(ProxyError) -> (HTTPResponseHead, consumed: Int)? {
    do throws(HTTPHeadError) {
      return try Array(bytes).span.bytes.withUnsafeBytes {
        (bytes) throws(HTTPHeadError) in try parser.receiveResponse(bytes)
      }.map { ($0.head, $0.consumed) }
    } catch { throw .malformed(error.description) }
  }

  private mutating func accept(_ head: HTTPResponseHead) throws(ProxyError) {
    switch head.status {
    case 101: throw .malformed("an upgrade that nobody asked for")
    case 100...199:
      guard interimLeft > 0 else { throw .malformed("too many interim responses") }
      interimLeft -= 1
      parser = HTTPHeadParser()
    case 200...299:
      // Content-Length and Transfer-Encoding mean nothing here (RFC 9110 section 9.3.6).
      tunnel = ProxyTunnel(
        leftover: [], facts: [ConnectFact("status", .number(Int64(head.status)))])
    case 407:
      let method = Self.method(head, "Proxy-Authenticate")
      throw isAuthenticated
        ? .authenticationRefused(method: method) : .authenticationRequired(method: method)
    case 401 where isAuthenticated:
      // What some proxies say to a wrong password, as if they were a server.
      throw .authenticationRefused(method: Self.method(head, "WWW-Authenticate"))
    default: refusal = (head, RefusalBody(head))
    }
  }

  /// How the proxy wants it done, or the status where it does not say.
  private static func method(_ head: HTTPResponseHead, _ field: String) -> String {
    let method = head.values(field).joined(separator: ", ")
    return method.isEmpty ? "\(head.status)" : String(method.prefix(200))
  }

  func receiveEnd() -> ProxyError {
    guard let refusal else { return .ended }
    return .refused(
      status: refusal.head.status, reason: refusal.head.reason, body: refusal.body.content)
  }
}

/// The base64 of some bytes (RFC 4648 section 4).
private func base64(_ bytes: [UInt8]) -> String {
  var text = [UInt8](repeating: 0, count: bytes.count / 3 * 4 + 5)
  let count = EVP_EncodeBlock(&text, bytes, Int32(clamping: bytes.count))
  return String(decoding: text.prefix(Int(count)), as: UTF8.self)
}

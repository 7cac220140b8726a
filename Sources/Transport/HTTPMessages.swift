public import WebSocket

/// A request to send.
public struct HTTPRequest: Sendable {
  /// The method, such as `GET`.
  public var method: String
  /// Where it goes.
  public var url: HTTPURL
  /// Header fields. `Host`, `Content-Length`, `Transfer-Encoding` and `Connection` are the client's
  /// own and must not be among them.
  public var fields: [HTTPField]
  /// The body; empty for none.
  public var body: [UInt8]

  /// A request.
  public init(
    method: String = "GET", url: HTTPURL, fields: [HTTPField] = [], body: [UInt8] = []
  ) {
    self.method = method
    self.url = url
    self.fields = fields
    self.body = body
  }
}

/// A response, whole.
public struct HTTPResponse: Hashable, Sendable {
  /// Status and header fields.
  public var head: HTTPResponseHead
  /// The body; empty for none.
  public var body: [UInt8]

  /// A response.
  public init(head: HTTPResponseHead, body: [UInt8] = []) {
    self.head = head
    self.body = body
  }

  /// A response to give; its length is added when it is sent.
  public init(status: Int, fields: [HTTPField] = [], body: [UInt8] = []) {
    self.init(
      head: HTTPResponseHead(status: status, reason: Self.reason(status), fields: fields),
      body: body)
  }

  /// The status code, 100 to 999.
  public var status: Int { head.status }

  private static func reason(_ status: Int) -> String {
    switch status {
    case 200: "OK"
    case 201: "Created"
    case 204: "No Content"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 408: "Request Timeout"
    case 410: "Gone"
    case 413: "Content Too Large"
    case 429: "Too Many Requests"
    case 500: "Internal Server Error"
    case 503: "Service Unavailable"
    case 507: "Insufficient Storage"
    default: "Status"
    }
  }
}

/// A request that a server got.
public struct HTTPServerRequest: Sendable {
  /// Method, target and header fields.
  public var head: HTTPRequestHead
  /// The body; empty for none.
  public var body: [UInt8]
  /// From where it came.
  public var peerAddress: SocketAddress?

  /// A request.
  public init(head: HTTPRequestHead, body: [UInt8] = [], peerAddress: SocketAddress? = nil) {
    self.head = head
    self.body = body
    self.peerAddress = peerAddress
  }
}

/// Why a request has no answer.
public enum HTTPError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Below HTTP.
  case transport(TransportError)
  /// Nothing moved for so long, or all of it took longer than it may.
  case timedOut(milliseconds: Int64)
  /// The server wants the request elsewhere; that is not followed.
  case redirected(status: Int, location: String)
  /// The response has more bytes than allowed.
  case bodyTooLarge(limit: Int)
  /// The connection ended before the response did.
  case truncated
  /// What came is no response; the text says why.
  case malformed(String)
  /// The request cannot be sent as it is; the text says why.
  case invalidRequest(String)

  /// One sentence for people.
  public var description: String {
    switch self {
    case .transport(.ended): "the connection ended before the response began"
    case .transport(let error): error.description
    case .timedOut(let milliseconds): "the HTTP exchange timed out after \(milliseconds) ms"
    case .redirected(let status, let location):
      "the server redirects (\(status)) to \(location.isEmpty ? "nowhere" : withoutQuery(location))"
    case .bodyTooLarge(let limit): "the response has more than \(limit) bytes"
    case .truncated: "the connection ended before the response did"
    case .malformed(let what): "the response is malformed: \(what)"
    case .invalidRequest(let what): "the request cannot be sent: \(what)"
    }
  }
}

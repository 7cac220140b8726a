public import InstProtocol
import JSONText
public import Transport
public import WebSocket

/// The HTTP API of an inst server (PROTOCOL section 6): signing in and out, and the insts of a record.
///
/// ```swift
/// let api = InstAPI(origin: "https://inst.example.com")
/// let request = try await api.login(.email("ann@example.com"))
/// let signedIn = try await api.completeLogin(request, code: Secret("123456"))
/// let insts = try await api.allInsts(ofRecord: "rec", sessionKey: signedIn.sessionKey)
/// ```
public struct InstAPI: Sendable {
  /// The server, `https://host[:port]`; also what the `Origin` header says.
  public let origin: String
  /// How requests are made: TLS, limits and deadlines.
  public var options: HTTPOptions
  /// What else the head of each request says, such as what a proxy in front of the server asks for.
  public var fields: [HTTPField]

  /// The API of a server.
  public init(
    origin: String, options: HTTPOptions = HTTPOptions(), fields: [HTTPField] = []
  ) {
    self.origin = origin
    self.options = options
    self.fields = fields
  }

  /// Makes a request and gives the answer of a server that agrees.
  @EventLoop
  func answer(to request: InstAPIRequest) async throws(InstAPIError) -> JSONValue {
    let url: HTTPURL
    do throws(TransportError) { url = try HTTPURL(request.url(at: origin)) } catch {
      throw .noAnswer(.transport(error))
    }
    let response: HTTPResponse
    do throws(HTTPError) {
      response = try await HTTPClient.send(
        HTTPRequest(
          method: request.method, url: url, fields: request.fields(at: origin) + fields,
          body: request.body.map { RawJSON($0).bytes } ?? []),
        options: options)
    } catch { throw .noAnswer(error) }
    return try InstAPIAnswer.parse(status: response.status, body: response.body)
  }
}

/// Why the HTTP API gives no result.
public enum InstAPIError: Error, Hashable, Sendable {
  /// The request could not be made, or was not answered.
  case noAnswer(HTTPError)
  /// The server said no: `{success: false, errorCode, errorMessage}`.
  case refused(ErrorInfo, status: Int)
  /// The answer was none of this API; `body` is the start of its text.
  case unexpectedAnswer(status: Int, body: String)
  /// The server agreed, but in words that the API does not have.
  case brokenAnswer(reason: String)
}

extension InstAPIError: CustomStringConvertible {
  /// One sentence for people.
  public var description: String {
    switch self {
    case .noAnswer(let error): error.description
    case .refused(let info, _): "the server refused: \(info.errorMessage)"
    case .unexpectedAnswer(let status, _):
      "the server answered with HTTP status \(status) and no result"
    case .brokenAnswer(let reason): "the server's answer cannot be understood: \(reason)"
    }
  }
}

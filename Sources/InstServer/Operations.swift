import InstProtocol
import JSONText

/// A request for one of the server's HTTP operations, whichever way it came: over HTTP or as a message.
public struct OperationRequest: Sendable, Hashable {
  /// The method, in capitals.
  public var method: String
  /// The path, without the query.
  public var path: String
  /// The query's parameters, decoded.
  public var query: [String: String]
  /// The header fields, their names in small letters.
  public var headers: [String: String]
  /// The body. Nil for none.
  public var body: String?

  /// A request.
  public init(
    method: String, path: String, query: [String: String] = [:], headers: [String: String] = [:],
    body: String? = nil
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
  }
}

/// What an HTTP operation gives.
public struct OperationResponse: Sendable, Hashable {
  /// The HTTP status.
  public var status: Int
  /// The media type of the body.
  public var contentType: String
  /// The body, in the parts in which it is sent as a message.
  public var parts: [String]

  /// The whole body.
  public var body: String { parts.joined() }

  /// A response of one JSON text.
  init(status: Int = 200, json: JSONValue) {
    self.status = status
    contentType = "application/json"
    parts = [json.description]
  }

  /// A response of several parts.
  init(contentType: String, parts: [String]) {
    status = 200
    self.contentType = contentType
    self.parts = parts
  }
}

/// Why an operation fails: `{success: false, errorCode, errorMessage}` with an HTTP status.
struct OperationError: Error, Hashable {
  var code: ErrorCode
  var message: String
  var status: Int

  init(_ code: String, status: Int, _ message: String) {
    self.code = ErrorCode(rawValue: code)
    self.status = status
    self.message = message
  }

  var response: OperationResponse {
    OperationResponse(
      status: status,
      json: [
        "success": false, "errorCode": .string(code.rawValue), "errorMessage": .string(message),
      ])
  }

  static func unacceptable(_ message: String) -> OperationError {
    OperationError("unacceptable_request", status: 400, message)
  }
}

extension InstServerCore {
  /// Performs an HTTP operation.
  ///
  /// - Parameters:
  ///   - request: What is asked for.
  ///   - userID: Who asks where the request has no session key.
  ///   - now: Milliseconds since the Unix epoch.
  public mutating func perform(
    _ request: OperationRequest, userID: String? = nil, now: Int64
  ) -> OperationResponse {
    do throws(OperationError) {
      switch (request.method, request.path) {
      case (_, "/api/v2/echo"): return OperationResponse(json: request.echo)
      case ("GET", "/api/v2/stream"): return try stream(request)
      case ("GET", "/api/v2/records/insts/list"):
        return try listInsts(request, userID: userID, now: now)
      case ("POST", "/api/v2/login") where authority != nil:
        return try requestLogin(request, now: now)
      case ("POST", "/api/v2/completeLogin") where authority != nil:
        return try completeLogin(request, now: now)
      case ("POST", "/api/v2/revokeSession") where authority != nil:
        return try revokeSession(request, now: now)
      default:
        throw OperationError(
          "operation_not_found", status: 404, "There is no such operation.")
      }
    } catch { return error.response }
  }

  /// Text in parts, for tests of clients: `parts` of them, each of `size` bytes.
  private func stream(_ request: OperationRequest) throws(OperationError) -> OperationResponse {
    guard let parts = Int(request.query["parts"] ?? "3"), (1...10_000).contains(parts),
      let size = Int(request.query["size"] ?? "16"), (0...1 << 20).contains(size),
      parts * size <= 16 << 20
    else { throw .unacceptable("parts are 1 to 10000, of 16 MiB together at most") }
    let letters = Array("abcdefghijklmnopqrstuvwxyz")
    return OperationResponse(
      contentType: "text/plain",
      parts: (0..<parts).map { String(repeating: letters[$0 % letters.count], count: size) })
  }
}

extension OperationRequest {
  /// The request as it is echoed.
  fileprivate var echo: JSONValue {
    func object(_ members: [String: String]) -> JSONValue {
      .object(
        members.sorted { $0.key < $1.key }.map {
          JSONMember(name: $0.key, value: .string($0.value))
        })
    }
    return [
      "success": true, "method": .string(method), "path": .string(path), "query": object(query),
      "headers": object(headers), "body": body.map(JSONValue.string) ?? .null,
    ]
  }

  /// The body as a JSON object.
  func bodyObject() throws(OperationError) -> JSONValue {
    guard let body, let value = try? JSONValue(parsing: Array(body.utf8)), value.kind == .object
    else { throw .unacceptable("The body is no JSON object.") }
    return value
  }
}

/// Why bytes are no response.
public enum HTTPResponseError: Error, Hashable, Sendable {
  /// Its head.
  case head(HTTPHeadError)
  /// Its body, or the end before it.
  case body(HTTPBodyError)
}

/// Reads the response to one request, in pieces cut anywhere; interim responses are passed over
/// (RFC 9110, section 15.2).
public struct HTTPResponseParser: Sendable {
  /// The head of the final response, once it is there.
  public private(set) var head: HTTPResponseHead?

  private let method: String
  private let bodyLimit: Int
  private var headParser: HTTPHeadParser
  private var bodyParser: HTTPBodyParser?

  /// A parser for the response to a request.
  ///
  /// - Parameters:
  ///   - method: The request's method: the answer to a `HEAD` has no body.
  ///   - headLimit: The most bytes that the head may have, together with interim ones.
  ///   - bodyLimit: The most bytes that the body may have.
  public init(to method: String, headLimit: Int = 64 << 10, bodyLimit: Int) {
    self.method = method
    self.bodyLimit = bodyLimit
    headParser = HTTPHeadParser(limit: headLimit)
  }

  /// Whether the whole response is there.
  public var isComplete: Bool { bodyParser?.isComplete ?? false }

  /// Whether the body ends with the connection alone.
  public var endsWithConnection: Bool { bodyParser?.endsWithConnection ?? false }

  /// What has come of the body, chunks put together.
  public var body: [UInt8] { bodyParser?.body ?? [] }

  /// Takes bytes; what follows the response is left aside.
  ///
  /// - Throws: ``HTTPResponseError``.
  public mutating func receive(_ bytes: UnsafeRawBufferPointer) throws(HTTPResponseError) {
    var rest = bytes
    while head == nil {
      guard let consumed = try receiveHead(rest) else { return }
      rest = UnsafeRawBufferPointer(rebasing: rest[consumed...])
    }
    do throws(HTTPBodyError) { _ = try bodyParser?.receive(rest) } catch { throw .body(error) }
  }

  /// The connection has ended.
  ///
  /// - Throws: ``HTTPBodyError/truncated`` where the response has not.
  public mutating func receiveEnd() throws(HTTPResponseError) {
    guard head != nil else { throw .body(.truncated) }
    do throws(HTTPBodyError) { try bodyParser?.receiveEnd() } catch { throw .body(error) }
  }

  /// Takes bytes of a head; how many belong to it, once it is complete.
  private mutating func receiveHead(
    _ bytes: UnsafeRawBufferPointer
  ) throws(HTTPResponseError) -> Int? {
    let parsed: (head: HTTPResponseHead, consumed: Int)?
    do throws(HTTPHeadError) { parsed = try headParser.receiveResponse(bytes) } catch {
      throw .head(error)
    }
    guard let (head, consumed) = parsed else { return nil }
    guard head.status != 101 else {
      throw .head(.malformed("an upgrade that nobody asked for"))
    }
    if head.status < 200 {
      headParser.startAnother()
      return consumed
    }
    self.head = head
    do throws(HTTPBodyError) {
      bodyParser = try HTTPBodyParser(ofResponse: head, to: method, limit: bodyLimit)
    } catch { throw .body(error) }
    return consumed
  }
}

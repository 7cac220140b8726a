import WebSocket

/// How to make HTTP requests.
public struct HTTPOptions: Sendable {
  /// Settings for `https`; nil trusts the system's roots.
  public var tls: TLSContext?
  /// The most bytes that a response's body may have.
  public var maximumBodySize = 64 << 20
  /// For name, TCP and TLS together.
  public var connectTimeoutMilliseconds: Int64 = 10_000
  /// For the time in which nothing moves in either direction.
  public var idleTimeoutMilliseconds: Int64 = 10_000
  /// For all of it.
  public var totalTimeoutMilliseconds: Int64 = 300_000

  /// The defaults.
  public init() {}
}

/// Small HTTP/1.1 exchanges (RFC 9110, RFC 9112): one connection each, no redirects, no cookies, nothing
/// that the caller has not given.
@EventLoop
public enum HTTPClient {
  /// Makes a request and waits for the whole response. Any status but a redirect is a response.
  ///
  /// - Throws: ``HTTPError``; ``TransportError/cancelled`` within it when the task is cancelled.
  public static func send(
    _ request: HTTPRequest, options: HTTPOptions = HTTPOptions()
  ) async throws(HTTPError) -> HTTPResponse {
    let message = try request.encoded()
    let total = Deadline(
      milliseconds: options.totalTimeoutMilliseconds, from: Reactor.shared.now)
    let stream = try await connect(to: request.url, options)
    defer { stream.close() }
    let exchange = HTTPExchange(
      stream: stream, output: message, method: request.method, options: options, total: total)
    return try await exchange.run()
  }

  private static func connect(
    to url: HTTPURL, _ options: HTTPOptions
  ) async throws(HTTPError) -> ByteStream {
    var context: TLSContext?
    if url.isSecure {
      do throws(TLSError) {
        context =
          if let given = options.tls { given } else { try TLSContext.client(trust: .system) }
      } catch { throw .transport(.tls(error)) }
    }
    let deadline = Deadline(
      milliseconds: min(options.connectTimeoutMilliseconds, options.totalTimeoutMilliseconds),
      from: Reactor.shared.now)
    do throws(TransportError) {
      return try await ByteStream.connect(
        host: url.host, port: url.port, tls: context, deadline: deadline)
    } catch { throw .transport(error) }
  }
}

extension HTTPRequest {
  /// Head and body as they are sent.
  fileprivate func encoded() throws(HTTPError) -> [UInt8] {
    let own = ["host", "content-length", "transfer-encoding", "connection"]
    if let field = fields.first(where: { own.contains($0.name.lowercased()) }) {
      throw .invalidRequest("the header \(field.name) is not the caller's to give")
    }
    var all = [HTTPField(name: "Host", value: url.hostHeader)]
    all += fields
    if !body.isEmpty || ["POST", "PUT", "PATCH"].contains(method) {
      all.append(HTTPField(name: "Content-Length", value: "\(body.count)"))
    }
    all.append(HTTPField(name: "Connection", value: "close"))
    do throws(HandshakeError) {
      return try HTTPRequestHead(method: method, target: url.target, fields: all).encoded() + body
    } catch { throw .invalidRequest(error.description) }
  }
}

/// One request on its way, and its response on its way back. Both go on at once: a server may answer before
/// it has read everything.
@EventLoop
private final class HTTPExchange {
  let stream: ByteStream
  let output: [UInt8]
  let method: String
  let options: HTTPOptions
  let total: Deadline

  private var sent = 0
  /// The server takes no more of the request; it may have answered all the same.
  private var outputFailure: TransportError?
  private var interimCount = 0
  private var headParser = HTTPHeadParser(limit: 64 << 10)
  private var head: HTTPResponseHead?
  private var body: HTTPBodyParser?

  /// What was read is parsed at once, so that one buffer serves every exchange of the loop.
  private static let buffer = UnsafeMutableRawBufferPointer.allocate(
    byteCount: 64 * 1024, alignment: 16)

  init(
    stream: ByteStream, output: [UInt8], method: String, options: HTTPOptions, total: Deadline
  ) {
    self.stream = stream
    self.output = output
    self.method = method
    self.options = options
    self.total = total
  }

  func run() async throws(HTTPError) -> HTTPResponse {
    while true {
      let hasWritten = writeSome()
      let hasRead = try readSome()
      if let head, let body, body.isComplete {
        return HTTPResponse(head: head, body: body.body)
      }
      if !hasWritten && !hasRead { try await wait() }
    }
  }

  private var isSending: Bool {
    outputFailure == nil && (sent < output.count || stream.hasPendingOutput)
  }

  /// Writes what the server takes now; false where that is nothing.
  private func writeSome() -> Bool {
    guard isSending else { return false }
    do throws(TransportError) {
      let output = self.output
      let count = try output.span.extracting(droppingFirst: sent).bytes
        .withUnsafeBytes { (rest) throws(TransportError) in try stream.write(rest) }
      sent += count
      return count > 0
    } catch {
      outputFailure = error
      return false
    }
  }

  private func readSome() throws(HTTPError) -> Bool {
    let result: ByteStream.ReadResult
    do throws(TransportError) { result = try stream.read(into: Self.buffer) } catch {
      throw .transport(outputFailure ?? error)
    }
    switch result {
    case .wouldBlock: return false
    case .bytes(let count): try receive(UnsafeRawBufferPointer(rebasing: Self.buffer[..<count]))
    case .end: try receiveEnd()
    }
    return true
  }

  private func receive(_ bytes: UnsafeRawBufferPointer) throws(HTTPError) {
    var rest = bytes[...]
    while !rest.isEmpty, head == nil {
      let step: (head: HTTPResponseHead, consumed: Int)?
      do throws(HTTPHeadError) {
        step = try headParser.receiveResponse(UnsafeRawBufferPointer(rebasing: rest))
      } catch { throw .malformed(error.description) }
      guard let step else { return }
      rest = rest.dropFirst(step.consumed)
      if step.head.status < 200 {
        guard step.head.status != 101 else { throw .malformed("an upgrade that nobody asked for") }
        headParser = HTTPHeadParser(limit: 64 << 10)
        interimCount += 1
        guard interimCount <= 16 else { throw .malformed("interim responses without end") }
      } else {
        try begin(step.head)
      }
    }
    guard !rest.isEmpty else { return }
    do throws(HTTPBodyError) {
      _ = try body?.receive(UnsafeRawBufferPointer(rebasing: rest))
    } catch { throw HTTPError(error) }
  }

  private func begin(_ head: HTTPResponseHead) throws(HTTPError) {
    if (300..<400).contains(head.status), head.status != 304 {
      throw .redirected(status: head.status, location: head.value("Location") ?? "")
    }
    self.head = head
    do throws(HTTPBodyError) {
      body = try HTTPBodyParser(ofResponse: head, to: method, limit: options.maximumBodySize)
    } catch { throw HTTPError(error) }
  }

  private func receiveEnd() throws(HTTPError) {
    guard let body else { throw .transport(outputFailure ?? .ended(step: .upgrade)) }
    // Without TLS's own farewell anybody could have cut the connection.
    if body.endsWithConnection, stream.wasCutOff { throw .truncated }
    do throws(HTTPBodyError) { try self.body?.receiveEnd() } catch { throw HTTPError(error) }
  }

  private func wait() async throws(HTTPError) {
    let idle = Deadline(
      milliseconds: options.idleTimeoutMilliseconds, from: Reactor.shared.now)
    let deadline = idle.time < total.time ? idle : total
    do throws(TransportError) {
      try await stream.wait(
        for: isSending ? [.readable, .writable] : .readable, step: .upgrade, deadline: deadline)
    } catch {
      if case .timedOut(_, let milliseconds) = error {
        throw .timedOut(milliseconds: milliseconds)
      }
      throw .transport(error)
    }
  }
}

extension HTTPError {
  fileprivate init(_ error: HTTPBodyError) {
    switch error {
    case .tooLarge(let limit): self = .bodyTooLarge(limit: limit)
    case .malformed(let what): self = .malformed(what)
    case .truncated: self = .truncated
    }
  }
}

import WebSocket

/// One request on its way, and its response on its way back. Both go on at once: a server may answer
/// before it has read everything.
@EventLoop
struct HTTPExchange {
  private let stream: ByteStream
  private let output: [UInt8]
  private var sent = 0
  /// The server takes no more of the request; it may have answered all the same.
  private var outputFailure: TransportError?
  private var parser: HTTPResponseParser

  /// What is moved at once, so that one fast connection leaves time for the others.
  private static let readSize = 64 * 1024
  private static let writeSize = 256 * 1024
  /// What was read is parsed at once, so that one buffer serves every exchange of the loop.
  private static let buffer = UnsafeMutableRawBufferPointer.allocate(
    byteCount: readSize, alignment: 16)

  init(stream: ByteStream, output: [UInt8], method: String, maximumBodySize: Int) {
    self.stream = stream
    self.output = output
    parser = HTTPResponseParser(to: method, bodyLimit: maximumBodySize)
  }

  /// Sends and receives until the response is there.
  ///
  /// - Parameters:
  ///   - idleMilliseconds: for the time in which nothing moves in either direction.
  ///   - onProgress: told when something has moved.
  mutating func run(
    idleMilliseconds: Int64, total: Deadline, onProgress: (@EventLoop @Sendable () -> Void)?
  ) async throws(HTTPError) -> HTTPResponse {
    while true {
      let hasWritten = writeSome()
      let hasRead = try readSome()
      if let response = try response() { return response }
      if hasRead || hasWritten {
        onProgress?()
        try await letOthersRun(total)
      } else {
        let idle = Deadline(milliseconds: idleMilliseconds, from: Reactor.shared.now)
        try await wait(until: idle.time < total.time ? idle : total)
      }
    }
  }

  /// The response once it is complete; a redirect as soon as its head is there.
  private func response() throws(HTTPError) -> HTTPResponse? {
    guard let head = parser.head else { return nil }
    if 300...399 ~= head.status, head.status != 304 {
      throw .redirected(status: head.status, location: head.value("Location") ?? "")
    }
    return parser.isComplete ? HTTPResponse(head: head, body: parser.body) : nil
  }

  // MARK: Moving bytes

  private var isSending: Bool {
    outputFailure == nil && (sent < output.count || stream.hasPendingOutput)
  }

  /// Writes what the server takes now; false where that is nothing.
  private mutating func writeSome() -> Bool {
    guard isSending else { return false }
    do throws(TransportError) {
      let end = min(output.count, sent + Self.writeSize)
      let count = try output.span.extracting(sent..<end).bytes
        .withUnsafeBytes { (part) throws(TransportError) in try stream.write(part) }
      sent += count
      return count > 0
    } catch {
      outputFailure = error
      return false
    }
  }

  /// Reads what is there; false where that is nothing.
  private mutating func readSome() throws(HTTPError) -> Bool {
    let result: ByteStream.ReadResult
    do throws(TransportError) { result = try stream.read(into: Self.buffer) } catch {
      // An alert says why the server takes nothing any more.
      let isAlert = if case .tls = error { true } else { false }
      try receiveEnd(after: isAlert ? error : outputFailure ?? error)
      return true
    }
    switch result {
    case .wouldBlock: return false
    case .bytes(let count):
      do throws(HTTPResponseError) {
        try parser.receive(UnsafeRawBufferPointer(rebasing: Self.buffer[..<count]))
      } catch { throw HTTPError(error) }
    case .end: try receiveEnd(after: outputFailure)
    }
    return true
  }

  /// The connection has ended, in order where there is no failure.
  private mutating func receiveEnd(after failure: TransportError?) throws(HTTPError) {
    guard let head = parser.head else { throw .transport(failure ?? .ended(step: .upgrade)) }
    // Without TLS's own farewell anybody could have cut the connection.
    if parser.endsWithConnection, stream.wasCutOff { throw .truncated }
    // Whoever refuses a body without reading it all resets the connection behind the answer.
    let isRefusal = head.status >= 400 && parser.endsWithConnection
    if let failure, !isRefusal { throw .transport(failure) }
    do throws(HTTPResponseError) { try parser.receiveEnd() } catch { throw HTTPError(error) }
  }

  // MARK: Waiting

  private func wait(until deadline: Deadline) async throws(HTTPError) {
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

  /// Goes on in the next turn of the loop.
  private func letOthersRun(_ total: Deadline) async throws(HTTPError) {
    let turn = Promise<Void>()
    Reactor.shared.schedule(at: Reactor.shared.now) { turn.fulfil(()) }
    await turn.get()
    guard !Task.isCancelled else { throw .transport(.cancelled) }
    guard Reactor.shared.now < total.time else {
      throw .timedOut(milliseconds: total.milliseconds)
    }
  }
}

extension HTTPError {
  fileprivate init(_ error: HTTPResponseError) {
    switch error {
    case .head(let error): self = .malformed(error.description)
    case .body(.tooLarge(let limit)): self = .bodyTooLarge(limit: limit)
    case .body(.malformed(let what)): self = .malformed(what)
    case .body(.truncated): self = .truncated
    }
  }
}

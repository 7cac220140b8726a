import WebSocket

extension ByteStream {
  /// Reads a request's body, gives the request to the handler, and sends its answer; the connection is over
  /// then.
  ///
  /// - Parameter rest: what has come behind the head.
  func answerHTTP(
    _ head: HTTPRequestHead, rest: [UInt8], options: AcceptOptions,
    handler: @EventLoop @Sendable (HTTPServerRequest) async -> HTTPResponse
  ) async throws(ConnectError) {
    let body: [UInt8]
    do throws(HTTPBodyError) {
      var parser = try HTTPBodyParser(ofRequest: head, limit: options.maximumRequestBody)
      switch try await read(&parser, head, rest: rest, options: options) {
      case .success(let read): body = read
      case .failure(let error): throw error
      }
    } catch {
      let isTooLarge = if case .tooLarge = error { true } else { false }
      let refusal = HTTPResponse(
        status: isTooLarge ? 413 : 400,
        fields: [HTTPField(name: "Content-Type", value: "text/plain")],
        body: Array("\(error)\n".utf8))
      return try await finish(refusal, to: head, options: options)
    }
    let response = await handler(
      HTTPServerRequest(head: head, body: body, peerAddress: peerAddress))
    try await finish(response, to: head, options: options)
  }

  /// Reads the body as long as it makes progress.
  private func read(
    _ parser: inout HTTPBodyParser, _ head: HTTPRequestHead, rest: [UInt8],
    options: AcceptOptions
  ) async throws(HTTPBodyError) -> Result<[UInt8], HTTPBodyError> {
    var bytes = rest
    var mayBegin = head.value("Expect")?.lowercased() != "100-continue"
    while true {
      _ = try bytes.span.bytes.withUnsafeBytes { (bytes) throws(HTTPBodyError) in
        try parser.receive(bytes)
      }
      if parser.isComplete { return .success(parser.body) }
      let idle = Deadline(milliseconds: options.timeoutMilliseconds, from: Reactor.shared.now)
      do throws(ConnectError) {
        if !mayBegin {
          mayBegin = true
          try await writeAll(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8), deadline: idle)
        }
        bytes = try await readSome(deadline: idle)
      } catch { throw .truncated }
      if bytes.isEmpty { try parser.receiveEnd() }
    }
  }

  /// Sends the answer and waits for the client to read it.
  private func finish(
    _ response: HTTPResponse, to head: HTTPRequestHead, options: AcceptOptions
  ) async throws(ConnectError) {
    var answer = response.head
    answer.fields.removeAll { ["content-length", "connection"].contains($0.name.lowercased()) }
    if answer.status != 204, answer.status != 304 {
      answer.fields.append(HTTPField(name: "Content-Length", value: "\(response.body.count)"))
    }
    answer.fields.append(HTTPField(name: "Connection", value: "close"))
    let hasBody = head.method != "HEAD" && answer.status != 204 && answer.status != 304
    try await writeWhile(
      answer.encoded() + (hasBody ? response.body : []), idle: options.timeoutMilliseconds)
    try await linger()
  }

  /// Writes all of it, as long as the client goes on taking some.
  private func writeWhile(_ bytes: [UInt8], idle milliseconds: Int64) async throws(ConnectError) {
    var sent = 0
    while sent < bytes.count || hasPendingOutput {
      let count: Int
      do throws(TransportError) {
        count = try bytes.span.extracting(droppingFirst: sent).bytes
          .withUnsafeBytes { (rest) throws(TransportError) in try write(rest) }
        sent += count
        if count == 0 {
          try await wait(
            for: .writable, step: .upgrade,
            deadline: Deadline(milliseconds: milliseconds, from: Reactor.shared.now))
        }
      } catch { throw .transport(error) }
    }
  }

  /// Closes our side and reads until the client closes its own, for a second at most: an end with bytes
  /// unread would reset the connection and take the answer with it.
  func linger() async throws(ConnectError) {
    finishWriting()
    let soon = Deadline(milliseconds: 1000, from: Reactor.shared.now)
    while let bytes = try? await readSome(deadline: soon), !bytes.isEmpty {}
  }
}

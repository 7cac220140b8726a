import WebSocket

extension ByteStream {
  /// Reads a request's body, gives the request to the handler, and sends its answer; the connection is
  /// over then.
  ///
  /// - Parameter rest: what has come behind the head.
  func answerHTTP(
    _ head: HTTPRequestHead, rest: [UInt8], options: AcceptOptions,
    handler: @EventLoop @Sendable (HTTPServerRequest) async -> HTTPResponse
  ) async throws(ConnectError) {
    let body: [UInt8]
    do throws(Refusal) {
      // RFC 9112 section 3.2: exactly one.
      guard head.minorVersion == 0 || head.values("Host").count == 1 else {
        throw Refusal(status: 400, reason: "there is no Host, or more than one")
      }
      body = try await readBody(of: head, rest: rest, options: options)
    } catch {
      return try await finish(error.response, to: head, options: options)
    }
    let response = await handler(
      HTTPServerRequest(head: head, body: body, peerAddress: peerAddress))
    try await finish(response, to: head, options: options)
  }

  /// Reads the body as long as it makes progress.
  private func readBody(
    of head: HTTPRequestHead, rest: [UInt8], options: AcceptOptions
  ) async throws(Refusal) -> [UInt8] {
    var bytes = rest
    // RFC 9110 section 10.1.1: whoever speaks HTTP/1.0 cannot mean it.
    var isWaitedFor = head.minorVersion > 0 && head.lists("100-continue", in: "Expect")
    var parser: HTTPBodyParser
    do throws(HTTPBodyError) {
      parser = try HTTPBodyParser(ofRequest: head, limit: options.maximumRequestBody)
    } catch { throw Refusal(error) }
    while true {
      do throws(HTTPBodyError) {
        _ = try bytes.span.bytes.withUnsafeBytes { (bytes) throws(HTTPBodyError) in
          try parser.receive(bytes)
        }
      } catch { throw Refusal(error) }
      if parser.isComplete { return parser.body }
      let idle = Deadline(milliseconds: options.timeoutMilliseconds, from: Reactor.shared.now)
      do throws(ConnectError) {
        if isWaitedFor {
          isWaitedFor = false
          try await writeAll(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8), deadline: idle)
        }
        bytes = try await readSome(deadline: idle)
      } catch { throw Refusal(error) }
      guard !bytes.isEmpty else { throw Refusal(.truncated) }
    }
  }

  /// Sends the answer and waits for the client to read it.
  private func finish(
    _ response: HTTPResponse, to head: HTTPRequestHead, options: AcceptOptions
  ) async throws(ConnectError) {
    var answer = response.head
    // Anything else would be read as an interim response, or as none.
    if !(200...999 ~= answer.status) { answer.status = 500 }
    let own = ["content-length", "transfer-encoding", "connection"]
    answer.fields.removeAll { own.contains($0.name.lowercased()) }
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

  /// Closes our side and reads until the client closes its own, for a second at most: an end with
  /// bytes unread would reset the connection and take the answer with it.
  func linger() async throws(ConnectError) {
    finishWriting()
    let soon = Deadline(milliseconds: 1000, from: Reactor.shared.now)
    while let bytes = try? await readSome(deadline: soon), !bytes.isEmpty {}
  }
}

/// Why a request is not given to the handler.
private struct Refusal: Error {
  let status: Int
  let reason: String

  init(status: Int, reason: String) {
    self.status = status
    self.reason = reason
  }

  init(_ error: HTTPBodyError) {
    self.init(status: error.isTooLarge ? 413 : 400, reason: error.description)
  }

  init(_ error: ConnectError) {
    guard case .transport(.timedOut(_, let milliseconds)) = error else {
      self.init(status: 400, reason: error.description)
      return
    }
    self.init(status: 408, reason: "no more of the body came for \(milliseconds) ms")
  }

  var response: HTTPResponse {
    HTTPResponse(
      status: status, fields: [HTTPField(name: "Content-Type", value: "text/plain")],
      body: Array("\(reason)\n".utf8))
  }
}

extension HTTPBodyError {
  fileprivate var isTooLarge: Bool {
    if case .tooLarge = self { true } else { false }
  }
}

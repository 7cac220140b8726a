public import InstProtocol
import JSONText
import Transport

/// What comes of an HTTP request through the socket.
public enum TunnelledHTTPEvent: Sendable {
  /// A part of the response, in order; the first has status and headers.
  case part(TunnelledResponse)
  /// There is no more of it; nothing follows.
  case failed(ClientError)
}

extension InstRecordsClient {
  /// Makes an HTTP request to the server through the socket, and gives the response as its parts come, put
  /// in order (PROTOCOL section 5, Tunnelled HTTP). The sequence ends with the last part, or with
  /// ``TunnelledHTTPEvent/failed(_:)``.
  ///
  /// When the connection is lost, or a limit of rates may have dropped the request, it is made again if
  /// its method may be repeated (RFC 9110 section 9.2.2) and nothing of the response has come.
  public func sendHTTPRequest(
    _ request: HTTPRequestMessage.Request
  ) -> EventStream<TunnelledHTTPEvent> {
    let mailbox = Mailbox<TunnelledHTTPEvent>(pausing: self)
    if let failure {
      mailbox.add(.failed(failure))
      mailbox.finish()
      return EventStream(mailbox)
    }
    lastHTTPID += 1
    let exchange = HTTPExchange(id: lastHTTPID, request, mailbox)
    mailbox.onCancel = { [weak self, weak exchange] in
      self?.httpExchanges.removeAll { $0 === exchange }
    }
    httpExchanges.append(exchange)
    begin(exchange)
    return EventStream(mailbox)
  }

  /// Makes an HTTP request to the server through the socket and waits for the whole response.
  ///
  /// - Throws: ``ClientError/refused(_:)``; ``ClientError/interrupted(reason:)``;
  ///   ``ClientError/protocolViolation(_:)``; and whatever ends the client.
  public func httpResponse(
    to request: HTTPRequestMessage.Request
  ) async throws(ClientError) -> TunnelledResponse {
    var whole: TunnelledResponse?
    for await event in sendHTTPRequest(request).elements {
      switch event {
      case .part(let part): whole = try whole?.joined(with: part) ?? part
      case .failed(let error): throw error
      }
    }
    // A stream that was called off ends as well, with what came by then.
    guard let whole, !Task.isCancelled else { throw .cancelled }
    return whole
  }

  /// Sends the request once the dialect is known.
  private func begin(_ exchange: HTTPExchange) {
    EventLoop.start {
      do throws(ClientError) {
        try await self.findDialect()
        exchange.isWaiting = true
        self.sendWhatWaits()
      } catch {
        if self.httpExchanges.contains(where: { $0 === exchange }) { self.fail(exchange, error) }
      }
    }
  }

  func sendHTTPRequests() throws(ClientError) {
    for exchange in httpExchanges where exchange.isWaiting {
      let hasIDs = connection.dialect == .deployed
      // Without ids only one answer at a time can be told from others.
      guard hasIDs || !httpExchanges.contains(where: { $0.isUnderWay }) else { return }
      let message = HTTPRequestMessage(
        id: hasIDs ? JSONNumber(exchange.id) : nil, request: exchange.request)
      exchange.frameID = try connection.send(.httpRequest(message))
      exchange.isWaiting = false
    }
  }

  func httpArrived(_ frame: ReceivedFrame) {
    switch frame.serverMessage() {
    case .httpResponse(let message)?:
      guard let exchange = exchange(message.id) else { return unclaimed(frame) }
      if !exchange.parts.hasBegun { exchange.mailbox.add(.part(message.response)) }
      end(exchange)
    case .httpPartialResponse(let message)?:
      guard let exchange = exchange(message.id) else { return unclaimed(frame) }
      partArrived(message, for: exchange)
    default: receivedUnreadable("a part of an HTTP response without its fields")
    }
  }

  private func partArrived(_ message: HTTPPartialResponseMessage, for exchange: HTTPExchange) {
    do throws(HTTPPartAssembler.Fault) {
      let ready = try exchange.parts.receive(
        message.response ?? TunnelledResponse(), index: message.index?.int,
        isFinal: message.final ?? false)
      for part in ready { exchange.mailbox.post(.part(part)) }
      if exchange.parts.isComplete { end(exchange) }
    } catch {
      fail(exchange, .protocolViolation("the parts of an HTTP response do not fit together"))
    }
  }

  private func exchange(_ id: JSONNumber?) -> HTTPExchange? {
    guard let id else { return httpExchanges.first { $0.isUnderWay } }
    return httpExchanges.first { $0.isUnderWay && $0.id == id.int }
  }

  private func end(_ exchange: HTTPExchange) {
    httpExchanges.removeAll { $0 === exchange }
    exchange.mailbox.finish()
    sendWhatWaits()
  }

  func fail(_ exchange: HTTPExchange, _ error: ClientError) {
    exchange.mailbox.add(.failed(error))
    end(exchange)
  }

  /// The server has refused the request's frame: perhaps it knows the other form.
  func httpRefused(_ exchange: HTTPExchange, _ info: ErrorInfo) {
    if let first = exchange.firstRefusal {
      connection.dialect = .deployed
      return fail(exchange, .refused(first))
    }
    guard info.errorCode == .unacceptableRequest, connection.mayChangeDialect,
      connection.dialect == .deployed
    else { return fail(exchange, .refused(info)) }
    exchange.firstRefusal = info
    connection.dialect = .documented
    exchange.frameID = nil
    exchange.isWaiting = true
  }

  /// Requests under way have no answer to hope for: they go again, or fail.
  func repeatHTTPRequests(orFail error: ClientError) {
    for exchange in httpExchanges where exchange.isUnderWay {
      exchange.frameID = nil
      if exchange.mayBeRepeated && !exchange.parts.hasBegun {
        exchange.parts = HTTPPartAssembler()
        exchange.isWaiting = true
      } else {
        fail(exchange, error)
      }
    }
  }

  func failHTTPExchanges(_ error: ClientError) {
    for exchange in httpExchanges { fail(exchange, error) }
  }
}

/// An HTTP request that is under way.
@EventLoop
final class HTTPExchange {
  let id: Int
  let request: HTTPRequestMessage.Request
  let mailbox: Mailbox<TunnelledHTTPEvent>
  var parts = HTTPPartAssembler()
  /// Whether it is to be sent.
  var isWaiting = false
  /// The envelope's id of the request, while an answer is due.
  var frameID: Int?
  /// How the server has refused its deployed form.
  var firstRefusal: ErrorInfo?

  init(
    id: Int, _ request: HTTPRequestMessage.Request, _ mailbox: Mailbox<TunnelledHTTPEvent>
  ) {
    self.id = id
    self.request = request
    self.mailbox = mailbox
  }

  var isUnderWay: Bool { frameID != nil }

  /// Whether the method does the same when it is done twice.
  var mayBeRepeated: Bool {
    ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"].contains(request.method.uppercased())
  }
}

extension TunnelledResponse {
  /// The response with a further part of its body.
  fileprivate func joined(with part: TunnelledResponse) throws(ClientError) -> TunnelledResponse {
    var joined = self
    joined.statusCode = statusCode ?? part.statusCode
    joined.headers = headers ?? part.headers
    guard let more = part.body else { return joined }
    guard let body else {
      joined.body = more
      return joined
    }
    guard let start = body.value.stringValue, let rest = more.value.stringValue else {
      throw .protocolViolation("parts of an HTTP body that are no texts cannot be joined")
    }
    guard start.utf8.count + rest.utf8.count <= 256 << 20 else {
      throw .protocolViolation("an HTTP body without end")
    }
    joined.body = RawJSON(string: start + rest)
    return joined
  }
}

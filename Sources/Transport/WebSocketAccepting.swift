public import WebSocket

/// How a server opens the WebSockets that clients ask for.
public struct AcceptOptions: Sendable {
  /// What each connection is like.
  public var connection = WebSocketConfiguration()
  /// Whether compression is accepted.
  public var compresses = true
  /// Certificate and key; nil for plain text.
  public var tls: TLSContext?
  /// The path to be asked for; any other is answered 404. Nil accepts every path.
  public var path: String?
  /// For TLS and upgrade together; with the body of a plain HTTP request and with its answer, for the
  /// time in which nothing moves.
  public var timeoutMilliseconds: Int64 = 10_000
  /// Answers requests that ask for no WebSocket; nil refuses them.
  public var http: (@EventLoop @Sendable (HTTPServerRequest) async -> HTTPResponse)?
  /// The most bytes that the body of such a request may have; a larger one is answered 413.
  public var maximumRequestBody = 100 << 20

  /// The defaults: no TLS, compression accepted, any path.
  public init() {}
}

extension WebSocketChannel {
  /// Opens the server's side of a connection: TLS if it is on, then the upgrade, refused with a
  /// proper answer where the request is not one.
  public static func accept(
    _ connection: AcceptedConnection, options: AcceptOptions
  ) async throws(ConnectError) -> WebSocketChannel {
    var options = options
    options.http = nil
    guard let channel = try await acceptOrAnswer(connection, options: options) else {
      throw .transport(.ended(step: .upgrade))
    }
    return channel
  }

  /// The same for a server that has an HTTP handler as well.
  ///
  /// - Returns: The channel, or nil where the request asked for none and ``AcceptOptions/http`` has answered
  ///   it: the connection is over.
  public static func acceptOrAnswer(
    _ connection: AcceptedConnection, options: AcceptOptions
  ) async throws(ConnectError) -> WebSocketChannel? {
    let deadline = Deadline(
      milliseconds: options.timeoutMilliseconds, from: Reactor.shared.now)
    let stream: ByteStream
    do throws(TransportError) {
      stream = try await ByteStream.accepted(
        connection.socket, tls: options.tls, deadline: deadline)
    } catch { throw .transport(error) }
    do throws(ConnectError) {
      var first: [UInt8] = []
      if let handler = options.http {
        let (head, consumed, bytes) = try await stream.readHead(deadline: deadline)
        first = bytes
        if let head, !head.lists("websocket", in: "Upgrade") {
          defer { stream.close() }
          try await stream.answerHTTP(
            head, rest: Array(bytes.dropFirst(consumed)), options: options, handler: handler)
          return nil
        }
      }
      return try await stream.answerUpgrade(options: options, first: first, deadline: deadline)
    } catch {
      stream.close()
      throw error
    }
  }
}

extension ByteStream {
  /// Reads a request's head, as far as there is one.
  ///
  /// - Returns: The head, nil for what is none; how many bytes it takes; and all that was read.
  fileprivate func readHead(
    deadline: Deadline
  ) async throws(ConnectError) -> (HTTPRequestHead?, consumed: Int, bytes: [UInt8]) {
    var parser = HTTPHeadParser()
    var all: [UInt8] = []
    while true {
      let bytes = try await readSome(deadline: deadline)
      all += bytes
      guard !bytes.isEmpty else { return (nil, 0, all) }
      do throws(HTTPHeadError) {
        let step = try bytes.span.bytes.withUnsafeBytes { (bytes) throws(HTTPHeadError) in
          try parser.receiveRequest(bytes)
        }
        guard let step else { continue }
        return (step.head, all.count - bytes.count + step.consumed, all)
      } catch {
        // The upgrade's own parser says what is wrong with it.
        return (nil, 0, all)
      }
    }
  }

  /// - Parameter first: what was read already.
  fileprivate func answerUpgrade(
    options: AcceptOptions, first: [UInt8], deadline: Deadline
  ) async throws(ConnectError) -> WebSocketChannel {
    var handshake = ServerHandshake(
      configuration: ServerHandshakeConfiguration(
        deflate: options.compresses ? DeflatePolicy() : nil))
    let rest: [UInt8]
    do throws(ConnectError) {
      rest = try await readRequest(
        &handshake, path: options.path, first: first, deadline: deadline)
    } catch {
      if case .handshake(let reason) = error {
        try await refuse(response(for: reason), deadline: deadline)
      }
      throw error
    }
    guard let acceptance = handshake.accept() else {
      throw .handshake(handshake.receiveEnd())
    }
    try await writeAll(acceptance.response, deadline: deadline)
    var connection = WebSocketConnection(
      role: .server, configuration: options.connection, deflate: acceptance.deflate,
      now: Reactor.shared.now)
    rest.withUnsafeBytes { connection.receive($0) }
    return WebSocketChannel(stream: self, role: .server, connection: connection)
  }

  /// Reads the request; gives the bytes that followed it.
  private func readRequest(
    _ handshake: inout ServerHandshake, path: String?, first: [UInt8], deadline: Deadline
  ) async throws(ConnectError) -> [UInt8] {
    var first = first
    while true {
      let bytes = first.isEmpty ? try await readSome(deadline: deadline) : first
      first = []
      guard !bytes.isEmpty else { throw .handshake(handshake.receiveEnd()) }
      do throws(HandshakeError) {
        let progress = try bytes.span.bytes.withUnsafeBytes {
          (bytes) throws(HandshakeError) in try handshake.receive(bytes)
        }
        guard case .request(let head, let consumed) = progress else { continue }
        if let path, head.target.prefix(while: { $0 != "?" }) != path {
          throw .unacceptableRequest(status: 404, reason: "the WebSocket is at \(path)")
        }
        return Array(bytes.dropFirst(consumed))
      } catch { throw .handshake(error) }
    }
  }

  private func response(for error: HandshakeError) -> [UInt8] {
    guard case .unacceptableRequest(404, let reason) = error else {
      return ServerHandshake.refusal(for: error)
    }
    return ServerHandshake.refusal(status: 404, reason: "Not Found", body: reason + "\n")
  }

  /// Sends the answer to a request that is none, and waits for the client to read it.
  private func refuse(_ response: [UInt8], deadline: Deadline) async throws(ConnectError) {
    try await writeAll(response, deadline: deadline)
    try await linger()
  }
}

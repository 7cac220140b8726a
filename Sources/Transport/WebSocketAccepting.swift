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
  /// For TLS and upgrade together.
  public var timeoutMilliseconds: Int64 = 10_000

  /// The defaults: no TLS, compression accepted, any path.
  public init() {}
}

extension WebSocketChannel {
  /// Opens the server's side of a connection: TLS if it is on, then the upgrade, refused with a
  /// proper answer where the request is not one.
  public static func accept(
    _ connection: AcceptedConnection, options: AcceptOptions
  ) async throws(ConnectError) -> WebSocketChannel {
    let deadline = Deadline(
      milliseconds: options.timeoutMilliseconds, from: Reactor.shared.now)
    let stream: ByteStream
    do throws(TransportError) {
      stream = try await ByteStream.accepted(
        connection.socket, tls: options.tls, deadline: deadline)
    } catch { throw .transport(error) }
    do throws(ConnectError) {
      return try await stream.answerUpgrade(options: options, deadline: deadline)
    } catch {
      stream.close()
      throw error
    }
  }
}

extension ByteStream {
  fileprivate func answerUpgrade(
    options: AcceptOptions, deadline: Deadline
  ) async throws(ConnectError) -> WebSocketChannel {
    var handshake = ServerHandshake(
      configuration: ServerHandshakeConfiguration(
        deflate: options.compresses ? DeflatePolicy() : nil))
    let rest: [UInt8]
    do throws(ConnectError) {
      rest = try await readRequest(&handshake, path: options.path, deadline: deadline)
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
    _ handshake: inout ServerHandshake, path: String?, deadline: Deadline
  ) async throws(ConnectError) -> [UInt8] {
    while true {
      let bytes = try await readSome(deadline: deadline)
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
    finishWriting()
    let soon = Deadline(milliseconds: 1000, from: Reactor.shared.now)
    while let bytes = try? await readSome(deadline: soon), !bytes.isEmpty {}
  }
}

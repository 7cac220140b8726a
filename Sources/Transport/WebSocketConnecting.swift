public import WebSocket

/// Why a connection could not be opened.
public enum ConnectError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Below HTTP.
  case transport(TransportError)
  /// The upgrade to WebSocket.
  case handshake(HandshakeError)

  /// One sentence for people.
  public var description: String {
    switch self {
    case .transport(let error): error.description
    case .handshake(let error): error.description
    }
  }
}

/// How to open a WebSocket.
public struct ConnectOptions: Sendable {
  /// What the connection is like once it is open.
  public var connection = WebSocketConfiguration()
  /// Compression to offer (RFC 7692); nil for none.
  public var deflate: DeflateOffer? = DeflateOffer()
  /// The `Origin` header; nil for none.
  public var origin: String?
  /// Subprotocols to offer.
  public var subprotocols: [String] = []
  /// More header fields for the upgrade request.
  public var fields: [HTTPField] = []
  /// Settings for `wss`; made when they are first needed otherwise.
  public var tls: TLSContext?
  /// The way to the server: proxy, Unix socket, addresses.
  public var network = NetworkOptions()
  /// Told of the steps, the heads of the upgrade, the frames and the end.
  public var observer: WireObserver?

  /// The defaults: compression offered, the system's roots trusted.
  public init() {}
}

extension WebSocketChannel {
  /// Opens a WebSocket: name, TCP, proxy, TLS and upgrade within one deadline.
  ///
  /// - Parameters:
  ///   - url: where to.
  ///   - options: what to ask for, and what the connection is like then.
  ///   - deadline: by when all of it must be done.
  ///   - report: told of each step that is done, with its facts.
  public static func connect(
    to url: WebSocketURL, options: ConnectOptions, deadline: Deadline,
    report: ConnectReporter? = nil
  ) async throws(ConnectError) -> WebSocketChannel {
    do throws(ConnectError) {
      let channel = try await open(
        url, options, deadline: deadline,
        report: WireObserver.reporter(options.observer, and: report))
      channel.observer = options.observer
      return channel
    } catch {
      options.observer?.tell(.failed(error.description))
      throw error
    }
  }

  private static func open(
    _ url: WebSocketURL, _ options: ConnectOptions, deadline: Deadline, report: ConnectReporter?
  ) async throws(ConnectError) -> WebSocketChannel {
    var context: TLSContext?
    if url.isSecure {
      do throws(TLSError) {
        if let given = options.tls {
          context = given
        } else {
          context = try TLSContext.client(trust: .system)
        }
      } catch { throw .transport(.tls(error)) }
    }
    let stream: ByteStream
    do throws(TransportError) {
      stream = try await ByteStream.connect(
        host: url.host, port: url.port, tls: context, network: options.network,
        deadline: deadline, report: report)
    } catch { throw .transport(error) }

    var handshake: ClientHandshake
    do throws(HandshakeError) {
      handshake = try ClientHandshake(
        host: url.hostHeader, target: url.target, origin: options.origin,
        subprotocols: options.subprotocols, fields: options.fields, deflate: options.deflate)
    } catch { throw .handshake(error) }

    do throws(ConnectError) {
      var progress = ConnectProgress(report)
      options.observer?.tell(.request(handshake.requestHead, body: []))
      let (result, rest) = try await stream.ask(
        &handshake, observer: options.observer, deadline: deadline)
      progress.done(
        .upgrade,
        "\(withoutQuery(url.target)): \(result.deflate == nil ? "without compression" : "with permessage-deflate")",
        [
          ConnectFact("path", .string(withoutQuery(url.target))),
          ConnectFact("compression", .bool(result.deflate != nil)),
        ] + (result.subprotocol.map { [ConnectFact("subprotocol", .string($0))] } ?? []))
      var connection = WebSocketConnection(
        role: .client, configuration: options.connection, deflate: result.deflate,
        now: Reactor.shared.now)
      rest.withUnsafeBytes { connection.receive($0) }
      return WebSocketChannel(stream: stream, role: .client, connection: connection)
    } catch {
      stream.close()
      throw error
    }
  }
}

extension ByteStream {
  /// Writes all of it, waiting as long as the deadline allows.
  func writeAll(_ bytes: [UInt8], deadline: Deadline) async throws(ConnectError) {
    do throws(TransportError) {
      try await writeAll(bytes, step: .upgrade, deadline: deadline)
    } catch { throw .transport(error) }
  }

  /// The next bytes that arrive; none at the end.
  func readSome(deadline: Deadline) async throws(ConnectError) -> [UInt8] {
    do throws(TransportError) {
      return try await readSome(step: .upgrade, deadline: deadline)
    } catch { throw .transport(error) }
  }

  /// Sends the request for the upgrade, and reads the answer.
  fileprivate func ask(
    _ handshake: inout ClientHandshake, observer: WireObserver?, deadline: Deadline
  ) async throws(ConnectError) -> (HandshakeResult, rest: [UInt8]) {
    do throws(ConnectError) {
      let answer = try await request(&handshake, deadline: deadline)
      observer?.tell(.response(answer.0.head, body: []))
      return answer
    } catch {
      if case .handshake(.refused(let status, let reason, let fields, let body)) = error {
        let head = HTTPResponseHead(status: status, reason: reason, fields: fields)
        observer?.tell(.response(head, body: body))
      }
      throw error
    }
  }

  private func request(
    _ handshake: inout ClientHandshake, deadline: Deadline
  ) async throws(ConnectError) -> (HandshakeResult, rest: [UInt8]) {
    do throws(ConnectError) {
      try await writeAll(handshake.request, deadline: deadline)
    } catch .transport(.reset) {
      // Who takes nothing has perhaps said why: by an alert of TLS, or an answer before the request.
      do throws(ConnectError) {
        return try await readResponse(&handshake, deadline: deadline)
      } catch {
        throw error == .handshake(.endedEarly(received: 0)) ? .transport(.reset) : error
      }
    }
    return try await readResponse(&handshake, deadline: deadline)
  }

  /// Reads the answer to the upgrade; gives the bytes that followed it, too.
  fileprivate func readResponse(
    _ handshake: inout ClientHandshake, deadline: Deadline
  ) async throws(ConnectError) -> (HandshakeResult, rest: [UInt8]) {
    while true {
      let bytes: [UInt8]
      do throws(ConnectError) {
        bytes = try await readSome(deadline: deadline)
      } catch {
        // The head of a refusal is worth more than the news that its body never ended.
        let ended = handshake.receiveEnd()
        if case .refused = ended, case .transport(.timedOut) = error { throw .handshake(ended) }
        throw error
      }
      guard !bytes.isEmpty else { throw .handshake(handshake.receiveEnd()) }
      let progress: ClientHandshake.Progress
      do throws(HandshakeError) {
        progress = try bytes.span.bytes.withUnsafeBytes {
          (bytes) throws(HandshakeError) in try handshake.receive(bytes)
        }
      } catch { throw .handshake(error) }
      if case .done(let result) = progress {
        return (result, Array(bytes.dropFirst(result.consumed)))
      }
    }
  }
}

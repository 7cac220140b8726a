import WebSocket

/// How to make HTTP requests.
public struct HTTPOptions: Sendable {
  /// Settings for `https`; nil trusts the system's roots.
  public var tls: TLSContext?
  /// The way to the server: proxy, Unix socket, addresses.
  public var network = NetworkOptions()
  /// The most bytes that a response's body may have.
  public var maximumBodySize = 64 << 20
  /// For name, TCP, proxy and TLS together.
  public var connectTimeoutMilliseconds: Int64 = 10_000
  /// For the time in which nothing moves in either direction.
  public var idleTimeoutMilliseconds: Int64 = 10_000
  /// For all of it.
  public var totalTimeoutMilliseconds: Int64 = 300_000

  /// Told of each step of a connection that is done; none is an upgrade.
  public var report: ConnectReporter?
  /// Asked at the start of each exchange who is told of it.
  public var observe: (@EventLoop @Sendable () -> WireObserver?)?
  /// Told when bytes have moved, in either direction.
  public var onProgress: (@EventLoop @Sendable () -> Void)?

  /// The defaults.
  public init() {}
}

/// Small HTTP/1.1 exchanges (RFC 9110, RFC 9112): one connection each, no redirects, no cookies,
/// nothing that the caller has not given.
@EventLoop
public enum HTTPClient {
  /// Makes a request and waits for the whole response. Any status but a redirect is a response.
  ///
  /// - Throws: ``HTTPError``; ``TransportError/cancelled`` within it when the task is cancelled.
  public static func send(
    _ request: HTTPRequest, options: HTTPOptions = HTTPOptions()
  ) async throws(HTTPError) -> HTTPResponse {
    let observer = options.observe?()
    do throws(HTTPError) {
      return try await exchange(request, options, observer)
    } catch {
      observer?.tell(.failed(error.description))
      throw error
    }
  }

  private static func exchange(
    _ request: HTTPRequest, _ options: HTTPOptions, _ observer: WireObserver?
  ) async throws(HTTPError) -> HTTPResponse {
    let head = try request.head()
    let message = try head.message() + request.body
    let total = Deadline(
      milliseconds: options.totalTimeoutMilliseconds, from: Reactor.shared.now)
    let stream = try await connect(
      to: request.url, options, report: WireObserver.reporter(observer, and: options.report))
    defer { stream.close() }
    observer?.tell(.request(head, body: request.body))
    var exchange = HTTPExchange(
      stream: stream, output: message, method: request.method,
      maximumBodySize: options.maximumBodySize)
    let response = try await exchange.run(
      idleMilliseconds: options.idleTimeoutMilliseconds, total: total,
      onProgress: options.onProgress)
    observer?.tell(.response(response.head, body: response.body))
    return response
  }

  private static func connect(
    to url: HTTPURL, _ options: HTTPOptions, report: ConnectReporter?
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
        host: url.host, port: url.port, tls: context, network: options.network,
        deadline: deadline, report: report)
    } catch { throw .transport(error) }
  }
}

extension HTTPRequest {
  /// The head as it is sent.
  fileprivate func head() throws(HTTPError) -> HTTPRequestHead {
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
    // RFC 9110 section 9.3.6: it would make the connection a tunnel.
    guard method != "CONNECT" else { throw .invalidRequest("CONNECT is for proxies") }
    return HTTPRequestHead(method: method, target: url.target, fields: all)
  }
}

extension HTTPRequestHead {
  fileprivate func message() throws(HTTPError) -> [UInt8] {
    do throws(HandshakeError) { return try encoded() } catch {
      guard case .invalidRequest(let why) = error else { throw .invalidRequest("\(error)") }
      throw .invalidRequest(why)
    }
  }
}

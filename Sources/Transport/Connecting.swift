import Glibc

extension ByteStream {
  /// A stream to `host`: name, TCP, proxy and TLS steps within one deadline.
  ///
  /// - Parameters:
  ///   - host: name or IP address.
  ///   - port: the port.
  ///   - context: settings for TLS, nil for plain TCP.
  ///   - network: the way there.
  ///   - deadline: by when all of it must be done.
  ///   - report: told of each step that is done, with its facts.
  public static func connect(
    host: String, port: UInt16, tls context: TLSContext?,
    network: NetworkOptions = NetworkOptions(), deadline: Deadline,
    report: ConnectReporter? = nil
  ) async throws(TransportError) -> ByteStream {
    var connecting = Connecting(
      network: network, deadline: deadline, progress: ConnectProgress(report))
    let stream = try await connecting.wayTo(host, port, isSecure: context != nil)
    guard let context else { return stream }
    try await connecting.startTLS(stream, context, host: host, port: port)
    return stream
  }
}

/// The making of one connection, step by step.
@EventLoop
struct Connecting {
  let network: NetworkOptions
  let deadline: Deadline
  var progress: ConnectProgress

  /// A stream on which the server is the peer, before any TLS with it.
  fileprivate mutating func wayTo(
    _ host: String, _ port: UInt16, isSecure: Bool
  ) async throws(TransportError) -> ByteStream {
    if let path = network.unixSocket { return try await unixSocket(path) }
    let proxy: ProxyURL?
    do throws(ProxyError) {
      proxy = try network.proxy.proxy(isSecure: isSecure, host: host, port: port)
    } catch { throw .proxy(error, proxy: "") }
    if let proxy { return try await through(proxy, to: host, port) }
    return try await reach(host, port)
  }

  private mutating func unixSocket(_ path: String) async throws(TransportError) -> ByteStream {
    guard let address = SocketAddress(unixPath: path) else {
      throw .unreachable(address: path, code: ENAMETOOLONG)
    }
    return ByteStream(try await connect([address]))
  }

  /// A connection to a name or address: the server's or a proxy's.
  mutating func reach(
    _ host: String, _ port: UInt16, isProxy: Bool = false
  ) async throws(TransportError) -> ByteStream {
    let addresses = try await addresses(of: host, port, isProxy: isProxy)
    return ByteStream(try await connect(addresses, isProxy: isProxy))
  }

  // MARK: Steps

  /// The addresses that a host is reached at: given ones, or those that a look-up gives.
  mutating func addresses(
    of host: String, _ port: UInt16, isProxy: Bool = false
  ) async throws(TransportError) -> [SocketAddress] {
    let all =
      if let given = network.override(for: host, port) {
        given
      } else if let literal = SocketAddress(literal: host, port: port) {
        [literal]
      } else {
        try await lookUp(host, port)
      }
    let usable = all.filter { $0.family == network.family?.number ?? $0.family }
    if usable.isEmpty, let family = network.family {
      throw .noAddress(host: host, family: family)
    }
    let texts = usable.map(\.description)
    progress.done(
      .name, "\(host) is \(texts.joined(separator: ", "))",
      [ConnectFact("host", .string(host)), ConnectFact("addresses", .list(texts))]
        + Self.facts(isProxy: isProxy))
    return usable
  }

  private func lookUp(
    _ host: String, _ port: UInt16
  ) async throws(TransportError) -> [SocketAddress] {
    try await step(.name) { done in
      Resolver.shared.resolve(host: host, port: port, done: done)
      return {}
    }.get()
  }

  private mutating func connect(
    _ addresses: [SocketAddress], isProxy: Bool = false
  ) async throws(TransportError) -> Socket {
    let socket = try await step(.tcp) { done in
      let race = ConnectRace.start(addresses, done: done)
      return { race.cancel() }
    }.get()
    let address = socket.peerAddress?.description ?? addresses.first?.description ?? ""
    progress.done(
      .tcp, "connected to \(address)",
      [ConnectFact("address", .string(address))] + Self.facts(isProxy: isProxy))
    return socket
  }

  /// Speaks TLS on a stream from here on.
  mutating func startTLS(
    _ stream: ByteStream, _ context: TLSContext, host: String, port: UInt16,
    isProxy: Bool = false
  ) async throws(TransportError) {
    let layer = try await stream.startTLS(
      context, host: host, port: port, isProxy: isProxy, deadline: deadline)
    progress.done(.tls, layer.details, layer.facts + Self.facts(isProxy: isProxy))
  }

  /// Marks the facts of a step that concerns a proxy.
  private static func facts(isProxy: Bool) -> [ConnectFact] {
    isProxy ? [ConnectFact("isProxy", .bool(true))] : []
  }

  /// Waits for something that ends with a callback, until the deadline or the task's cancellation.
  private func step<Value: Sendable>(
    _ step: ConnectStep,
    start: (@escaping @EventLoop (Result<Value, TransportError>) -> Void) -> @EventLoop () -> Void
  ) async -> Result<Value, TransportError> {
    let promise = Promise<Result<Value, TransportError>>()
    let stop = start { promise.fulfil($0) }
    let timer = Reactor.shared.schedule(at: deadline.time) {
      promise.fulfil(.failure(.timedOut(step: step, milliseconds: deadline.milliseconds)))
    }
    let result = await promise.value(onCancel: .failure(.cancelled))
    Reactor.shared.cancel(timer)
    stop()
    return result
  }
}

extension NetworkOptions {
  /// The addresses that ``overrides`` have for a host and port; nil for none.
  func override(for host: String, _ port: UInt16) -> [SocketAddress]? {
    overrides.first { $0.host == host.lowercased() && $0.port == port }?.addresses
  }
}

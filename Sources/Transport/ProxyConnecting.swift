extension Connecting {
  /// A connection to the server that a proxy makes.
  mutating func through(
    _ proxy: ProxyURL, to host: String, _ port: UInt16
  ) async throws(TransportError) -> ByteStream {
    let targets = try await targets(for: proxy, host, port)
    for (index, target) in targets.enumerated() {
      do throws(TransportError) {
        return try await tunnel(by: proxy, to: target, port)
      } catch .proxy(.socks(let reply), _) where reply.concernsAddress && index + 1 < targets.count
      {
        // The server's next address may be one that the proxy can reach.
        continue
      }
    }
    throw .nameNotFound(host: host)
  }

  /// What the proxy is asked for, one after the other.
  private mutating func targets(
    for proxy: ProxyURL, _ host: String, _ port: UInt16
  ) async throws(TransportError) -> [String] {
    if proxy.scheme == .socks5 {
      return try await addresses(of: host, port).map(\.host)
    }
    return network.override(for: host, port)?.map(\.host) ?? [host]
  }

  private mutating func tunnel(
    by proxy: ProxyURL, to target: String, _ port: UInt16
  ) async throws(TransportError) -> ByteStream {
    var exchange: any ProxyExchange
    do throws(ProxyError) {
      exchange = try proxy.exchange(for: target, port)
    } catch { throw .proxy(error, proxy: proxy.description) }
    let stream = try await reach(proxy)
    do throws(TransportError) {
      let tunnel = try await stream.negotiate(&exchange, deadline: deadline)
      stream.unread(tunnel.leftover)
      progress.done(
        .proxy, "\(proxy) has connected to \(target) port \(port)",
        [
          ConnectFact("proxy", .string(proxy.description)),
          ConnectFact("target", .string(target)),
          ConnectFact("port", .number(Int64(port))),
        ] + tunnel.facts)
      return stream
    } catch .proxy(let reason, _) {
      stream.close()
      throw .proxy(reason, proxy: proxy.description)
    } catch {
      stream.close()
      throw error
    }
  }

  /// A stream on which the proxy is the peer.
  private mutating func reach(_ proxy: ProxyURL) async throws(TransportError) -> ByteStream {
    do throws(TransportError) {
      let stream = try await reach(proxy.host, proxy.port, isProxy: true)
      if proxy.scheme == .https {
        try await startTLS(
          stream, try contextForProxy(), host: proxy.host, port: proxy.port, isProxy: true)
      }
      return stream
    } catch .cancelled {
      throw .cancelled
    } catch {
      throw .proxy(.unreachable(error), proxy: proxy.description)
    }
  }

  private func contextForProxy() throws(TransportError) -> TLSContext {
    if let given = network.proxyTLS { return given }
    do throws(TLSError) { return try TLSContext.client(trust: .system) } catch {
      throw .tls(error)
    }
  }
}

extension ByteStream {
  /// Asks the proxy at the other end for a connection.
  fileprivate func negotiate(
    _ exchange: inout any ProxyExchange, deadline: Deadline
  ) async throws(TransportError) -> ProxyTunnel {
    while true {
      let output = exchange.takeOutput()
      var bytes: [UInt8] = []
      do throws(TransportError) {
        if !output.isEmpty { try await writeAll(output, step: .proxy, deadline: deadline) }
        if let tunnel = exchange.tunnel { return tunnel }
        bytes = try await readSome(step: .proxy, deadline: deadline)
      } catch .reset {
        throw .proxy(exchange.receiveEnd(), proxy: "")
      } catch .timedOut(let step, let milliseconds) {
        // The head of a refusal is worth more than the news that its body never ended.
        let end = exchange.receiveEnd()
        if case .refused = end { throw .proxy(end, proxy: "") }
        throw .timedOut(step: step, milliseconds: milliseconds)
      }
      if bytes.isEmpty { throw .proxy(exchange.receiveEnd(), proxy: "") }
      do throws(ProxyError) { try exchange.receive(bytes) } catch {
        throw .proxy(error, proxy: "")
      }
    }
  }
}

extension ProxyURL {
  /// What to say to the proxy.
  fileprivate func exchange(
    for target: String, _ targetPort: UInt16
  ) throws(ProxyError) -> any ProxyExchange {
    switch scheme {
    case .http, .https:
      return try HTTPTunnelExchange(host: target, port: targetPort, credentials: credentials)
    case .socks5, .socks5h:
      return try SOCKS5Exchange(
        target: IPAddress(target).map { .address($0) } ?? .name(target), port: targetPort,
        credentials: credentials)
    }
  }
}

extension SOCKSReply {
  /// Whether another address of the server may go better.
  fileprivate var concernsAddress: Bool {
    switch self {
    case .failure, .networkUnreachable, .hostUnreachable, .refused, .expired,
      .addressTypeNotSupported:
      true
    default: false
    }
  }
}

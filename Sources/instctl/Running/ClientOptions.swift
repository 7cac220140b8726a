import InstClient
import Transport
import WebSocket

extension Settings {
  /// How to connect, and what the connection is like.
  @EventLoop
  func clientOptions(for url: WebSocketURL) throws(Failure) -> WebSocketConnectionClient.Options {
    var options = WebSocketConnectionClient.Options()
    options.connect.connection.maximumMessageSize = maxMessage.value.bytes
    options.connect.connection.maximumFrameSize = maxMessage.value.bytes
    if let pingInterval = pingInterval?.value {
      options.connect.connection.pingInterval = pingInterval.milliseconds.map { $0 * 1_000_000 }
    }
    options.connect.connection.pingTimeout = pingTimeout.value.milliseconds * 1_000_000
    options.connect.deflate = compress.value ? DeflateOffer() : nil
    options.connect.origin = origin?.value
    options.connect.subprotocols = try subprotocolTokens()
    options.connect.fields = try HeaderFields(self, for: url).fields
    options.connect.tls = try tls(for: url)
    // Whom to trust, and nothing that tells who we are.
    options.storage.tls = try storageTLS(for: url)
    options.connect.network = try network()
    // The storage is another server: it is not behind this one's Unix socket.
    options.storage.network = options.connect.network
    options.storage.network.unixSocket = nil
    options.reconnect = reconnectPolicy
    options.dialect = dialect.value.choice
    options.largeMessages = largeMessages.value.mode
    options.connectTimeoutMilliseconds = connectTimeout.value.milliseconds
    return options
  }

  /// RFC 6455 section 4.1: each is a token, and none is there twice.
  private func subprotocolTokens() throws(Failure) -> [String] {
    let names = subprotocols.value
    for name in names where !HeaderFields.isToken(name) {
      throw .unusable(.subprotocol, subprotocols.source, "'\(name)' is no subprotocol's name")
    }
    guard Set(names).count == names.count else {
      throw .unusable(.subprotocol, subprotocols.source, "a subprotocol is named twice")
    }
    return names
  }

  private var reconnectPolicy: ReconnectPolicy {
    var policy = ReconnectPolicy(retries: retries?.value.count)
    if let backoff = backoff?.value {
      policy.minimumMilliseconds = backoff.minimum.milliseconds
      policy.maximumMilliseconds = backoff.maximum.milliseconds
    }
    return policy
  }
}

import InstClient
import Transport
import WebSocket

extension Settings {
  /// The server's HTTP API.
  ///
  /// - Parameter timeout: how long nothing may move.
  @EventLoop
  func api(at url: WebSocketURL, timeout: DurationArgument) throws(Failure) -> InstAPI {
    var http = HTTPOptions()
    http.tls = try tls(for: url)
    http.maximumBodySize = maxMessage.value.bytes
    http.connectTimeoutMilliseconds = connectTimeout.value.milliseconds
    http.idleTimeoutMilliseconds = timeout.milliseconds
    return InstAPI(origin: url.origin, options: http)
  }

  /// Refuses options that say as whom to log in, where somebody is about to become known.
  func refuseCredentials() throws(Failure) {
    try refuse([
      (.tokenFile, tokenFile?.source), (.keyFile, keyFile?.source),
      (.keyCommand, keyCommand?.source), (.connectionID, connectionID?.source),
    ])
  }

  /// Refuses options that are about the socket, where they would have no effect.
  func refuseSocketOptions() throws(Failure) {
    try refuseCredentials()
    try refuse([
      (.retries, retries?.source), (.reconnect, reconnect.source), (.backoff, backoff?.source),
      (.pingInterval, pingInterval?.source), (.pingTimeout, pingTimeout.source),
      (.origin, origin?.source), (.subprotocol, subprotocols.source),
      (.compress, compress.source), (.dialect, dialect.source),
      (.largeMessages, largeMessages.source),
    ])
  }

  private func refuse(_ settings: [(Setting, ValueSource?)]) throws(Failure) {
    guard let (setting, _) = settings.first(where: { $0.1 == .option }) else { return }
    throw .usage(
      "\(setting.option) has no meaning here: it is about the socket, and the command uses the HTTP API"
    )
  }
}

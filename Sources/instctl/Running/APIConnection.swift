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
    http.network = try network()
    if let witness = ConnectionWitness(self, try traceFile(), url: url.origin) {
      http.observe = { witness.beginExchange() }
    }
    http.maximumBodySize = maxMessage.value.bytes
    http.connectTimeoutMilliseconds = connectTimeout.value.milliseconds
    http.idleTimeoutMilliseconds = timeout.milliseconds
    return InstAPI(
      origin: url.origin, options: http, fields: try HeaderFields(self, for: url, path: "/").fields)
  }
}

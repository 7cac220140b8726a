import InstClient
import InstProtocol
import Transport
import WebSocket

extension ServerOptions {
  /// The server's HTTP API.
  ///
  /// - Parameter timeout: how long nothing may move.
  @EventLoop
  func api(
    at url: WebSocketURL, timeout: DurationArgument, _ diagnostics: Diagnostics
  ) throws(Failure) -> InstAPI {
    var http = HTTPOptions()
    http.tls = try tls(for: url, diagnostics)
    http.maximumBodySize = maxMessage.bytes
    http.connectTimeoutMilliseconds = connectTimeout.milliseconds
    http.idleTimeoutMilliseconds = timeout.milliseconds
    return InstAPI(origin: url.origin, options: http)
  }

  /// Refuses options that say as whom to log in on the socket, where they would have no effect.
  func refuseSocketCredentials() throws(Failure) {
    let given = [
      ("--token-file", tokenFile), ("--key-file", keyFile), ("--connection-id", connectionId),
    ].first { $0.1 != nil }
    guard let given else { return }
    throw .usage("\(given.0) has no meaning here: nothing logs in with it")
  }
}

/// The session key with which a command uses the HTTP API.
struct EffectiveSessionKey {
  /// Nil where there is none: the server judges whether it needs one.
  let key: SessionKey?

  /// The key in a file, else of the environment, else what is stored for the origin.
  init(file: String?, origin: String) throws(Failure) {
    let source = file ?? "INSTCTL_SESSION_KEY"
    guard
      let text = try file.map({ (file) throws(Failure) in try Secrets.read(file: file) })
        ?? Secrets.environment("INSTCTL_SESSION_KEY")
    else {
      key = try CredentialStore.ofUser()?.session(forOrigin: origin)?.sessionKey
      if key?.expiry.isOver == true { throw .storedSessionOver(origin) }
      return
    }
    do throws(KeyError) { key = try SessionKey(parsing: text) } catch {
      throw Secrets.broken(source, "no session key: \(error)")
    }
    guard key?.expiry.isOver == true else { return }
    throw Failure(
      code: "session_expired", layer: .login, message: "the session key has expired",
      hint: "sign in again for a new key", exit: .noPermission)
  }
}

/// Why the way through a proxy failed.
public enum ProxyError: Error, Hashable, Sendable {
  /// The text is no URL of a proxy. `variable` is the one of the environment that holds it; the text
  /// itself, which may have a password, is not repeated.
  case invalidURL(variable: String?, reason: String)
  /// The proxy itself could not be reached: its name, TCP or TLS with it.
  indirect case unreachable(TransportError)
  /// The proxy wants a user and password, and none are given. `method` is what it asks for.
  case authenticationRequired(method: String)
  /// The proxy does not accept the user and password. `method` is what it asks for.
  case authenticationRefused(method: String)
  /// User and password cannot be sent to such a proxy.
  case unusableCredentials(reason: String)
  /// The name cannot be sent to such a proxy.
  case unusableTarget(host: String, reason: String)
  /// An HTTP proxy answered CONNECT with this status; `body` is the start of what it says about it.
  case refused(status: Int, reason: String, body: [UInt8])
  /// A SOCKS proxy could not, or would not, connect.
  case socks(SOCKSReply)
  /// What the proxy says is not the protocol.
  case malformed(String)
  /// The proxy closed the connection before it had answered.
  case ended
}

extension ProxyError {
  /// Whether another attempt could go better: not where the proxy, or what it is told, says no.
  public var mayBeRetried: Bool {
    switch self {
    case .unreachable(.tls): false
    case .unreachable, .ended: true
    case .refused(let status, _, _): status == 429 || status >= 500
    case .socks(let reply): reply != .notAllowed && reply != .commandNotSupported
    case .invalidURL, .authenticationRequired, .authenticationRefused, .unusableCredentials,
      .unusableTarget, .malformed:
      false
    }
  }
}

extension ProxyError: CustomStringConvertible {
  /// What happened, for a message that says which proxy it was.
  public var description: String {
    switch self {
    case .invalidURL(let variable, let reason):
      "\(variable ?? "the proxy") is not the URL of a proxy: \(reason)"
    case .unreachable(let error): error.description
    case .authenticationRequired(let method):
      "it wants a user and password (\(method))"
    case .authenticationRefused(let method):
      "it does not accept the user and password (\(method))"
    case .unusableCredentials(let reason): "it cannot be given the user and password: \(reason)"
    case .unusableTarget(let host, let reason): "it cannot be asked for '\(host)': \(reason)"
    case .refused(let status, let reason, _):
      "it answered CONNECT with \(status)\(reason.isEmpty ? "" : " \(reason)")"
    case .socks(let reply): "it did not connect: \(reply)"
    case .malformed(let what): "it does not keep to the protocol: \(what)"
    case .ended: "it closed the connection without an answer"
    }
  }
}

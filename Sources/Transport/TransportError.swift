import Glibc

/// A step on the way to an open connection, as errors and traces name it.
public enum ConnectStep: String, Sendable, CustomStringConvertible {
  /// The host's name is looked up.
  case name
  /// The TCP (or Unix) connection is made.
  case tcp
  /// A proxy makes its connection to the server.
  case proxy
  /// The TLS handshake.
  case tls
  /// The WebSocket upgrade.
  case upgrade

  /// What was going on, for a message.
  public var description: String {
    switch self {
    case .name: "looking up the name"
    case .tcp: "connecting"
    case .proxy: "the connection through the proxy"
    case .tls: "the TLS handshake"
    case .upgrade: "the WebSocket upgrade"
    }
  }
}

/// What can go wrong between this program and a peer, below HTTP and WebSocket.
public enum TransportError: Error, Hashable, Sendable {
  /// The name does not exist.
  case nameNotFound(host: String)
  /// The name could not be looked up: `reason` is the resolver's.
  case nameLookupFailed(host: String, reason: String)
  /// The name has no address of the only family that may be used.
  case noAddress(host: String, family: AddressFamily)
  /// Nobody listens at the address.
  case connectionRefused(address: String)
  /// The address could not be reached: `code` is an `errno`.
  case unreachable(address: String, code: Int32)
  /// The deadline passed during `step`; `milliseconds` is the whole allowance.
  case timedOut(step: ConnectStep, milliseconds: Int64)
  /// The peer reset the connection.
  case reset
  /// The peer closed the connection during `step`.
  case ended(step: ConnectStep)
  /// A system call failed: `code` is an `errno`.
  case io(operation: String, code: Int32)
  /// The address to listen on is taken.
  case addressInUse(address: String)
  /// TLS failed.
  case tls(TLSError)
  /// The way through a proxy failed; `proxy` is its URL without user and password.
  case proxy(ProxyError, proxy: String)
  /// The text names no addresses for a host and port: `reason` says why.
  case invalidOverride(text: String, reason: String)
  /// The text is no URL of a server: `reason` says why.
  case invalidURL(text: String, reason: String)
  /// The work was given up by its owner.
  case cancelled
}

extension TransportError: CustomStringConvertible {
  /// One sentence for people.
  public var description: String {
    switch self {
    case .nameNotFound(let host): "the host name '\(host)' is unknown"
    case .nameLookupFailed(let host, let reason): "looking up '\(host)' failed: \(reason)"
    case .noAddress(let host, let family): "'\(host)' has no \(family) address"
    case .connectionRefused(let address): "connection refused by \(address)"
    case .unreachable(let address, let code):
      "cannot connect to \(address): \(systemMessage(code))"
    case .timedOut(let step, let milliseconds): "timed out after \(milliseconds) ms in \(step)"
    case .reset: "the connection was reset by the peer"
    case .ended(let step): "the peer closed the connection during \(step)"
    case .io(let operation, let code): "\(operation) failed: \(systemMessage(code))"
    case .addressInUse(let address): "the address \(address) is in use"
    case .tls(let error): error.description
    case .proxy(.invalidURL(let variable, let reason), _):
      ProxyError.invalidURL(variable: variable, reason: reason).description
    case .proxy(let error, let proxy): "the proxy \(proxy): \(error)"
    case .invalidOverride(let text, let reason): "'\(text)' is not HOST:PORT:ADDRESS: \(reason)"
    case .invalidURL(let text, let reason): "'\(text)' is not the URL of a server: \(reason)"
    case .cancelled: "cancelled"
    }
  }
}

/// The system's text for an `errno`.
public func systemMessage(_ code: Int32) -> String {
  String(cString: strerror(code))
}

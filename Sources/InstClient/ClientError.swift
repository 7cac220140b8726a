public import InstProtocol
public import Transport
import WebSocket

/// What ends a connection client's work, or fails one request.
public enum ClientError: Error, Hashable, Sendable {
  /// The connection could not be opened.
  case connect(ConnectError)
  /// The login was not answered in time.
  case loginTimedOut(milliseconds: Int64)
  /// The server refused the login.
  case loginRefused(ErrorInfo)
  /// The connection was lost, and is not to be made again.
  case connectionLost(ChannelEnd)
  /// The server refused a request.
  case refused(ErrorInfo)
  /// The branch is full: what was sent was neither stored nor passed on. Sizes in bytes.
  case maxSizeReached(maximum: Double?, needed: Double?)
  /// The peer sent something that the protocol does not know.
  case protocolViolation(String)
  /// A message cannot be sent: it goes over a limit.
  case cannotSend(String)
  /// A large message could not be put into the server's storage, or fetched from there.
  case storage(StorageError)
  /// A message has no form in the dialect that the server speaks.
  case noForm(DialectError)
  /// The connection was lost while a request was under way that must not be made twice: whether the
  /// server has carried it out is unknown.
  case interrupted(reason: String)
  /// There is no connection to send on.
  case notConnected
  /// The client was told to disconnect, or the task was cancelled.
  case cancelled
}

extension ClientError: CustomStringConvertible {
  /// One sentence for people.
  public var description: String {
    switch self {
    case .connect(let error): error.description
    case .loginTimedOut(let milliseconds): "the login was not answered within \(milliseconds) ms"
    case .loginRefused(let info): "the login was refused: \(info.errorMessage)"
    case .connectionLost(let end): "the connection was lost: \(end.description)"
    case .refused(let info): "the server refused: \(info.errorMessage)"
    case .maxSizeReached: "the branch has reached its maximum size"
    case .protocolViolation(let what): "the server broke the protocol: \(what)"
    case .cannotSend(let reason): "cannot send: \(reason)"
    case .storage(let error): error.description
    case .noForm(let error): "cannot send: \(error)"
    case .interrupted(let reason):
      "the connection was lost before the answer, and whether the request was carried out is "
        + "unknown: \(reason)"
    case .notConnected: "not connected"
    case .cancelled: "cancelled"
    }
  }
}

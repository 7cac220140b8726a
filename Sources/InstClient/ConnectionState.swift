public import InstProtocol

/// Where a connection client is in its life.
public struct ConnectionState: Hashable, Sendable {
  /// The stations of that life.
  public enum Phase: String, Hashable, Sendable {
    /// There is no connection, and none is being made.
    case disconnected
    /// The first connection is being made.
    case connecting
    /// The socket is open and the login is under way.
    case authenticating
    /// Messages can be sent.
    case connected
    /// The connection was lost, and is being made again.
    case reconnecting
  }

  /// The station.
  public var phase: Phase
  /// Who the server says we are; while connected.
  public var info: ConnectionInfo?
  /// How many attempts were made since the connection was lost, this one included.
  public var attempt: Int?
  /// Milliseconds until the attempt is made.
  public var retryInMilliseconds: Int64?
  /// Why there is no connection any more, in words.
  public var reason: String?
  /// The code of the close frame that ended the connection (RFC 6455 section 7.4), 1006 for none.
  public var closeCode: Int?

  /// A state without further facts.
  public init(_ phase: Phase, info: ConnectionInfo? = nil) {
    self.phase = phase
    self.info = info
  }

  /// Whether messages can be sent.
  public var isConnected: Bool { phase == .connected }
}

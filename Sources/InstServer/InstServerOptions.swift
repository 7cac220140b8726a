public import Transport
import WebSocket

extension InstServer {
  /// Where and how to serve.
  public struct Options: Sendable {
    /// The IP address to listen on.
    public var host = "127.0.0.1"
    /// The port; 0 lets the system choose.
    public var port: UInt16 = 0
    /// TLS, compression, sizes. The path is `/websocket`.
    public var accept = AcceptOptions()
    /// What the protocol side allows.
    public var configuration = ServerConfiguration()
    /// A file to which updates are appended before they are acknowledged, and from which the
    /// branches are read at the start; nil keeps them in memory alone.
    public var journalPath: String?
    /// How many clients at a time; more are closed at once.
    public var maximumClients = 10_000
    /// What to do worse than possible, for tests of clients. Nil for nothing.
    public var faults: Faults?
    /// Whether to be like a server behind an API gateway: frames are short, and longer messages go
    /// through a storage on the same port.
    public var storesLargeMessages = false

    /// The defaults: loopback, any port, no TLS, memory only.
    public init() {
      accept.path = "/websocket"
      // A client that lets more than this wait is cut off.
      accept.connection.maximumPendingOutput = 16 << 20
      accept.connection.maximumMessageSize = 100 << 20
      accept.connection.maximumFrameSize = 100 << 20
      accept.connection.pingInterval = 30_000_000_000
    }
  }
}

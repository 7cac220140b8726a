public import InstProtocol
import JSONText
public import Transport
public import WebSocket

/// Which way a frame goes.
public enum FrameDirection: String, Hashable, Sendable {
  /// From the server.
  case received = "in"
  /// To the server.
  case sent = "out"
}

/// Shows every frame that goes over a connection to somebody, and changes nothing.
///
/// It belongs round the client of the socket, below the one that logs in, so that the login is seen as
/// well. A message that goes by way of a storage is shown as the frame that it would otherwise have been
/// in; what cannot be understood is not shown.
@EventLoop
public final class FrameObservingConnectionClient: ConnectionClient {
  /// Told of each frame before anybody else is; its text is valid during the call. Secrets are in it
  /// as they are on the wire.
  public typealias Observer =
    @EventLoop @Sendable (FrameDirection, UnsafeRawBufferPointer) -> Void

  /// Told of states, messages and errors; see ``ConnectionClient/delegate``.
  public var delegate: (any ConnectionClientDelegate)? {
    didSet { inner.delegate = delegate == nil ? nil : self }
  }

  private let inner: any ConnectionClient
  private let observe: Observer
  private var writer = JSONWriter()

  /// Wraps a connection.
  public init(_ inner: any ConnectionClient, observe: @escaping Observer) {
    self.inner = inner
    self.observe = observe
  }

  /// Where the client is in its life.
  public var connectionState: ConnectionState { inner.connectionState }
  /// The server's origin, to which credentials belong.
  public var origin: String? { inner.origin }
  /// By when the connection that is being made must be ready for use.
  public var openingDeadline: Deadline? { inner.openingDeadline }
  /// When the server last sent something of substance.
  public var lastProgress: MonotonicTime { inner.lastProgress }
  /// Whether a message is on its way to the server's storage.
  public func isUploading(_ frameID: Int) -> Bool { inner.isUploading(frameID) }
  /// Bytes that have come from the server.
  public var receivedBytes: Int { inner.receivedBytes }
  /// Bytes that wait for the server to take them.
  public var pendingOutput: Int { inner.pendingOutput }
  /// What the present connection has logged in with.
  public var indicator: ConnectionIndicator? { inner.indicator }
  /// About how long the server takes to answer, in milliseconds.
  public var roundTripMilliseconds: Double? { inner.roundTripMilliseconds }
  /// The dialect in which messages are sent.
  public var dialect: Dialect {
    get { inner.dialect }
    set { inner.dialect = newValue }
  }
  /// Whether the dialect is to be found out.
  public var mayChangeDialect: Bool { inner.mayChangeDialect }
  /// Readers of what happens.
  public var streams: ConnectionStreams { inner.streams }

  /// Makes a connection, and makes it again when it is lost.
  public func connect() { inner.connect() }
  /// Ends the connection in order.
  public func disconnect() { inner.disconnect() }
  /// Waits until nothing of an ended connection is left.
  public func finished() async { await inner.finished() }
  /// The connection serves its purpose; see ``ConnectionClient/markEstablished()``.
  public func markEstablished() { inner.markEstablished() }
  /// Takes the present connection for lost.
  public func dropConnection(because error: ClientError) { inner.dropConnection(because: error) }
  /// Lets the server wait; see ``ConnectionClient/pauseReading()``.
  public func pauseReading() { inner.pauseReading() }
  /// Takes one pause back.
  public func resumeReading() { inner.resumeReading() }

  /// Sends a message; the result is the envelope's id.
  public func send(_ message: ClientMessage) throws(ClientError) -> Int {
    let dialect = inner.dialect
    let id = try inner.send(message)
    writer.removeAll(keepingCapacity: writer.count <= 1 << 20)
    do throws(DialectError) {
      try Envelope.message(id: JSONNumber(id), message).write(to: &writer, dialect: dialect)
    } catch {
      // What was sent has a form.
      return id
    }
    writer.withUnsafeBytes { observe(.sent, $0) }
    return id
  }
}

extension FrameObservingConnectionClient: ConnectionClientDelegate {
  /// For the wrapped connection.
  public func connectionChanged(to state: ConnectionState) {
    delegate?.connectionChanged(to: state)
  }
  /// For the wrapped connection.
  public func received(_ frame: ReceivedFrame) {
    observe(.received, frame.bytes)
    delegate?.received(frame)
  }
  /// For the wrapped connection.
  public func receivedAll() { delegate?.receivedAll() }
  /// For the wrapped connection.
  public func canSend() { delegate?.canSend() }
  /// For the wrapped connection.
  public func receivedUnreadable(_ reason: String) { delegate?.receivedUnreadable(reason) }
  /// For the wrapped connection.
  public func sendingFailed(frameID: Int, because error: ClientError) {
    delegate?.sendingFailed(frameID: frameID, because: error)
  }
  /// For the wrapped connection.
  public func failed(_ error: ClientError) { delegate?.failed(error) }
}

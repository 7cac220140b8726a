public import InstProtocol
import JSONText
public import Transport
public import WebSocket

/// A connection without a network, for tests: what is sent is kept, and everything else is done by hand.
@EventLoop
public final class MemoryConnectionClient: ConnectionClient {
  /// Told of states, messages and errors; see ``ConnectionClient/delegate``.
  public var delegate: (any ConnectionClientDelegate)?
  /// Where the client is in its life.
  public private(set) var connectionState = ConnectionState(.disconnected)
  /// The server's origin, to which credentials belong.
  public var origin: String?
  /// By when the connection that is being made must be ready for use.
  public var openingDeadline: Deadline?
  /// When the server last sent something of substance.
  public private(set) var lastProgress = MonotonicTime(nanoseconds: 0)
  /// Bytes that wait for the server to take them.
  public var pendingOutput = 0
  /// What the connection is said to have logged in with.
  public var indicator: ConnectionIndicator?
  /// Messages that are said to be on their way to a storage, by the number that ``send(_:)`` gave.
  public var uploads: Set<Int> = []
  /// Whether a message is said to be on its way to a storage.
  public func isUploading(_ frameID: Int) -> Bool { uploads.contains(frameID) }
  /// About how long the server takes to answer, in milliseconds.
  public var roundTripMilliseconds: Double?
  /// The dialect in which messages are sent, and those of the server written.
  public var dialect = Dialect.deployed
  /// Whether the dialect is to be found out.
  public var mayChangeDialect = true
  /// Readers of what happens.
  public let streams = ConnectionStreams()

  /// What was sent, in order; the envelope's ids are 1, 2, 3, …
  public private(set) var sentMessages: [ClientMessage] = []
  /// Whether a pause of ``pauseReading()`` is in force.
  public var isPaused: Bool { pauses > 0 }
  private var pauses = 0
  /// Whether the connection was marked as established.
  public private(set) var isEstablished = false

  /// A client that is not connected.
  public init() {}

  /// Waits for ``open(info:)``.
  public func connect() { change(to: ConnectionState(.connecting)) }

  /// Ends the connection in order.
  public func disconnect() { change(to: ConnectionState(.disconnected)) }

  /// Waits until nothing of an ended connection is left.
  public func finished() async {}

  /// The connection serves its purpose; see ``ConnectionClient/markEstablished()``.
  public func markEstablished() { isEstablished = true }

  /// Takes the present connection for lost.
  public func dropConnection(because error: ClientError) {
    var state = ConnectionState(.disconnected)
    state.reason = error.description
    change(to: state)
    delegate?.failed(error)
  }

  /// Sends a message; the result is the envelope's id.
  public func send(_ message: ClientMessage) throws(ClientError) -> Int {
    guard isConnected else { throw .notConnected }
    do throws(DialectError) {
      var writer = JSONWriter()
      try message.write(to: &writer, dialect: dialect)
    } catch { throw .noForm(error) }
    sentMessages.append(message)
    return sentMessages.count
  }

  /// Lets the server wait; see ``ConnectionClient/pauseReading()``.
  public func pauseReading() { pauses += 1 }

  /// Takes one pause back.
  public func resumeReading() { pauses = max(0, pauses - 1) }

  // MARK: By hand

  /// Completes the connection.
  public func open(info: ConnectionInfo? = nil) {
    change(to: ConnectionState(.connected, info: info))
  }

  /// Loses the connection, as if it were to be made again.
  public func lose() { change(to: ConnectionState(.reconnecting)) }

  /// Delivers a frame as if the server had sent it.
  public func receive(_ frame: String) {
    var frame = frame
    frame.withUTF8 { bytes in
      let bytes = UnsafeRawBufferPointer(bytes)
      do throws(MessageScanError) {
        let frame = ReceivedFrame(bytes: bytes, scan: try MessageScan(bytes))
        streams.received(frame)
        delegate?.received(frame)
      } catch {
        delegate?.receivedUnreadable(error.description)
      }
    }
    delegate?.receivedAll()
  }

  /// Delivers a message of the server.
  ///
  /// - Throws: `DialectError` for a message that ``dialect`` cannot express.
  public func receive(_ message: ServerMessage) throws(DialectError) {
    var writer = JSONWriter()
    writer.beginArray()
    writer.number(1)
    writer.number(-1)
    try message.write(to: &writer, dialect: dialect)
    writer.endArray()
    receive(String(decoding: writer.bytes, as: UTF8.self))
  }

  private func change(to state: ConnectionState) {
    connectionState = state
    streams.connectionChanged(to: state)
    delegate?.connectionChanged(to: state)
  }
}

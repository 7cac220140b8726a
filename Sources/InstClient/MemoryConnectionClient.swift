public import InstProtocol
import JSONText
public import Transport
public import WebSocket

/// A connection without a network, for tests: what is sent is kept, and everything else is done by hand.
@EventLoop
public final class MemoryConnectionClient: ConnectionClient {
  public var delegate: (any ConnectionClientDelegate)?
  public private(set) var connectionState = ConnectionState(.disconnected)
  public var origin: String?
  public var openingDeadline: Deadline?
  public private(set) var lastProgress = MonotonicTime(nanoseconds: 0)
  public var pendingOutput = 0

  /// What was sent, in order; the envelope's ids are 1, 2, 3, …
  public private(set) var sentMessages: [ClientMessage] = []
  /// Whether ``pauseReading()`` is in force.
  public private(set) var isPaused = false
  /// Whether the connection was marked as established.
  public private(set) var isEstablished = false

  /// A client that is not connected.
  public init() {}

  /// Waits for ``open(info:)``.
  public func connect() { change(to: ConnectionState(.connecting)) }

  public func disconnect() { change(to: ConnectionState(.disconnected)) }

  public func finished() async {}

  public func markEstablished() { isEstablished = true }

  public func dropConnection(because error: ClientError) {
    var state = ConnectionState(.disconnected)
    state.reason = error.description
    change(to: state)
    delegate?.failed(error)
  }

  public func send(_ message: ClientMessage) throws(ClientError) -> Int {
    guard isConnected else { throw .notConnected }
    sentMessages.append(message)
    return sentMessages.count
  }

  public func pauseReading() { isPaused = true }

  public func resumeReading() { isPaused = false }

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
        delegate?.received(ReceivedFrame(bytes: bytes, scan: try MessageScan(bytes)))
      } catch {
        delegate?.receivedUnreadable(error.description)
      }
    }
    delegate?.receivedAll()
  }

  /// Delivers a message of the server.
  ///
  /// - Throws: ``DialectError`` for a message that the deployed dialect cannot express.
  public func receive(_ message: ServerMessage) throws(DialectError) {
    var writer = JSONWriter()
    writer.beginArray()
    writer.number(1)
    writer.number(-1)
    try message.write(to: &writer, dialect: .deployed)
    writer.endArray()
    receive(String(decoding: writer.bytes, as: UTF8.self))
  }

  private func change(to state: ConnectionState) {
    connectionState = state
    delegate?.connectionChanged(to: state)
  }
}

public import InstProtocol
public import Transport
public import WebSocket

/// Something that carries messages to an inst server and back: a real socket, a wrapper around one
/// that logs in, or memory for tests.
///
/// Everything is reported to the one ``delegate``, in order and synchronously on the event loop.
@EventLoop
public protocol ConnectionClient: AnyObject {
  /// Told of states, messages and errors. Its user sets it before ``connect()`` and takes it back after
  /// ``disconnect()`` or a failure: until then the two hold each other.
  var delegate: (any ConnectionClientDelegate)? { get set }
  /// Where the client is in its life.
  var connectionState: ConnectionState { get }
  /// The server's origin, `https://host`, to which credentials belong; nil where there is none.
  var origin: String? { get }
  /// By when the connection that is being made must be ready for use, login included.
  var openingDeadline: Deadline? { get }
  /// When the server last sent something of substance: a message, or a sizeable part of one.
  var lastProgress: MonotonicTime { get }
  /// Bytes that wait for the server to take them.
  var pendingOutput: Int { get }
  /// Bytes that have come from the server, over all connections, and from its storage as whole messages.
  var receivedBytes: Int { get }
  /// What the present connection has logged in with, or is about to; nil where nothing logs in.
  var indicator: ConnectionIndicator? { get }
  /// About how long the server takes to answer, in milliseconds; nil while that is unknown.
  var roundTripMilliseconds: Double? { get }
  /// The dialect in which messages are sent (PROTOCOL section 2). It stays over reconnects.
  var dialect: Dialect { get set }
  /// Whether the dialect is to be found out, rather than given by the user.
  var mayChangeDialect: Bool { get }
  /// Readers of what happens, besides the delegate. The client shows them each state and frame.
  var streams: ConnectionStreams { get }

  /// Makes a connection, and makes it again when it is lost, until ``disconnect()``.
  func connect()
  /// Ends the connection in order, for good or until the next ``connect()``.
  func disconnect()
  /// Waits until nothing of an ended connection is left, at most about a second.
  func finished() async
  /// The connection serves its purpose: the next loss starts a new count of attempts.
  func markEstablished()
  /// Takes the present connection for lost, for the reason given, and reconnects as the policy says.
  func dropConnection(because error: ClientError)
  /// Sends a message; the result is the envelope's id, by which an error may answer.
  func send(_ message: ClientMessage) throws(ClientError) -> Int
  /// Whether a message, by what ``send(_:)`` gave, has not left yet because it goes by way of a storage.
  func isUploading(_ frameID: Int) -> Bool
  /// Lets the server wait: nothing is read until each pause has its ``resumeReading()``.
  func pauseReading()
  /// Takes one pause back.
  func resumeReading()
}

extension ConnectionClient {
  /// Whether messages can be sent.
  public var isConnected: Bool { connectionState.isConnected }
  /// Whether a message has not left yet; without a storage it has.
  public func isUploading(_ frameID: Int) -> Bool { false }
  /// Nothing comes over a network, unless a client says so.
  public var receivedBytes: Int { 0 }
  /// Who the server says we are.
  public var info: ConnectionInfo? { connectionState.info }
}

/// Whoever uses a connection client.
@EventLoop
public protocol ConnectionClientDelegate: AnyObject {
  /// The state changed. The client may be used during the call.
  func connectionChanged(to state: ConnectionState)
  /// A frame arrived.
  func received(_ frame: ReceivedFrame)
  /// No more input is waiting.
  func receivedAll()
  /// The server has taken output that had to wait.
  func canSend()
  /// A frame arrived that cannot be understood; the connection goes on without it.
  func receivedUnreadable(_ reason: String)
  /// A message that was to go by way of a storage could not be put there; `frameID` is what
  /// ``ConnectionClient/send(_:)`` gave.
  func sendingFailed(frameID: Int, because error: ClientError)
  /// The client has given up; the state is ``ConnectionState/Phase/disconnected``.
  func failed(_ error: ClientError)
}

public import InstProtocol
public import Transport
public import WebSocket

/// What can be done with branches, over one connection (``InstRecordsClient``) or as many as it takes
/// (``InstConnections``).
@EventLoop
public protocol InstOperations: AnyObject {
  /// Follows a branch; see
  /// ``InstRecordsClient/watchBranchUpdates(_:temporary:markers:watcher:)``.
  func watchBranchUpdates(
    _ address: BranchAddress, temporary: Bool?, markers: [String]?, watcher: any BranchWatcher)
  /// Follows a branch as a stream; see
  /// ``InstRecordsClient/watchBranchUpdates(_:temporary:markers:)``.
  func watchBranchUpdates(
    _ address: BranchAddress, temporary: Bool?, markers: [String]?
  ) -> BranchEvents
  /// Ends the watch of a branch.
  func unwatchBranchUpdates(_ address: BranchAddress)
  /// Sends updates and waits for the acknowledgement; see ``InstRecordsClient/addUpdates(_:_:)``.
  func addUpdates(
    _ address: BranchAddress, _ updates: [String]
  ) async throws(ClientError) -> Acknowledgement?
  /// Every stored update of a branch; see ``InstRecordsClient/getBranchUpdates(_:)``.
  func getBranchUpdates(_ address: BranchAddress) async throws(ClientError) -> BranchSnapshot
  /// Sends an action; see ``InstRecordsClient/sendAction(_:_:)``.
  func sendAction(_ address: BranchAddress, _ action: RemoteAction) async throws(ClientError)
  /// Waits for refusals of actions; see ``InstRecordsClient/settleActions(_:milliseconds:)``.
  func settleActions(_ address: BranchAddress, milliseconds: Double) async throws(ClientError)
  /// Follows who is on a branch; see ``InstRecordsClient/watchBranchDevices(_:)``.
  func watchBranchDevices(_ address: BranchAddress) -> EventStream<DeviceEvent>
  /// How many connections watch a branch; see `getConnectionCount(_:)` of ``InstRecordsClient``.
  func getConnectionCount(_ address: BranchAddress) async throws(ClientError) -> Int

  /// The state of the connection; of several, the first that is not connected.
  var connectionState: ConnectionState { get }
  /// When the server last sent something of substance.
  var lastProgress: MonotonicTime { get }
  /// How many of the updates given to ``addUpdates(_:_:)`` are not acknowledged.
  var unacknowledgedCount: Int { get }
  /// Whether it stays without a connection until this is false again.
  var forcedOffline: Bool { get set }

  /// Connects, and stays connected, until ``disconnect()``.
  func connect()
  /// Takes leave of the branches and ends the connection in order.
  func disconnect()
  /// Waits until nothing of an ended connection is left.
  func finished() async
  /// Lets the server wait: nothing is read until each pause has its ``resumeReading()``.
  func pauseReading()
  /// Takes one pause back.
  func resumeReading()
}

extension InstOperations {
  /// Follows a branch with calls to a watcher.
  public func watchBranchUpdates(_ address: BranchAddress, watcher: any BranchWatcher) {
    watchBranchUpdates(address, temporary: nil, markers: nil, watcher: watcher)
  }

  /// Follows a branch as a stream.
  public func watchBranchUpdates(_ address: BranchAddress) -> BranchEvents {
    watchBranchUpdates(address, temporary: nil, markers: nil)
  }
}

extension InstRecordsClient: InstOperations {}

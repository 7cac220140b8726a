public import InstProtocol
public import Transport
public import WebSocket

/// Works with any number of insts over as few connections as the credentials allow: a token that is made
/// from a key opens one inst of a record, and every public one; everything else opens all of them (PROTOCOL
/// section 6).
///
/// Connections are made when they are first needed, and last until ``disconnect()``.
@EventLoop
public final class InstConnections: InstOperations {
  /// Told of what concerns the connections as such.
  public weak var observer: (any InstConnectionsObserver)?

  private let isPerInst: Bool
  private let makeClient: @EventLoop (InstAddress?) -> InstRecordsClient
  private var connections: [Connection] = []
  private var stage = Stage.idle
  private var pauses = 0
  private var firstFailure: ClientError?
  private var reportedState = ConnectionState(.disconnected)

  /// Whether connections are wanted.
  private enum Stage {
    case idle
    case connected
    case ended
  }

  /// - Parameters:
  ///   - isPerInst: whether each inst of a record needs a connection of its own; see
  ///     ``ConnectionCredentials/isPerInst``.
  ///   - makeClient: makes a client for an inst, for all public ones, or, given nil, for none in
  ///     particular; it need not connect it.
  public init(
    isPerInst: Bool, makeClient: @escaping @EventLoop (InstAddress?) -> InstRecordsClient
  ) {
    self.isPerInst = isPerInst
    self.makeClient = makeClient
  }

  /// The client whose connection serves an inst.
  ///
  /// - Parameter inst: nil for what concerns no inst, such as the server's clock: any connection will do.
  public func client(for inst: InstAddress?) -> InstRecordsClient {
    if inst == nil, let first = connections.first { return first.client }
    // Of the insts of records only those with the same token share a connection.
    let owner = isPerInst && inst?.recordName != nil ? inst : nil
    if let known = connections.first(where: { $0.owner == owner }) { return known.client }
    let connection = Connection(owner: owner, client: makeClient(inst), connections: self)
    connections.append(connection)
    let client = connection.client
    client.observer = connection
    client.forcedOffline = forcedOffline
    for _ in 0..<pauses { client.pauseReading() }
    switch stage {
    case .idle: break
    case .connected: client.connect()
    case .ended: client.disconnect()
    }
    return client
  }

  /// Why there will be no connection for an inst any more; nil where there is or will be one.
  public func failure(for inst: InstAddress) -> ClientError? { client(for: inst).failure }

  private func client(of address: BranchAddress) -> InstRecordsClient {
    client(for: address.instAddress)
  }

  // MARK: Life

  /// The first state that is not connected; connected when all are.
  public var connectionState: ConnectionState {
    let states = connections.map(\.client.connectionState)
    return states.first { !$0.isConnected } ?? states.first ?? ConnectionState(.disconnected)
  }

  /// When the server last sent something of substance, over any of the connections.
  public var lastProgress: MonotonicTime {
    connections.map(\.client.lastProgress).max() ?? MonotonicTime(nanoseconds: .min)
  }

  /// Bytes that have come from the server, over all connections.
  public var receivedBytes: Int { connections.reduce(0) { $0 + $1.client.receivedBytes } }

  /// How many updates are not acknowledged, over all connections.
  public var unacknowledgedCount: Int {
    connections.reduce(0) { $0 + $1.client.unacknowledgedCount }
  }

  /// Whether all stay without a connection until this is false again.
  public var forcedOffline = false {
    didSet { for connection in connections { connection.client.forcedOffline = forcedOffline } }
  }

  /// Connects for everything that was asked for, and from now on as it is asked for.
  public func connect() {
    stage = .connected
    firstFailure = nil
    for connection in connections {
      connection.failure = nil
      connection.client.connect()
    }
  }

  /// Ends every connection in order.
  public func disconnect() {
    stage = .ended
    for connection in connections { connection.client.disconnect() }
  }

  /// Waits until nothing of the ended connections is left.
  public func finished() async {
    for connection in connections { await connection.client.finished() }
  }

  /// Lets the server wait, on every connection.
  public func pauseReading() {
    pauses += 1
    for connection in connections { connection.client.pauseReading() }
  }

  /// Takes one pause back.
  public func resumeReading() {
    guard pauses > 0 else { return }
    pauses -= 1
    for connection in connections { connection.client.resumeReading() }
  }

  // MARK: Operations

  /// Follows a branch with calls to a watcher.
  public func watchBranchUpdates(
    _ address: BranchAddress, temporary: Bool?, markers: [String]?, watcher: any BranchWatcher
  ) {
    client(of: address).watchBranchUpdates(
      address, temporary: temporary, markers: markers, watcher: watcher)
  }

  /// Follows a branch as a stream.
  public func watchBranchUpdates(
    _ address: BranchAddress, temporary: Bool?, markers: [String]?
  ) -> BranchEvents {
    client(of: address).watchBranchUpdates(address, temporary: temporary, markers: markers)
  }

  /// Ends the watch of a branch.
  public func unwatchBranchUpdates(_ address: BranchAddress) {
    client(of: address).unwatchBranchUpdates(address)
  }

  /// Sends updates and waits for the acknowledgement.
  public func addUpdates(
    _ address: BranchAddress, _ updates: [String]
  ) async throws(ClientError) -> Acknowledgement? {
    try await client(of: address).addUpdates(address, updates)
  }

  /// Every stored update of a branch.
  public func getBranchUpdates(
    _ address: BranchAddress
  ) async throws(ClientError) -> BranchSnapshot {
    try await client(of: address).getBranchUpdates(address)
  }

  /// Sends an action.
  public func sendAction(
    _ address: BranchAddress, _ action: RemoteAction
  ) async throws(ClientError) {
    try await client(of: address).sendAction(address, action)
  }

  /// Waits for refusals of actions.
  public func settleActions(
    _ address: BranchAddress, milliseconds: Double
  ) async throws(ClientError) {
    try await client(of: address).settleActions(address, milliseconds: milliseconds)
  }

  /// Follows who is on a branch.
  public func watchBranchDevices(_ address: BranchAddress) -> EventStream<DeviceEvent> {
    client(of: address).watchBranchDevices(address)
  }

  /// How many connections watch a branch.
  public func getConnectionCount(_ address: BranchAddress) async throws(ClientError) -> Int {
    try await client(of: address).getConnectionCount(address)
  }

  // MARK: What the connections tell

  fileprivate func stateChanged() {
    let state = connectionState
    guard state != reportedState else { return }
    reportedState = state
    observer?.clientConnectionChanged(to: state)
  }

  fileprivate func syncChanged(of connection: Connection, to state: UpdatesSync) {
    let wasSyncing = connections.contains { $0.isSyncing }
    connection.isSyncing = state == .syncing
    let isSyncing = connections.contains { $0.isSyncing }
    if isSyncing != wasSyncing { observer?.updatesSyncChanged(to: state) }
  }

  fileprivate func failed(_ connection: Connection, _ error: ClientError) {
    connection.failure = error
    if firstFailure == nil { firstFailure = error }
    observer?.connectionFailed(of: connection.owner, error)
    if connections.allSatisfy({ $0.failure != nil }), let firstFailure {
      observer?.failed(firstFailure)
    }
  }
}

/// Whoever is told of several connections together. Of ``InstRecordsObserver`` it gets the states and the
/// sync of all taken together, and ``InstRecordsObserver/failed(_:)`` with the first error once none is
/// left.
@EventLoop
public protocol InstConnectionsObserver: InstRecordsObserver {
  /// One connection is given up; every watch and request over it has ended.
  ///
  /// - Parameter inst: the inst of a record that it was for alone; nil for the one that all the others
  ///   share.
  func connectionFailed(of inst: InstAddress?, _ error: ClientError)
}

extension InstConnectionsObserver {
  /// Does nothing: for those who need only the end of all.
  public func connectionFailed(of inst: InstAddress?, _ error: ClientError) {}
}

/// One of the connections.
@EventLoop
private final class Connection: InstRecordsObserver {
  /// The inst that it is for alone; nil for the shared one.
  let owner: InstAddress?
  let client: InstRecordsClient
  var isSyncing = false
  var failure: ClientError?
  private weak var connections: InstConnections?

  init(owner: InstAddress?, client: InstRecordsClient, connections: InstConnections) {
    self.owner = owner
    self.client = client
    self.connections = connections
  }

  private var observer: (any InstConnectionsObserver)? { connections?.observer }

  func clientConnectionChanged(to state: ConnectionState) { connections?.stateChanged() }
  func rateLimited(retryAfterMilliseconds: Int64) {
    observer?.rateLimited(retryAfterMilliseconds: retryAfterMilliseconds)
  }
  func received(_ error: ErrorInfo) { observer?.received(error) }
  func received(unclaimed frame: ReceivedFrame) { observer?.received(unclaimed: frame) }
  func receivedUnreadable(_ reason: String) { observer?.receivedUnreadable(reason) }
  func resending(updateID: Int, tries: Int) {
    observer?.resending(updateID: updateID, tries: tries)
  }
  func updatesSyncChanged(to state: UpdatesSync) {
    connections?.syncChanged(of: self, to: state)
  }
  func failed(_ error: ClientError) { connections?.failed(self, error) }
}

import InstClient
import InstProtocol
import Transport

/// One of the branches that `watch` follows.
@EventLoop
final class WatchedBranch: BranchWatcher {
  let address: BranchAddress
  /// Where it is reached; branches may share a connection.
  let client: InstRecordsClient
  let lines: WatchLines
  private(set) var isSynced = false
  /// Whether nothing more comes of it; the others go on.
  var isOver = false

  /// Until the end of the watch the two hold each other.
  private var watch: WatchRun?
  /// What is made of the updates besides, if anything.
  private let document: WatchedDocument?
  private let arrivals: Arrivals
  private let lineCount: Int?

  init(
    _ address: BranchAddress, of watch: WatchRun, client: InstRecordsClient, lines: WatchLines,
    document: WatchedDocument?
  ) {
    self.address = address
    self.watch = watch
    self.client = client
    self.lines = lines
    self.document = document
    arrivals = watch.arrivals
    lineCount = watch.lineCount
  }

  // MARK: BranchWatcher

  func connectionChanged(to state: ConnectionState) {
    watch?.connectionChanged(to: state, of: self)
  }

  func received(_ updates: BranchUpdates) {
    lines.updates(updates)
    document?.received(updates)
    arrivals.noteCounted()
    if arrivals.count == lineCount { watch?.done() }
  }

  func synced() {
    isSynced = true
    document?.synced()
    lines.sync()
    watch?.branchSynced()
  }

  func received(action frame: ReceivedFrame) {
    arrivals.note()
    if let action = frame.field("action") { lines.action(action) }
    guard let commands = watch?.commands,
      case .receiveAction(let received)? = frame.serverMessage()
    else { return }
    commands.received(received.action, on: address, by: client)
  }

  func received(_ error: BranchError, isFinal: Bool) {
    arrivals.note()
    lines.error(error)
    guard isFinal else { return }
    watch?.ended(self, because: Failure(error))
    watch = nil
  }

  func receivedAll() { lines.flush() }

  // The client's failure tells why, and our own end needs no news.
  func ended() { watch = nil }
}

extension Failure {
  /// What refuses a branch to us.
  init(_ error: BranchError) {
    switch error {
    case .error(let info), .permissionDenied(let info): self.init(ClientError.refused(info))
    case .maxSizeReached(let maximum, let needed):
      self.init(ClientError.maxSizeReached(maximum: maximum, needed: needed))
    }
  }
}

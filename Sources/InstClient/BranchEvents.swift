public import InstProtocol
public import JSONText
import Transport

/// What happens on a branch that is watched.
public enum BranchEvent: Sendable {
  /// The connection came or went.
  case connection(ConnectionState)
  /// Updates, base64; `isInitial` with the whole state, the first batch after a watch began.
  case updates([String], isInitial: Bool)
  /// The first batch has been handed over: from here on updates are news.
  case sync
  /// A device action, as it came.
  case action(RawJSON)
  /// Something went wrong with the branch.
  case error(BranchError)
}

/// The events of a watch as they come, in batches: all that one wake-up brought.
///
/// For one reader. While it is busy, at most ``highWater`` events gather before the server has to wait.
/// The sequence ends with the watch: when it is called off, refused, or its client disconnects. To
/// cancel the reading task calls it off.
public struct BranchEvents: AsyncSequence, Sendable {
  /// A batch of events.
  public typealias Element = [BranchEvent]

  /// So many events may wait for the reader.
  public static let highWater = 4096

  fileprivate let mailbox: BranchMailbox

  /// Gives the batches one after the other.
  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let mailbox: BranchMailbox

    /// The next batch; nil after the end of the watch.
    public mutating func next() async -> [BranchEvent]? { await mailbox.next() }
  }

  /// Starts to read.
  public func makeAsyncIterator() -> Iterator { Iterator(mailbox: mailbox) }
}

extension InstRecordsClient {
  /// Follows a branch; see ``watchBranchUpdates(_:temporary:markers:watcher:)`` for a way without
  /// copies.
  public func watchBranchUpdates(
    _ address: BranchAddress, temporary: Bool? = nil, markers: [String]? = nil
  ) -> BranchEvents {
    let mailbox = BranchMailbox(client: self, address: address)
    watchBranchUpdates(address, temporary: temporary, markers: markers, watcher: mailbox)
    return BranchEvents(mailbox: mailbox)
  }
}

/// Gathers events for a reader.
@EventLoop
private final class BranchMailbox: BranchWatcher {
  private weak var client: InstRecordsClient?
  private let address: BranchAddress
  private var events: [BranchEvent] = []
  private var isOver = false
  private var isPaused = false
  private var arrival: Promise<Void>?

  init(client: InstRecordsClient, address: BranchAddress) {
    self.client = client
    self.address = address
  }

  func next() async -> [BranchEvent]? {
    while events.isEmpty, !isOver, !Task.isCancelled {
      let arrival = Promise<Void>()
      self.arrival = arrival
      await arrival.value(onCancel: ())
    }
    if Task.isCancelled {
      client?.unwatchBranchUpdates(address)
      isOver = true
      events = []
    }
    guard !events.isEmpty else { return nil }
    var batch: [BranchEvent] = []
    swap(&batch, &events)
    if isPaused {
      isPaused = false
      client?.resumeReading()
    }
    return batch
  }

  private func add(_ event: BranchEvent) {
    events.append(event)
    if events.count >= BranchEvents.highWater, !isPaused {
      isPaused = true
      client?.pauseReading()
    }
  }

  private func wake() {
    guard !events.isEmpty || isOver else { return }
    arrival?.fulfil(())
  }

  func connectionChanged(to state: ConnectionState) {
    add(.connection(state))
    wake()
  }

  func received(_ updates: BranchUpdates) {
    add(.updates(updates.strings(), isInitial: updates.isInitial))
  }

  func synced() { add(.sync) }

  func received(action frame: ReceivedFrame) {
    guard let action = frame.field("action") else { return }
    add(.action(RawJSON(scanned: action)))
  }

  func received(_ error: BranchError, isFinal: Bool) {
    add(.error(error))
    isOver = isOver || isFinal
    wake()
  }

  func ended() {
    isOver = true
    wake()
  }

  func receivedAll() { wake() }
}

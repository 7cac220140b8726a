import InstProtocol
import Transport
import WebSocket

/// Updates that were given to the client and are not acknowledged yet, in the order in which they were
/// given: what to send, when to send it again, and whose acknowledgement is whose (PROTOCOL section 7).
///
/// Those of a temporary branch stay after the acknowledgement: the branch may be gone when the connection
/// is, and then all of them go again.
///
/// A value: it sends nothing and reads no clock.
struct PendingUpdates {
  struct Entry {
    let id: Int
    let address: BranchAddress
    let updates: [String]
    /// Nil once it is acknowledged.
    var promise: Promise<Result<Acknowledgement, ClientError>>?
    var tries = 0
    var firstSent: MonotonicTime?
    var lastSent: MonotonicTime?
    /// The envelope's id of the last try; nil while it is to be sent (again).
    var frameID: Int?
    /// The server has stored it, and it is kept for the next connection.
    var isKept = false

    /// About how many bytes it takes on the wire.
    var size: Int { updates.reduce(128) { $0 + $1.utf8.count + 3 } }

    /// Whether an answer is due.
    var isUnderWay: Bool { frameID != nil && !isKept }
  }

  /// Milliseconds after which an unacknowledged update goes again, for the first time; nil for never.
  let resendAfterMilliseconds: Int64?
  private var entries: [Int: Entry] = [:]
  /// Ids that are to be sent, in order; some may be answered already.
  private var queue: [Int] = []
  private var lastID = 0
  /// How many wait for their acknowledgement.
  private(set) var unacknowledgedCount = 0
  private var keptBytes = 0

  /// So many bytes of updates of temporary branches are kept.
  static let maximumKeptBytes = 64 << 20

  init(resendAfterMilliseconds: Int64?) {
    self.resendAfterMilliseconds = resendAfterMilliseconds
  }

  /// Whether nothing waits for its acknowledgement.
  var isEmpty: Bool { unacknowledgedCount == 0 }

  /// - Returns: The number under which they are sent.
  mutating func append(
    _ address: BranchAddress, _ updates: [String],
    _ promise: Promise<Result<Acknowledgement, ClientError>>
  ) -> Int {
    lastID += 1
    entries[lastID] = Entry(id: lastID, address: address, updates: updates, promise: promise)
    queue.append(lastID)
    unacknowledgedCount += 1
    return lastID
  }

  /// Whether something is to be sent.
  var hasUnsent: Bool { !queue.isEmpty }

  /// How many are sent and have no answer yet.
  var underWayCount: Int { entries.values.count { $0.isUnderWay } }

  /// Whether an answer is due for updates of that branch.
  func areUnderWay(about address: BranchAddress) -> Bool {
    entries.values.contains { $0.isUnderWay && $0.address.answered == address }
  }

  subscript(id: Int) -> Entry? { entries[id] }

  /// Takes those that are to be sent now, in order, as long as `mayGo` allows it; the others stay.
  mutating func takeUnsent(where mayGo: (Entry) -> Bool) -> [Entry] {
    var taken: [Entry] = []
    var left: [Int] = []
    for id in queue {
      guard let entry = entries[id], entry.frameID == nil else { continue }
      if mayGo(entry) { taken.append(entry) } else { left.append(id) }
    }
    queue = left
    return taken
  }

  mutating func sent(_ id: Int, frameID: Int, at now: MonotonicTime) {
    entries[id]?.tries += 1
    entries[id]?.frameID = frameID
    entries[id]?.lastSent = now
    if entries[id]?.firstSent == nil { entries[id]?.firstSent = now }
  }

  /// The connection is gone: whatever was sent on it goes again, what is kept as well.
  mutating func connectionLost() {
    for id in entries.keys {
      entries[id]?.frameID = nil
      entries[id]?.isKept = false
    }
    queueUnsent()
  }

  /// What was sent may have been dropped by a limit of rates: what has no answer goes again.
  mutating func forgetSending() {
    for (id, entry) in entries where entry.isUnderWay { entries[id]?.frameID = nil }
    queueUnsent()
  }

  /// Those whose acknowledgement is overdue go again: after the first 5 s (say), then 10, 20, 40, 40, …
  mutating func forgetOverdue(at now: MonotonicTime) {
    guard let resendAfterMilliseconds else { return }
    for (id, entry) in entries where entry.isUnderWay {
      guard let lastSent = entry.lastSent else { continue }
      let wait = resendAfterMilliseconds << Int64(min(max(entry.tries, 1) - 1, 3))
      if now >= lastSent.advanced(byMilliseconds: wait) { entries[id]?.frameID = nil }
    }
    queueUnsent()
  }

  private mutating func queueUnsent() {
    queue = entries.values.filter { $0.frameID == nil }.map(\.id).sorted()
  }

  /// Those with this number are acknowledged.
  ///
  /// - Parameter keeps: they belong to a temporary branch.
  /// - Returns: The entry as it was; nil where nobody waits for it.
  mutating func acknowledge(_ id: Int, keeps: Bool) -> Entry? {
    guard let entry = entries[id] else { return nil }
    if entry.promise != nil { unacknowledgedCount -= 1 }
    let wasKept = entry.promise == nil
    if keeps, wasKept || keptBytes + entry.size <= Self.maximumKeptBytes {
      if !wasKept { keptBytes += entry.size }
      entries[id]?.promise = nil
      entries[id]?.isKept = true
    } else {
      entries[id] = nil
    }
    return entry
  }

  /// Whether updates of that size can still be kept for a temporary branch.
  func hasRoomToKeep(_ size: Int) -> Bool { keptBytes + size <= Self.maximumKeptBytes }

  /// Takes out those that `isMeant` names.
  mutating func removeAll(where isMeant: (Entry) -> Bool) -> [Entry] {
    let meant = entries.values.filter(isMeant).sorted { $0.id < $1.id }
    for entry in meant {
      entries[entry.id] = nil
      if entry.promise == nil { keptBytes -= entry.size } else { unacknowledgedCount -= 1 }
    }
    return meant
  }

  /// Takes out the oldest of those that `isMeant` names.
  mutating func removeFirst(where isMeant: (Entry) -> Bool) -> Entry? {
    guard let first = entries.values.filter(isMeant).min(by: { $0.id < $1.id }) else { return nil }
    return removeAll { $0.id == first.id }.first
  }
}

/// The server has stored updates.
public struct Acknowledgement: Hashable, Sendable {
  /// The number under which they were sent.
  public var updateID: Int
  /// Milliseconds from the first try to the acknowledgement.
  public var milliseconds: Double
  /// How often they were sent.
  public var tries: Int
}

import InstProtocol
import Transport
import WebSocket

/// Updates that were given to the client and are not acknowledged yet, in the order in which they were given:
/// what to send, when to send it again, and whose acknowledgement is whose (PROTOCOL section 7).
///
/// A value: it sends nothing and reads no clock.
struct PendingUpdates {
  struct Entry {
    let id: Int
    let address: BranchAddress
    let updates: [String]
    let promise: Promise<Result<Acknowledgement, ClientError>>
    var tries = 0
    var firstSent: MonotonicTime?
    var lastSent: MonotonicTime?
    /// The envelope's id of the last try; nil while it is to be sent (again).
    var frameID: Int?

    /// About how many bytes it takes on the wire.
    var size: Int { updates.reduce(128) { $0 + $1.utf8.count + 3 } }
  }

  /// Milliseconds after which an unacknowledged update goes again, for the first time; nil for never.
  let resendAfterMilliseconds: Int64?
  private(set) var entries: [Int: Entry] = [:]
  /// Ids that are to be sent, in order; some may be answered already.
  private var queue: [Int] = []
  private var lastID = 0

  init(resendAfterMilliseconds: Int64?) {
    self.resendAfterMilliseconds = resendAfterMilliseconds
  }

  var isEmpty: Bool { entries.isEmpty }

  mutating func append(
    _ address: BranchAddress, _ updates: [String],
    _ promise: Promise<Result<Acknowledgement, ClientError>>
  ) {
    lastID += 1
    entries[lastID] = Entry(id: lastID, address: address, updates: updates, promise: promise)
    queue.append(lastID)
  }

  /// Whether something is to be sent.
  var hasUnsent: Bool { !queue.isEmpty }

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

  /// Whatever was sent on a connection that is gone, or dropped by a limit of rates, goes again.
  mutating func forgetSending() {
    for id in entries.keys { entries[id]?.frameID = nil }
    queueUnsent()
  }

  /// Those whose acknowledgement is overdue go again: after the first 5 s (say), then 10, 20, 40, 40, …
  mutating func forgetOverdue(at now: MonotonicTime) {
    guard let resendAfterMilliseconds else { return }
    for (id, entry) in entries {
      guard entry.frameID != nil, let lastSent = entry.lastSent else { continue }
      let wait = resendAfterMilliseconds << Int64(min(max(entry.tries, 1) - 1, 3))
      if now >= lastSent.advanced(byMilliseconds: wait) { entries[id]?.frameID = nil }
    }
    queueUnsent()
  }

  private mutating func queueUnsent() {
    queue = entries.values.filter { $0.frameID == nil }.map(\.id).sorted()
  }

  mutating func remove(_ id: Int) -> Entry? { entries.removeValue(forKey: id) }

  /// Takes out those that `isMeant` names.
  mutating func removeAll(where isMeant: (Entry) -> Bool) -> [Entry] {
    let meant = entries.values.filter(isMeant).sorted { $0.id < $1.id }
    for entry in meant { entries.removeValue(forKey: entry.id) }
    return meant
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

/// Structs that came before others on which they depend: as updates, each of which waits for a few
/// clocks of other structs.
struct PendingUpdates: Sendable {
  private struct Wait: Comparable, Sendable {
    var clock: Int
    var number: Int
    static func < (a: Wait, b: Wait) -> Bool { a.clock < b.clock }
  }

  private var updates: [Int: [UInt8]] = [:]
  /// The same update is kept once, however often it comes.
  private var numbers: [[UInt8]: Int] = [:]
  private var waits: [Int: MinHeap<Wait>] = [:]
  private var count = 0
  private(set) var byteCount = 0
  private var waitCount = 0
  private var sizeWhenCleaned = 0

  var isEmpty: Bool { updates.isEmpty }

  /// The updates, in the order in which they came.
  var all: [[UInt8]] { updates.sorted { $0.key < $1.key }.map(\.value) }

  /// The first clock of each client for which something waits.
  var missing: [ID] {
    waits.compactMap { client, heap in
      heap.elements.filter { updates[$0.number] != nil }.map(\.clock).min().map {
        ID(client: client, clock: $0)
      }
    }
  }

  mutating func add(_ update: [UInt8], waitingFor missing: [ID]) {
    guard numbers[update] == nil else { return }
    count += 1
    byteCount += update.count
    updates[count] = update
    numbers[update] = count
    for id in missing { wait(for: id, number: count) }
    if size > 65_536 + 2 * sizeWhenCleaned { clean() }
  }

  private mutating func wait(for id: ID, number: Int) {
    waits[id.client, default: MinHeap()].insert(Wait(clock: id.clock, number: number))
    waitCount += 1
  }

  /// An update that waited for one of the clocks below the state of a client.
  mutating func takeDue(_ client: Int, state: Int) -> [UInt8]? {
    guard !waits.isEmpty else { return nil }
    while let first = waits[client]?.first, first.clock < state {
      waits[client]?.removeFirst()
      waitCount -= 1
      if waits[client]?.isEmpty == true { waits[client] = nil }
      guard let update = updates.removeValue(forKey: first.number) else { continue }
      numbers[update] = nil
      byteCount -= update.count
      return update
    }
    return nil
  }

  private var size: Int { byteCount + 16 * waitCount }

  /// Forgets waits of updates that are gone. Where most of what the updates say is said more than
  /// once, as when others send all they have again and again, they become one.
  private mutating func clean() {
    var live: [(id: ID, number: Int)] = []
    for (client, heap) in waits {
      for wait in heap.elements where updates[wait.number] != nil {
        live.append((ID(client: client, clock: wait.clock), wait.number))
      }
    }
    waits = [:]
    waitCount = 0
    if updates.count > 1, let merged = try? mergeUpdates(all), 2 * merged.count < byteCount {
      updates = [count: merged]
      numbers = [merged: count]
      byteCount = merged.count
      for id in Set(live.map(\.id)) { wait(for: id, number: count) }
    } else {
      for (id, number) in live { wait(for: id, number: number) }
    }
    sizeWhenCleaned = size
  }
}

/// Deletions that came before what they delete.
struct PendingDeletions: Sendable {
  private struct Clocks: Comparable, Sendable {
    var start: Int
    var end: Int
    static func < (a: Clocks, b: Clocks) -> Bool { a.start < b.start }
  }

  private var ranges: [Int: MinHeap<Clocks>] = [:]
  private var count = 0
  private var countWhenCleaned = 0

  var isEmpty: Bool { ranges.isEmpty }

  var deleteSet: DeleteSet {
    DeleteSet(
      ranges.flatMap { client, heap in
        heap.elements.map {
          DeleteSet.Range(client: client, clock: $0.start, length: $0.end - $0.start)
        }
      })
  }

  mutating func add(_ client: Int, _ clocks: Range<Int>) {
    ranges[client, default: MinHeap()].insert(
      Clocks(start: clocks.lowerBound, end: clocks.upperBound))
    count += 1
    // What repeats is kept once.
    if count > 64 + 2 * countWhenCleaned { clean() }
  }

  private mutating func clean() {
    let all = deleteSet.ranges
    ranges = [:]
    for range in all {
      ranges[range.client, default: MinHeap()].insert(Clocks(start: range.clock, end: range.end))
    }
    count = all.count
    countWhenCleaned = count
  }

  /// A range that begins below the state of a client.
  mutating func takeDue(_ client: Int, state: Int) -> Range<Int>? {
    guard !ranges.isEmpty, let first = ranges[client]?.first, first.start < state else {
      return nil
    }
    ranges[client]?.removeFirst()
    if ranges[client]?.isEmpty == true { ranges[client] = nil }
    count -= 1
    return first.start..<first.end
  }
}

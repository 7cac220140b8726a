/// Something that updates lack, so that a document cannot have all of what they say.
public enum Gap: Hashable, Sendable {
  /// For what a struct needs another one.
  public enum Role: String, Hashable, Sendable {
    /// It was made to the right of it.
    case origin
    /// It was made to the left of it.
    case rightOrigin
    /// It belongs to the type in it.
    case parent
  }

  /// Clocks of a client that are in no update, though later ones are. `waiting` is how many clocks of the
  /// client are behind; `update` the first update with any of them.
  case clocks(IDSet.Range, waiting: Int, update: Int)
  /// A struct that needs one of another client, which is in no update.
  case structure(ID, needs: ID, role: Role, update: Int)
  /// A deletion of clocks that are in no update.
  case deletion(IDSet.Range, update: Int)
}

extension UpdateInventory {
  /// What is lacking: first holes in the clocks, then structs, then deletions. Each is told with the
  /// first update in which it shows up.
  public var gaps: [Gap] {
    let known = structs
    return clockGaps(known) + structGaps(known) + deletionGaps(known)
  }

  private func clockGaps(_ known: IDSet) -> [Gap] {
    // From the last clock back, with the first update of all that is behind.
    let backwards = pieces.sorted {
      ($0.id.client, $1.id.clock) < ($1.id.client, $0.id.clock)
    }
    var found: [Gap] = []
    var index = 0
    var first = Int.max
    var waiting = 0
    var client: Int?
    for (position, range) in known.ranges.enumerated().reversed() {
      if client != range.client {
        client = range.client
        first = .max
        waiting = 0
      }
      waiting += range.length
      while index < backwards.count, backwards[index].id.client == range.client,
        backwards[index].id.clock >= range.clock
      {
        first = min(first, backwards[index].update)
        index += 1
      }
      let before = position > 0 ? known.ranges[position - 1] : nil
      let start = before.map { $0.client == range.client ? $0.end : 0 } ?? 0
      guard start < range.clock else { continue }
      found.append(
        .clocks(
          IDSet.Range(client: range.client, clock: start, length: range.clock - start),
          waiting: waiting, update: first))
    }
    return found.reversed()
  }

  private func structGaps(_ known: IDSet) -> [Gap] {
    var seen: Set<[Int]> = []
    return references.compactMap { reference in
      let (id, needs) = (reference.from.id, reference.needs)
      guard !known.contains(needs),
        seen.insert([id.client, id.clock, needs.client, needs.clock]).inserted
      else { return nil }
      return .structure(id, needs: needs, role: reference.role, update: reference.from.update)
    }
  }

  private func deletionGaps(_ known: IDSet) -> [Gap] {
    let missing = deletions.subtracting(known).ranges
    guard !missing.isEmpty else { return [] }
    // Along the clocks of each client, with the deletions that reach there, the first update on top.
    let sorted = deleted.sorted {
      ($1.range.client, $0.range.clock) < ($0.range.client, $1.range.clock)
    }
    var found: [Gap] = []
    var index = 0
    var active = MinHeap<ActiveDeletion>()
    for range in missing {
      var clock = range.clock
      while clock < range.end {
        while index < sorted.count, sorted[index].starts(atOrBefore: clock, of: range.client) {
          active.insert(ActiveDeletion(sorted[index]))
          index += 1
        }
        while let top = active.first, top.ended(before: clock, of: range.client) {
          active.removeFirst()
        }
        guard let top = active.first else { break }
        // As far as it goes, or until one of an earlier update begins.
        var end = min(range.end, top.end)
        if index < sorted.count, sorted[index].range.client == range.client {
          end = min(end, max(sorted[index].range.clock, clock + 1))
        }
        append(clock..<end, of: range.client, top.update, to: &found)
        clock = end
      }
    }
    return found
  }

  private func append(_ clocks: Range<Int>, of client: Int, _ update: Int, to gaps: inout [Gap]) {
    if case .deletion(var last, update)? = gaps.last, last.client == client,
      last.end == clocks.lowerBound
    {
      last.length += clocks.count
      gaps[gaps.count - 1] = .deletion(last, update: update)
      return
    }
    let range = IDSet.Range(client: client, clock: clocks.lowerBound, length: clocks.count)
    gaps.append(.deletion(range, update: update))
  }
}

/// A deletion that reaches where one looks; those of earlier updates come first.
private struct ActiveDeletion: Comparable {
  let update: Int
  let client: Int
  let end: Int

  init(_ deletion: UpdateInventory.Deletion) {
    update = deletion.update
    client = deletion.range.client
    end = deletion.range.end
  }

  func ended(before clock: Int, of client: Int) -> Bool { self.client != client || end <= clock }

  static func < (a: ActiveDeletion, b: ActiveDeletion) -> Bool { a.update < b.update }
}

extension UpdateInventory.Deletion {
  /// In the order of the ranges of a set: higher clients first.
  fileprivate func starts(atOrBefore clock: Int, of client: Int) -> Bool {
    range.client > client || range.client == client && range.clock <= clock
  }
}

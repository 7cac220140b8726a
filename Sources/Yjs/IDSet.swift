/// Clocks of any number of clients, as ranges.
public struct IDSet: Hashable, Sendable {
  /// Clocks of one client, one behind the other.
  public typealias Range = DeleteSet.Range

  private let merged: DeleteSet

  /// The ranges: higher clients first, clocks ascending, none that touch.
  public var ranges: [Range] { merged.ranges }

  /// Nothing.
  public init() { merged = DeleteSet() }

  /// What a delete set has.
  public init(_ deletions: DeleteSet) { merged = deletions }

  /// The union of ranges in any order.
  init(_ unsorted: [Range]) { merged = DeleteSet(unsorted) }

  /// Whether the set has nothing.
  public var isEmpty: Bool { ranges.isEmpty }

  /// Whether the set has an ID.
  public func contains(_ id: ID) -> Bool { merged.contains(id) }

  /// What one or the other has.
  public func union(_ other: IDSet) -> IDSet { IDSet(merged.union(other.merged)) }

  /// What this has and the other has not. Takes time in proportion to both.
  public func subtracting(_ other: IDSet) -> IDSet {
    var left: [Range] = []
    let others = other.ranges
    var index = 0
    for range in ranges {
      while index < others.count, others[index].isWholly(before: range) { index += 1 }
      var clock = range.clock
      var next = index
      while next < others.count, others[next].client == range.client,
        others[next].clock < range.end
      {
        if others[next].clock > clock {
          left.append(
            Range(client: range.client, clock: clock, length: others[next].clock - clock))
        }
        clock = max(clock, others[next].end)
        next += 1
      }
      if clock < range.end {
        left.append(Range(client: range.client, clock: clock, length: range.end - clock))
      }
      // The last one may reach into the next range.
      index = max(index, next - 1)
    }
    return IDSet(left)
  }
}

extension DeleteSet.Range {
  /// Whether it ends before the other begins, in the order of the ranges of a set.
  fileprivate func isWholly(before other: DeleteSet.Range) -> Bool {
    client > other.client || client == other.client && end <= other.clock
  }
}

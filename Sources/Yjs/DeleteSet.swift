/// What was deleted: ranges of clocks, per client.
public struct DeleteSet: Hashable, Sendable {
  /// Clocks of one client, one behind the other.
  public struct Range: Hashable, Sendable {
    /// The client.
    public var client: Int
    /// The first clock.
    public var clock: Int
    /// How many clocks; at least 1.
    public var length: Int

    /// The clock behind the last.
    public var end: Int { clock + length }

    init(client: Int, clock: Int, length: Int) {
      self.client = client
      self.clock = clock
      self.length = length
    }
  }

  /// The ranges as Yjs writes them: higher clients first, clocks ascending, none that touch.
  public private(set) var ranges: [Range]

  /// Nothing deleted.
  public init() {
    ranges = []
  }

  /// The union of ranges in any order.
  init(_ unsorted: [Range]) {
    ranges = unsorted
    if ranges.count < 2 { return }
    ranges.sort { ($1.client, $0.clock) < ($0.client, $1.clock) }
    var last = 0
    for next in ranges[1...] {
      if ranges[last].client == next.client, ranges[last].end >= next.clock {
        ranges[last].length = max(ranges[last].end, next.end) - ranges[last].clock
      } else {
        last += 1
        ranges[last] = next
      }
    }
    ranges.removeSubrange((last + 1)...)
  }

  /// Whether it is deleted.
  public func contains(_ id: ID) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      let range = ranges[middle]
      if range.client > id.client || (range.client == id.client && range.end <= id.clock) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low < ranges.count && ranges[low].client == id.client && ranges[low].clock <= id.clock
  }

  /// What one or the other deletes.
  public func union(_ other: DeleteSet) -> DeleteSet { DeleteSet(ranges + other.ranges) }
}

extension ByteReader {
  /// Reads a delete set, range by range; empty ranges are left out.
  mutating func deleteSet(
    _ body: (_ client: Int, _ clock: Int, _ length: Int) -> Void
  ) throws(YjsError) {
    for _ in 0..<(try varUint()) {
      let client = try varUint()
      for _ in 0..<(try varUint()) {
        let start = position
        let clock = try varUint()
        let length = try varUint()
        guard length <= ByteReader.maximum - clock else {
          throw YjsError(.integerOutOfRange, at: start)
        }
        if length > 0 { body(client, clock, length) }
      }
    }
  }

  /// Reads a delete set as it is, unsorted.
  mutating func deletedRanges() throws(YjsError) -> [DeleteSet.Range] {
    var ranges: [DeleteSet.Range] = []
    try deleteSet { ranges.append(DeleteSet.Range(client: $0, clock: $1, length: $2)) }
    return ranges
  }
}

extension ByteWriter {
  mutating func deleteSet(_ set: DeleteSet) {
    let ranges = set.ranges
    var starts = ranges.indices.filter { $0 == 0 || ranges[$0].client != ranges[$0 - 1].client }
    varUint(starts.count)
    starts.append(ranges.count)
    for (start, end) in zip(starts, starts.dropFirst()) {
      varUint(ranges[start].client)
      varUint(end - start)
      for range in ranges[start..<end] {
        varUint(range.clock)
        varUint(range.length)
      }
    }
  }
}

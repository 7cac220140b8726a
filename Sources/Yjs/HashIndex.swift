/// Finds the place of a value in an array by the value's hash: a table of places, probed one by one.
///
/// The array is its owner's, who also says what is equal; so one table serves bytes in an arena as
/// well as pairs of numbers, without an object per entry.
struct HashIndex: Sendable {
  /// In each slot 32 bits of the hash, then the place, which is below 2³¹; or ``empty``.
  private var slots: [UInt64] = []
  private var used = 0

  var slotCount: Int { slots.count }

  private static let empty = UInt64.max

  private static func bits(_ hash: Int) -> UInt64 {
    UInt64(truncatingIfNeeded: UInt32(truncatingIfNeeded: hash))
  }

  /// The place whose value is equal, by the owner's word.
  func find(_ hash: Int, isEqual: (Int) -> Bool) -> Int? {
    guard !slots.isEmpty else { return nil }
    let bits = Self.bits(hash)
    let mask = slots.count - 1
    var slot = Int(bits) & mask
    while slots[slot] != Self.empty {
      let place = Int(slots[slot] & 0xFFFF_FFFF)
      if slots[slot] >> 32 == bits, isEqual(place) { return place }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// Adds a place. Where the table has to grow, places are dropped that no longer have the hash by
  /// which they are found: they may be in use again, for something else.
  mutating func insert(_ place: Int, hash: Int, hashOf: (Int) -> Int?) {
    if 4 * (used + 1) > 3 * slots.count { grow(hashOf) }
    fill(Self.bits(hash) << 32 | UInt64(truncatingIfNeeded: place))
  }

  private mutating func fill(_ content: UInt64) {
    let mask = slots.count - 1
    var slot = Int(content >> 32) & mask
    while slots[slot] != Self.empty {
      if slots[slot] == content { return }
      slot = (slot + 1) & mask
    }
    slots[slot] = content
    used += 1
  }

  private mutating func grow(_ hashOf: (Int) -> Int?) {
    let kept = slots.filter { content in
      content != Self.empty
        && hashOf(Int(content & 0xFFFF_FFFF)).map(Self.bits) == content >> 32
    }
    var size = 16
    while size < 3 * kept.count { size *= 2 }
    slots = Array(repeating: Self.empty, count: size)
    used = 0
    for content in kept { fill(content) }
  }
}

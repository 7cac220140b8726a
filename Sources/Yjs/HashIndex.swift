/// Finds the place of a value in an array by the value's hash: a table of places, probed one by one.
///
/// The array is its owner's, who also says what is equal; so one table serves bytes in an arena as
/// well as pairs of numbers, without an object per entry.
struct HashIndex: Sendable {
  private var slots: [Int32] = []
  private var used = 0

  /// The place whose value is equal, by the owner's word.
  func find(_ hash: Int, isEqual: (Int) -> Bool) -> Int? {
    guard !slots.isEmpty else { return nil }
    let mask = slots.count - 1
    var slot = hash & mask
    while slots[slot] >= 0 {
      if isEqual(Int(slots[slot])) { return Int(slots[slot]) }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// More room is to be made, by ``rebuild(count:hashes:)``, before the next value.
  var isFull: Bool { 4 * (used + 1) > 3 * slots.count }

  /// Adds a place; there is room.
  mutating func insert(_ place: Int, hash: Int) {
    let mask = slots.count - 1
    var slot = hash & mask
    while slots[slot] >= 0 { slot = (slot + 1) & mask }
    slots[slot] = Int32(truncatingIfNeeded: place)
    used += 1
  }

  /// Makes room for twice as many, and adds the places that are in use.
  mutating func rebuild(_ places: some Sequence<(place: Int, hash: Int)>, count: Int) {
    var size = 16
    while size < 4 * count { size *= 2 }
    slots = Array(repeating: -1, count: size)
    used = 0
    for (place, hash) in places { insert(place, hash: hash) }
  }
}

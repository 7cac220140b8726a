/// The entries of all maps: which item is the current value of a key. Each map's entries are linked
/// in the order in which the keys came, the order in which Yjs lists them.
struct MapEntries: Sendable {
  struct Entry: Sendable {
    var branch: BranchHandle
    var key: Key
    /// The current value; none where the entry is free.
    var item: ItemHandle
    /// The value that is left of all others.
    var first: ItemHandle
    /// The map's next entry; of a free one, the next free one.
    var next: Int32
  }

  private var entries: [Entry] = []
  private var firstFree: Int32 = -1
  private var index = HashIndex()

  /// How many entries there is memory for, used or free.
  var count: Int { entries.count }
  var slotCount: Int { index.slotCount }

  subscript(place: Int32) -> Entry { entries[Int(place)] }

  func item(_ branch: BranchHandle, _ key: Key) -> ItemHandle {
    place(branch, key).map { entries[$0].item } ?? .none
  }

  /// The value of a key that is left of all others, none where it has had no value.
  func first(_ branch: BranchHandle, _ key: Key) -> ItemHandle {
    place(branch, key).map { entries[$0].first } ?? .none
  }

  mutating func setFirst(_ branch: BranchHandle, _ key: Key, to item: ItemHandle) {
    if let known = place(branch, key) { entries[known].first = item }
  }

  /// Makes an item the value. Gives the place of the entry where it is new: to be linked.
  mutating func set(_ branch: BranchHandle, _ key: Key, to item: ItemHandle) -> Int32? {
    let hash = Self.hash(branch, key)
    if let known = place(branch, key, hash) {
      entries[known].item = item
      return nil
    }
    let entry = Entry(branch: branch, key: key, item: item, first: item, next: -1)
    let place: Int
    if firstFree >= 0 {
      place = Int(firstFree)
      firstFree = entries[place].next
      entries[place] = entry
    } else {
      place = entries.count
      entries.append(entry)
    }
    index.insert(place, hash: hash) { place in
      let entry = entries[place]
      return entry.item.isNone ? nil : Self.hash(entry.branch, entry.key)
    }
    return Int32(truncatingIfNeeded: place)
  }

  mutating func link(_ place: Int32, to next: Int32) { entries[Int(place)].next = next }

  /// Frees an entry; gives the one behind it.
  mutating func remove(_ place: Int32) -> Int32 {
    let next = entries[Int(place)].next
    entries[Int(place)] = Entry(
      branch: .none, key: .none, item: .none, first: .none, next: firstFree)
    firstFree = place
    return next
  }

  private func place(_ branch: BranchHandle, _ key: Key) -> Int? {
    place(branch, key, Self.hash(branch, key))
  }

  private func place(_ branch: BranchHandle, _ key: Key, _ hash: Int) -> Int? {
    index.find(hash) {
      entries[$0].branch == branch && entries[$0].key == key && !entries[$0].item.isNone
    }
  }

  private static func hash(_ branch: BranchHandle, _ key: Key) -> Int {
    var hasher = Hasher()
    hasher.combine(Int(branch.raw) << 32 | key.index)
    return hasher.finalize()
  }
}

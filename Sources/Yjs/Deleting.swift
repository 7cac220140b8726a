extension StructStore {
  /// Deletes an item, and all that is in it.
  mutating func delete(_ handle: ItemHandle) {
    guard markDeleted(handle), self[handle].kind == .type else { return }
    // Not by recursion: types may be nested as deep as an update is long.
    var branches = [self[handle].branch]
    while let branch = branches.popLast() {
      for inner in contents(of: branch) {
        let item = self[inner]
        if markDeleted(inner) {
          if item.kind == .type { branches.append(item.branch) }
        } else if item.clock < stateBefore(item.client) {
          // It will become garbage, of which this transaction has no range.
          changes.mergeable.append((item.client, item.clock))
        }
      }
    }
  }

  /// False if it had been deleted before.
  private mutating func markDeleted(_ handle: ItemHandle) -> Bool {
    let item = self[handle]
    if item.isDeleted { return false }
    self[handle].isDeleted = true
    if item.key.isNone, item.kind.isCountable { self[item.parent].length -= item.length }
    changes.deleted.append(
      Changes.Range(client: item.client, clock: item.clock, length: item.length))
    return true
  }

  /// The list's items and the entries' values.
  private func contents(of branch: BranchHandle) -> [ItemHandle] {
    var all: [ItemHandle] = []
    var next = self[branch].start
    while !next.isNone {
      all.append(next)
      next = self[next].right
    }
    forEachEntry(branch) { all.append($1) }
    return all
  }

  func stateBefore(_ client: Int32) -> Int {
    let before = clients[Int(client)].stateBefore
    return before < 0 ? clients[Int(client)].state : before
  }

  /// Deletes known clocks of a client.
  mutating func delete(_ client: Int32, _ clocks: Range<Int>) {
    let place = Int(client)
    var position = clients[place].position(of: clocks.lowerBound)
    let first = clients[place].handles[position]
    if !self[first].isDeleted, self[first].clock < clocks.lowerBound {
      split(first, at: position, behind: clocks.lowerBound - self[first].clock)
      position += 1
    }
    while position < clients[place].handles.count {
      let handle = clients[place].handles[position]
      let item = self[handle]
      guard item.clock < clocks.upperBound else { return }
      if !item.isDeleted {
        if clocks.upperBound < item.end {
          split(handle, at: position, behind: clocks.upperBound - item.clock)
        }
        delete(handle)
      }
      position += 1
    }
  }
}

extension StructStore {
  /// Drops the contents of what the transaction deleted.
  mutating func collectGarbage() {
    for range in changes.deleted.reversed() {
      let client = Int(range.client)
      var position = clients[client].position(of: range.clock)
      while position < clients[client].handles.count {
        let handle = clients[client].handles[position]
        let item = self[handle]
        guard item.clock < range.end else { break }
        if item.isDeleted { collect(handle) }
        position += 1
      }
    }
  }

  /// An item keeps its place in its list, what is in it turns to garbage without a place.
  private mutating func collect(_ handle: ItemHandle) {
    let item = self[handle]
    guard item.kind != .gc, item.kind != .deleted else { return }
    dropContent(of: item)
    self[handle].kind = .deleted
    guard item.kind == .type else { return }
    var branches = [item.branch]
    while let branch = branches.popLast() {
      for inner in takeContents(of: branch) {
        let item = self[inner]
        if item.kind == .gc { continue }
        if item.kind == .type { branches.append(item.branch) }
        dropContent(of: item)
        self[inner] = StoredStruct(
          clock: item.clock, length: item.length, client: item.client, kind: .gc, isDeleted: true)
      }
    }
  }

  /// Empties a branch and frees it; gives its list's items and all values that its keys have had.
  private mutating func takeContents(of branch: BranchHandle) -> [ItemHandle] {
    var all: [ItemHandle] = []
    var next = self[branch].start
    while !next.isNone {
      all.append(next)
      next = self[next].right
    }
    var place = self[branch].firstEntry
    while place >= 0 {
      next = entries[place].item
      while !next.isNone {
        all.append(next)
        next = self[next].left
      }
      place = entries.remove(place)
    }
    free(branch)
    return all
  }
}

extension StructStore {
  /// Merges what the transaction made mergeable, just as Yjs does: what is merged in memory decides
  /// about the bytes of an update.
  mutating func mergeChanged() {
    for range in changes.deleted.reversed() {
      let client = Int(range.client)
      let last = clients[client].position(of: range.end - 1)
      var position = min(clients[client].handles.count - 1, last + 1)
      while position > 0, clients[client].clocks[position] >= range.clock {
        position -= 1 + mergeWithLeft(client, position)
      }
    }
    for client in changes.clients { mergeNew(Int(client)) }
    for (client, clock) in changes.mergeable.reversed() {
      let position = clients[Int(client)].position(of: clock)
      if position + 1 < clients[Int(client)].handles.count,
        mergeWithLeft(Int(client), position + 1) > 1
      {
        continue
      }
      if position > 0 { mergeWithLeft(Int(client), position) }
    }
  }

  /// Merges a client's new structs in one pass, however many they are.
  private mutating func mergeNew(_ client: Int) {
    let first = max(clients[client].position(of: clients[client].stateBefore), 1)
    var kept = first - 1
    var isFirstMerged = false
    for position in first..<max(clients[client].handles.count, first) {
      let handle = clients[client].handles[position]
      if merge(handle, into: clients[client].handles[kept]) {
        if kept == first - 1 { isFirstMerged = true }
        continue
      }
      kept += 1
      clients[client].handles[kept] = handle
      clients[client].clocks[kept] = clients[client].clocks[position]
    }
    clients[client].handles.removeSubrange((kept + 1)...)
    clients[client].clocks.removeSubrange((kept + 1)...)
    if isFirstMerged, first > 1 { mergeWithLeft(client, first - 1) }
  }

  /// Merges a struct with as many as possible to its left; gives how many that were.
  @discardableResult
  private mutating func mergeWithLeft(_ client: Int, _ position: Int) -> Int {
    var left = position
    while left > 0, merge(clients[client].handles[left], into: clients[client].handles[left - 1]) {
      left -= 1
    }
    guard left < position else { return 0 }
    clients[client].handles.removeSubrange(left + 1...position)
    clients[client].clocks.removeSubrange(left + 1...position)
    return position - left
  }

  /// Merges two structs of which the right one has the clock behind the left one's.
  private mutating func merge(_ rightHandle: ItemHandle, into leftHandle: ItemHandle) -> Bool {
    let left = self[leftHandle]
    let right = self[rightHandle]
    guard left.kind == right.kind, left.isDeleted == right.isDeleted else { return false }
    if left.kind != .gc {
      guard left.right == rightHandle,
        right.originClient == left.client, right.originClock == left.end - 1,
        left.rightOriginClient == right.rightOriginClient,
        left.rightOriginClock == right.rightOriginClock
      else { return false }
      switch left.kind {
      case .deleted: break
      case .string, .any, .json:
        guard left.start + left.length == right.start else { return false }
      default: return false
      }
      self[leftHandle].right = right.right
      if !right.right.isNone { self[right.right].left = leftHandle }
      if !right.key.isNone, entries.item(right.parent, right.key) == rightHandle {
        setEntry(right.parent, right.key, to: leftHandle)
      }
    }
    self[leftHandle].length += right.length
    free(rightHandle)
    return true
  }
}

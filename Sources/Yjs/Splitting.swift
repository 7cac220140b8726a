extension StructStore {
  /// The struct that ends with a known clock; an item that goes on is split behind it.
  mutating func structEnding(_ client: Int32, _ clock: Int) -> ItemHandle {
    let position = clients[Int(client)].position(of: clock)
    let handle = clients[Int(client)].handles[position]
    let item = self[handle]
    if clock != item.end - 1, item.kind != .gc {
      split(handle, at: position, behind: clock - item.clock + 1)
    }
    return handle
  }

  /// The struct that begins with a known clock; an item that begins before is split.
  mutating func structBeginning(_ client: Int32, _ clock: Int) -> ItemHandle {
    let position = clients[Int(client)].position(of: clock)
    let handle = clients[Int(client)].handles[position]
    let item = self[handle]
    if item.clock < clock, item.kind != .gc {
      return split(handle, at: position, behind: clock - item.clock)
    }
    return handle
  }

  /// Splits an item, which is at a position of its client's; gives the new, right one.
  @discardableResult
  mutating func split(_ handle: ItemHandle, at position: Int, behind count: Int) -> ItemHandle {
    let left = self[handle]
    var right = left
    right.clock = left.clock + count
    right.length = left.length - count
    right.originClient = left.client
    right.originClock = right.clock - 1
    right.left = handle
    switch left.kind {
    case .string:
      right.start += count
      splitPair(of: Int(left.client), at: right.start)
    case .any, .json:
      right.start += count
    default: break
    }
    let new = allocate(right)
    self[handle].length = count
    self[handle].right = new
    if right.right.isNone {
      if !right.key.isNone { setEntry(right.parent, right.key, to: new) }
    } else {
      self[right.right].left = new
    }
    clients[Int(left.client)].clocks.insert(right.clock, at: position + 1)
    clients[Int(left.client)].handles.insert(new, at: position + 1)
    changes.mergeable.append((left.client, right.clock))
    return new
  }

  /// Halves of a surrogate pair become U+FFFD, each for itself, as in Yjs.
  private mutating func splitPair(of client: Int, at start: Int) {
    guard UTF16.isLeadSurrogate(clients[client].text[start - 1]) else { return }
    clients[client].text[start - 1] = replacement
    clients[client].text[start] = replacement
  }
}

extension StructStore {
  /// Adds a struct whose dependencies are there, without the clocks that are known already.
  mutating func integrate(_ wire: WireStruct, from offset: Int, of reader: ByteReader) {
    let client = place(addingClient: wire.client)
    var new = StoredStruct(
      clock: wire.clock + offset, length: wire.length - offset, client: client, kind: wire.kind)
    if wire.kind.isItem { place(&new, as: wire, of: reader) }
    guard !new.parent.isNone else { return appendGC(new) }
    if offset > 0 {
      new.left = structEnding(client, new.clock - 1)
      new.originClient = client
      new.originClock = new.clock - 1
    }
    appendContent(of: wire, from: offset, to: &new, of: reader)
    link(new)
  }

  /// What has no place any more is kept as garbage: only that it was there.
  private mutating func appendGC(_ new: StoredStruct) {
    let garbage = StoredStruct(
      clock: new.clock, length: new.length, client: new.client, kind: .gc, isDeleted: true)
    append(allocate(garbage))
  }

  /// Finds an item's neighbours, and the type and key to which it belongs: none if that is garbage.
  private mutating func place(
    _ new: inout StoredStruct, as wire: WireStruct, of reader: ByteReader
  ) {
    if let origin = wire.origin, let client = place(ofClient: origin.client) {
      new.left = structEnding(client, origin.clock)
      new.originClient = client
      new.originClock = origin.clock
    }
    if let origin = wire.rightOrigin, let client = place(ofClient: origin.client) {
      new.right = structBeginning(client, origin.clock)
      new.rightOriginClient = client
      new.rightOriginClock = origin.clock
    }
    switch wire.parent {
    case .asOrigin:
      let neighbours = [new.left, new.right].filter { !$0.isNone }
      guard let first = neighbours.first, neighbours.allSatisfy({ self[$0].kind != .gc }) else {
        return
      }
      new.parent = self[first].parent
      new.key = self[first].key
    case .root(let name):
      new.parent = root(adding: keys.number(UnsafeRawBufferPointer(rebasing: reader.bytes[name])))
    case .item(let id):
      guard let client = place(ofClient: id.client) else { return }
      let holder = self[find(client, id.clock)]
      guard holder.kind == .type else { return }
      new.parent = holder.branch
    }
    if let key = wire.key {
      new.key = keys.number(UnsafeRawBufferPointer(rebasing: reader.bytes[key]))
    }
  }

  /// Puts an item with content into its list, and brings about what follows from that.
  @discardableResult
  mutating func link(_ item: StoredStruct) -> ItemHandle {
    var new = item
    // Where nothing is on the left: what is first of all now.
    var first = ItemHandle.none
    if new.left.isNone {
      first = new.key.isNone ? self[new.parent].start : entries.first(new.parent, new.key)
    }
    if new.left.isNone
      ? new.right.isNone || !self[new.right].left.isNone : self[new.left].right != new.right
    {
      new.left = leftNeighbour(of: new, first)
    }
    new.right = new.left.isNone ? first : self[new.left].right
    let handle = allocate(new)
    if !new.left.isNone {
      self[new.left].right = handle
    } else if new.key.isNone {
      self[new.parent].start = handle
    } else if !new.right.isNone {
      entries.setFirst(new.parent, new.key, to: handle)
    }
    if !new.right.isNone {
      self[new.right].left = handle
    } else if !new.key.isNone {
      setEntry(new.parent, new.key, to: handle)
      if !new.left.isNone { delete(new.left) }
    }
    if new.key.isNone, new.kind.isCountable { self[new.parent].length += new.length }
    append(handle)
    if new.kind == .deleted {
      self[handle].isDeleted = true
      changes.deleted.append(
        Changes.Range(client: new.client, clock: new.clock, length: new.length))
    } else if new.kind == .type {
      self[new.branch].item = handle
    }
    let holder = self[new.parent].item
    if (!holder.isNone && self[holder].isDeleted) || (!new.key.isNone && !new.right.isNone) {
      delete(handle)
    }
    return handle
  }

  /// Between an item's origins others have been put that it did not know: the one behind which it
  /// goes. This is the conflict resolution of YATA, with the changes of Yjs: of two with the same
  /// origin the lower client goes first, and nobody's text is torn apart.
  private mutating func leftNeighbour(
    of new: StoredStruct, _ first: ItemHandle
  ) -> ItemHandle {
    var left = new.left
    var other = left.isNone ? first : self[left].right
    if other.isNone || other == new.right { return left }
    if visits.count < items.count {
      visits += repeatElement(-1, count: items.count - visits.count)
    }
    let begin = visitCount
    // Items seen since the last one that went to the left of the new one.
    var conflicts = begin
    while !other.isNone, other != new.right {
      visits[other.index] = visitCount
      visitCount += 1
      let item = self[other]
      if item.originClient == new.originClient, item.originClock == new.originClock {
        if clients[Int(item.client)].client < clients[Int(new.client)].client {
          left = other
          conflicts = visitCount
        } else if item.rightOriginClient == new.rightOriginClient,
          item.rightOriginClock == new.rightOriginClock
        {
          break
        }
      } else {
        guard item.originClient >= 0 else { break }
        let origin = visits[find(item.originClient, item.originClock).index]
        if origin < begin { break }
        if origin < conflicts {
          left = other
          conflicts = visitCount
        }
      }
      other = item.right
    }
    return left
  }
}

/// Where an update has changed a document: a root, and the keys of maps from there on.
public struct ChangedPlace: Hashable, Sendable {
  /// The root's name, as UTF-8: names are not normalised.
  public var root: [UInt8]
  /// The keys on the way from the root, as UTF-8. A list has no keys: what changed in a text is told by
  /// the place of the text.
  public var keys: [[UInt8]]
  /// Who put there what is there now; nil where something was only deleted, since an update does not
  /// say who deletes.
  public var client: Int?
}

extension YDocument {
  /// Applies an update, as ``applyUpdate(_:)-([UInt8])`` does, and tells where it has changed the
  /// document: each place once, in the order in which they were found. What has waited for the update
  /// counts, too.
  ///
  /// - Parameters:
  ///   - update: the update.
  ///   - depth: how many keys of a place are told; what is deeper within counts as a change of the
  ///     place that is so deep.
  /// - Throws: ``YjsError`` where it is no update; then nothing has changed.
  public mutating func applyUpdate(
    _ update: [UInt8], tellingPlacesTo depth: Int
  ) throws(YjsError) -> [ChangedPlace] {
    try reading(update) { (bytes) throws(YjsError) in
      var places: [ChangedPlace] = []
      try store.apply(bytes) { store in places = store.changedPlaces(depth: depth) }
      return places
    }
  }
}

extension StructStore {
  /// Where the transaction that is on has changed something. To be asked before it is finished: what
  /// is deleted still knows where it was.
  fileprivate func changedPlaces(depth: Int) -> [ChangedPlace] {
    var finder = PlaceFinder(depth: depth)
    for client in changes.clients {
      let structs = clients[Int(client)]
      for handle in structs.handles[structs.position(of: structs.stateBefore)...] {
        finder.add(handle, isNew: true, in: self)
      }
    }
    for range in changes.deleted {
      let structs = clients[Int(range.client)]
      for handle in structs.handles[structs.position(of: range.clock)...] {
        if self[handle].clock >= range.end { break }
        finder.add(handle, isNew: false, in: self)
      }
    }
    return finder.changed.sorted { $0.key < $1.key }.map { place, client in
      finder.place(place, client: client.map { clients[Int($0)].client }, in: self)
    }
  }
}

/// Finds the places of items; each branch's once.
private struct PlaceFinder {
  /// A node of the tree of places: a key behind another place, or a root.
  struct Node: Hashable {
    var parent: Int
    var key: Key
    var depth: Int
  }

  let depth: Int
  private var nodes: [Node] = []
  private var numbers: [Node: Int] = [:]
  private var branches: [BranchHandle: Int] = [:]
  /// Who has changed a place, by the place's node.
  private(set) var changed: [Int: Int32?] = [:]

  init(depth: Int) { self.depth = depth }

  mutating func add(_ handle: ItemHandle, isNew: Bool, in store: StructStore) {
    let item = store[handle]
    guard !item.parent.isNone, let place = place(of: item, in: store) else { return }
    // Of two values for one key the one that is there counts.
    let isThere = isNew && !item.isDeleted
    if isThere {
      changed[place] = .some(item.client)
    } else if changed[place] == nil {
      changed[place] = .some(nil)
    }
  }

  private mutating func place(of item: StoredStruct, in store: StructStore) -> Int? {
    guard let holder = place(of: item.parent, in: store) else { return nil }
    return item.key.isNone ? holder : node(item.key, behind: holder)
  }

  /// The place of a branch. Not by recursion: types may be nested as deep as an update is long.
  private mutating func place(of branch: BranchHandle, in store: StructStore) -> Int? {
    var waiting: [BranchHandle] = []
    var next = branch
    while branches[next] == nil {
      let holder = store[next].item
      if holder.isNone {
        branches[next] = node(store[next].name, behind: -1)
        break
      }
      waiting.append(next)
      next = store[holder].parent
      if next.isNone { return nil }
    }
    while let inner = waiting.popLast() {
      let holder = store[store[inner].item]
      guard let outer = branches[holder.parent] else { return nil }
      branches[inner] = holder.key.isNone ? outer : node(holder.key, behind: outer)
    }
    return branches[branch]
  }

  private mutating func node(_ key: Key, behind parent: Int) -> Int {
    let depth = parent < 0 ? 0 : nodes[parent].depth + 1
    if depth > self.depth { return parent }
    let node = Node(parent: parent, key: key, depth: depth)
    if let known = numbers[node] { return known }
    nodes.append(node)
    numbers[node] = nodes.count - 1
    return nodes.count - 1
  }

  func place(_ number: Int, client: Int?, in store: StructStore) -> ChangedPlace {
    var names: [[UInt8]] = []
    var next = number
    while next >= 0 {
      names.append(Array(store.keys[nodes[next].key]))
      next = nodes[next].parent
    }
    let root = names.removeLast()
    return ChangedPlace(root: root, keys: names.reversed(), client: client)
  }
}

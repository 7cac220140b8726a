/// What a document consists of.
struct StructStore: Sendable {
  var items: [StoredStruct] = []
  private var firstFreeItem = ItemHandle.none
  var clients: [ClientStructs] = []
  private var clientPlaces: [Int: Int32] = [:]
  private(set) var branches: [Branch] = []
  private var freeBranches: [BranchHandle] = []
  private(set) var roots: [BranchHandle] = []
  private var rootPlaces: [Key: BranchHandle] = [:]
  var keys = KeyTable()
  var entries = MapEntries()
  var changes = Changes()
  var pending = PendingUpdates()
  var pendingDeletions = PendingDeletions()
  /// When an item was last looked at for a conflict, by its place.
  var visits: [Int] = []
  var visitCount = 0

  subscript(item: ItemHandle) -> StoredStruct {
    get { items[item.index] }
    _modify { yield &items[item.index] }
  }

  subscript(branch: BranchHandle) -> Branch {
    get { branches[branch.index] }
    _modify { yield &branches[branch.index] }
  }

  // MARK: Clients

  func place(ofClient client: Int) -> Int32? {
    if let first = clients.first, first.client == client { return 0 }
    return clientPlaces[client]
  }

  mutating func place(addingClient client: Int) -> Int32 {
    if let known = place(ofClient: client) { return known }
    let place = Int32(truncatingIfNeeded: clients.count)
    clients.append(ClientStructs(client: client))
    clientPlaces[client] = place
    return place
  }

  func state(ofClient client: Int) -> Int {
    place(ofClient: client).map { clients[Int($0)].state } ?? 0
  }

  // MARK: Items

  mutating func allocate(_ item: StoredStruct) -> ItemHandle {
    guard !firstFreeItem.isNone else {
      items.append(item)
      return ItemHandle(raw: Int32(items.count - 1))
    }
    let handle = firstFreeItem
    firstFreeItem = self[handle].right
    self[handle] = item
    return handle
  }

  mutating func free(_ handle: ItemHandle) {
    self[handle].right = firstFreeItem
    firstFreeItem = handle
  }

  /// Adds a struct behind all others of its client.
  mutating func append(_ handle: ItemHandle) {
    let client = Int(self[handle].client)
    let item = self[handle]
    if clients[client].stateBefore < 0 {
      clients[client].stateBefore = clients[client].state
      changes.clients.append(item.client)
    }
    clients[client].clocks.append(item.clock)
    clients[client].handles.append(handle)
    clients[client].state = item.end
  }

  /// The struct that covers a known clock.
  func find(_ client: Int32, _ clock: Int) -> ItemHandle {
    clients[Int(client)].handles[clients[Int(client)].position(of: clock)]
  }

  // MARK: Branches

  mutating func allocate(_ branch: Branch) -> BranchHandle {
    guard let handle = freeBranches.popLast() else {
      branches.append(branch)
      return BranchHandle(raw: Int32(branches.count - 1))
    }
    let generation = self[handle].generation
    self[handle] = branch
    self[handle].generation = generation
    return handle
  }

  mutating func free(_ branch: BranchHandle) {
    let generation = self[branch].generation &+ 1
    self[branch] = Branch()
    self[branch].generation = generation
    freeBranches.append(branch)
  }

  /// A root's branch, if anyone has named it.
  func root(_ name: String) -> BranchHandle? {
    keys.find(name).flatMap { rootPlaces[$0] }
  }

  mutating func root(adding name: Key) -> BranchHandle {
    if let known = rootPlaces[name] { return known }
    let root = allocate(Branch(name: name))
    rootPlaces[name] = root
    roots.append(root)
    return root
  }

  // MARK: Map entries

  mutating func setEntry(_ branch: BranchHandle, _ key: Key, to item: ItemHandle) {
    guard let new = entries.set(branch, key, to: item) else { return }
    let last = self[branch].lastEntry
    if last >= 0 { entries.link(last, to: new) } else { self[branch].firstEntry = new }
    self[branch].lastEntry = new
  }

  func forEachEntry(_ branch: BranchHandle, _ body: (Key, ItemHandle) -> Void) {
    var place = self[branch].firstEntry
    while place >= 0 {
      let entry = entries[place]
      body(entry.key, entry.item)
      place = entry.next
    }
  }
}

/// What the transaction that is on has done.
struct Changes: Sendable {
  struct Range: Sendable {
    var client: Int32
    var clock: Int
    var length: Int
    var end: Int { clock + length }
  }

  var deleted: [Range] = []
  /// Structs that might merge with a neighbour, beyond those that are new or deleted.
  var mergeable: [(client: Int32, clock: Int)] = []
  /// The clients that have new structs.
  var clients: [Int32] = []

  /// Sorts what was deleted, and joins what touches.
  mutating func sortDeleted() {
    if deleted.count < 2 { return }
    deleted.sort { ($0.client, $0.clock) < ($1.client, $1.clock) }
    var last = 0
    for next in deleted[1...] {
      if deleted[last].client == next.client, deleted[last].end >= next.clock {
        deleted[last].length = max(deleted[last].end, next.end) - deleted[last].clock
      } else {
        last += 1
        deleted[last] = next
      }
    }
    deleted.removeSubrange((last + 1)...)
  }
}

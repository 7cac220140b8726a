/// Changes that a document makes itself, which become one update.
public struct YTransaction: ~Copyable {
  private(set) var client: Int32 = 0
  var store = StructStore()

  /// Takes the store of a document, and leaves an empty one. It is never copied: that would take as
  /// long as the document is large.
  init(taking taken: inout StructStore, clientID: Int) {
    swap(&store, &taken)
    client = store.place(addingClient: clientID)
  }

  /// Gives the store back.
  mutating func give(to other: inout StructStore) { swap(&store, &other) }

  /// An operation that the document does not allow.
  public enum Failure: Error, Hashable, Sendable {
    /// The type has been deleted, or belongs to another document.
    case noSuchType
    /// The index, or the end of the range, is behind the end.
    case outOfRange(length: Int)
  }

  /// The branch of a type; a root is made where it is not there yet.
  mutating func branch(_ type: SharedType) throws(Failure) -> BranchHandle {
    if let known = store.branch(type) { return known }
    guard case .root(let name) = type.place else { throw .noSuchType }
    return store.root(adding: store.keys.number(name))
  }

  /// An item behind all that the client has made so far.
  func next(_ kind: StructKind, length: Int = 1) -> StoredStruct {
    StoredStruct(
      clock: store.clients[Int(client)].state, length: length, client: client, kind: kind)
  }

  /// Puts an item between two others.
  @discardableResult
  mutating func insert(
    _ item: consuming StoredStruct, between left: ItemHandle, and right: ItemHandle,
    in branch: BranchHandle
  ) -> ItemHandle {
    if !left.isNone {
      item.originClient = store[left].client
      item.originClock = store[left].end - 1
    }
    if !right.isNone {
      item.rightOriginClient = store[right].client
      item.rightOriginClock = store[right].clock
    }
    item.left = left
    item.right = right
    item.parent = branch
    return store.link(item)
  }
}

extension YDocument {
  /// Changes the document. Gives the update that makes the same change elsewhere; nil when there was
  /// no change.
  ///
  /// - Throws: What the body throws. The changes up to there stay; they are in
  ///   ``encodeStateAsUpdate(from:)`` from the state before.
  @discardableResult
  public mutating func transact<Failure: Error>(
    _ body: (inout YTransaction) throws(Failure) -> Void
  ) throws(Failure) -> [UInt8]? {
    var transaction = YTransaction(taking: &store, clientID: clientID)
    let result: Result<Void, Failure>
    do throws(Failure) {
      try body(&transaction)
      result = .success(())
    } catch {
      result = .failure(error)
    }
    transaction.give(to: &store)
    store.finishChanges()
    let update = store.encodeChanges()
    store.forgetChanges()
    try result.get()
    return update
  }
}

extension StructStore {
  /// The update of the transaction that is on; nil if it has changed nothing.
  func encodeChanges() -> [UInt8]? {
    if changes.clients.isEmpty, changes.deleted.isEmpty { return nil }
    let deleted = changes.deleted.map {
      DeleteSet.Range(client: clients[Int($0.client)].client, clock: $0.clock, length: $0.length)
    }
    return encode(
      changes.clients.lazy.map { clients[Int($0)] }, from: { $0.stateBefore },
      deleting: DeleteSet(deleted))
  }
}

extension YTransaction {
  /// The shared type that is the value of a map's key; nil when there is none.
  public func type(_ key: String, in map: SharedType) -> SharedType? {
    guard let branch = store.branch(map), let key = store.keys.find(key) else { return nil }
    let handle = store.entries.item(branch, key)
    guard !handle.isNone, !store[handle].isDeleted, store[handle].kind == .type else { return nil }
    return store.sharedType(store[handle].branch)
  }

  /// How many characters or elements a text or array has.
  public func length(of type: SharedType) -> Int {
    store.branch(type).map { store[$0].length } ?? 0
  }
}

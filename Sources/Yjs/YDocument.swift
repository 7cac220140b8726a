/// A Yjs document: a value, which is changed by updates of others and by transactions of its own.
///
/// Updates may come in any order and more than once; documents that got the same updates are equal.
/// What an update needs and has not come yet is waited for. A copy is independent of the original.
///
/// Memory: applying an update of *n* bytes takes less than 256 · *n* bytes, the document's growth
/// included; a count in an update takes nothing before what it counts is there. Time: linear, but for
/// what was put in the same place without knowledge of each other, where each is compared with all.
///
/// Unlike Yjs this removes no formats that have become idle by updates of others, and keeps JSON texts
/// as they came.
public struct YDocument: Sendable {
  /// Who makes the changes of this document's own transactions: unique among all that change a
  /// document at the same time, below 2⁵³. Yjs takes a random number of 32 bits, and another one when
  /// an update brings changes of the same client.
  public var clientID: Int {
    didSet { clientID = Self.valid(clientID) }
  }
  var store = StructStore()

  /// An empty document.
  public init(clientID: Int) {
    self.clientID = Self.valid(clientID)
  }

  private static func valid(_ client: Int) -> Int { min(max(client, 0), ByteReader.maximum) }

  /// Applies an update of version 1. What depends on missing structs waits until they come.
  ///
  /// - Throws: ``YjsError`` where it is no update; then nothing has changed.
  public mutating func applyUpdate(_ update: [UInt8]) throws(YjsError) {
    try reading(update) { (bytes) throws(YjsError) in try store.apply(bytes) }
  }

  /// Applies an update that lies in memory.
  ///
  /// - Throws: ``YjsError`` where it is no update; then nothing has changed.
  public mutating func applyUpdate(_ update: UnsafeRawBufferPointer) throws(YjsError) {
    try store.apply(update)
  }

  /// How much is known of each client.
  public var stateVector: StateVector { store.stateVector }

  /// The state vector, as bytes.
  public func encodeStateVector() -> [UInt8] { stateVector.encoded }

  /// All that is deleted.
  public var deleteSet: DeleteSet { store.deleteSet }

  /// The update that brings another document from a state to this one's: the whole document where
  /// the state is empty. What waits for missing structs is in it.
  public func encodeStateAsUpdate(from state: StateVector = StateVector()) -> [UInt8] {
    let known = store.encode(
      store.clients, from: { state[$0.client] }, deleting: store.deleteSet)
    if !hasPending { return known }
    var updates = [known]
    if !store.pendingDeletions.isEmpty {
      var deletions = UpdateWriter()
      updates.append(deletions.finish(deleting: store.pendingDeletions.deleteSet))
    }
    // What is pending has been read before, and our own updates can be read. Of what is known by now
    // nothing else may be said.
    var told = stateVector
    for (client, clock) in state.clocks { told[client] = max(told[client], clock) }
    if !store.pending.isEmpty, let pending = try? mergeUpdates(store.pending.all),
      let part = try? diffUpdate(pending, from: told)
    {
      updates.append(part)
    }
    return (try? mergeUpdates(updates)) ?? known
  }

  /// Whether structs or deletions wait for structs that have not come.
  public var hasPending: Bool { !store.pending.isEmpty || !store.pendingDeletions.isEmpty }

  /// For which structs something waits: the first of each client.
  public var missing: [ID] { store.pending.missing }
}

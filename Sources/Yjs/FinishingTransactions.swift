extension StructStore {
  /// Ends a transaction as Yjs does: garbage is dropped, neighbours are merged.
  mutating func finishChanges() {
    changes.sortDeleted()
    collectGarbage()
    mergeChanged()
  }

  /// Forgets the changes, which have been finished, and frees what they made needless.
  mutating func forgetChanges() {
    for client in changes.clients { clients[Int(client)].stateBefore = -1 }
    var last: Int32 = -1
    for range in changes.deleted where range.client != last {
      last = range.client
      compact(Int(last))
    }
    changes.clients.removeAll(keepingCapacity: true)
    changes.deleted.removeAll(keepingCapacity: true)
    changes.mergeable.removeAll(keepingCapacity: true)
  }
}

extension StructStore {
  /// Applies an update in one transaction; what depends on missing structs waits for them.
  ///
  /// All errors are found before anything changes.
  ///
  /// - Parameter look: gets the document as the update has changed it, before the transaction is
  ///   finished.
  mutating func apply(
    _ update: UnsafeRawBufferPointer, look: ((borrowing StructStore) -> Void)? = nil
  ) throws(YjsError) {
    let scan = try UpdateScan(update)
    // A struct takes two bytes or more, as does a deletion, which makes at most two by splitting.
    guard items.count + update.count + pending.byteCount < Int32.max else {
      throw YjsError(.documentTooLarge, at: 0)
    }
    integrate(scan, of: update)
    integratePending()
    look?(self)
    finishChanges()
    forgetChanges()
  }

  private mutating func integrate(_ scan: UpdateScan, of bytes: UnsafeRawBufferPointer) {
    integrateStructs(scan.sections, of: bytes)
    var deletions = ByteReader(bytes, scan.deletions)
    try? deletions.deleteSet { client, clock, length in
      delete(client, clock..<clock + length)
    }
  }

  /// Deletes what is known of these clocks; the rest is deleted once it comes.
  private mutating func delete(_ client: Int, _ clocks: Range<Int>) {
    let state = state(ofClient: client)
    if state < clocks.upperBound {
      pendingDeletions.add(client, max(state, clocks.lowerBound)..<clocks.upperBound)
    }
    if clocks.lowerBound < state, let place = place(ofClient: client) {
      delete(place, clocks.lowerBound..<min(state, clocks.upperBound))
    }
  }

  /// Takes up what waited for what the transaction has added, until nothing more comes of it.
  private mutating func integratePending() {
    while let update = takeDueUpdate() {
      try? reading(update) { (bytes) throws(YjsError) in
        integrate(try UpdateScan(bytes), of: bytes)
      }
    }
    if pendingDeletions.isEmpty { return }
    for client in changes.clients.map({ clients[Int($0)] }) {
      while let clocks = pendingDeletions.takeDue(client.client, state: client.state) {
        delete(client.client, clocks)
      }
    }
  }

  private mutating func takeDueUpdate() -> [UInt8]? {
    if pending.isEmpty { return nil }
    for place in changes.clients {
      let (client, state) = (clients[Int(place)].client, clients[Int(place)].state)
      if let update = pending.takeDue(client, state: state) { return update }
    }
    return nil
  }
}

/// What an update has beyond a state, without a document: Yjs's `diffUpdate`.
///
/// Deletions stay whole, since a state vector says nothing of them.
///
/// - Throws: ``YjsError`` where it is no update.
public func diffUpdate(
  _ update: [UInt8], from state: StateVector
) throws(YjsError) -> [UInt8] {
  try reading(update) { (bytes) throws(YjsError) in
    let scan = try UpdateScan(bytes)
    var writer = UpdateWriter()
    var deletions = ByteReader(bytes, scan.deletions)
    for section in scan.sections {
      var cursor = section
      let known = state[section.client]
      var isWriting = false
      while let next = try cursor.next() {
        // What is written begins with something, and keeps its gaps from there on.
        if isWriting || (next.kind != .skip && next.end > known) {
          writer.append(next, from: isWriting ? 0 : max(known - next.clock, 0), of: bytes)
          isWriting = true
        }
      }
    }
    return writer.finish(deleting: DeleteSet(try deletions.deletedRanges()))
  }
}

/// The state that a document has to which nothing but this update was applied: Yjs's
/// `encodeStateVectorFromUpdate`, decoded. What lies behind a gap does not count.
///
/// - Throws: ``YjsError`` where it is no update.
public func stateVector(ofUpdate update: [UInt8]) throws(YjsError) -> StateVector {
  try reading(update) { (bytes) throws(YjsError) in
    var state = StateVector()
    for section in try UpdateScan(bytes).sections {
      var cursor = section
      while let next = try cursor.next(), next.kind != .skip, next.clock <= state[next.client] {
        state[next.client] = max(state[next.client], next.end)
      }
    }
    return state
  }
}

/// The state vector of an update, as bytes: Yjs's `encodeStateVectorFromUpdate`.
///
/// - Throws: ``YjsError`` where it is no update.
public func encodeStateVectorFromUpdate(_ update: [UInt8]) throws(YjsError) -> [UInt8] {
  try stateVector(ofUpdate: update).encoded
}

/// The clocks that an update has of each client, from the first to behind the last, gaps included:
/// Yjs's `parseUpdateMeta`.
///
/// - Throws: ``YjsError`` where it is no update.
public func clockRanges(ofUpdate update: [UInt8]) throws(YjsError) -> [Int: Range<Int>] {
  try reading(update) { (bytes) throws(YjsError) in
    var ranges: [Int: Range<Int>] = [:]
    for section in try UpdateScan(bytes).sections {
      var cursor = section
      while try cursor.next() != nil {}
      if cursor.clock == section.clock { continue }
      let known = ranges[section.client] ?? section.clock..<section.clock
      ranges[section.client] =
        min(known.lowerBound, section.clock)..<max(known.upperBound, cursor.clock)
    }
    return ranges
  }
}

/// What an update deletes.
///
/// - Throws: ``YjsError`` where it is no update.
public func deleteSet(ofUpdate update: [UInt8]) throws(YjsError) -> DeleteSet {
  try reading(update) { (bytes) throws(YjsError) in
    var deletions = ByteReader(bytes, try UpdateScan(bytes).deletions)
    return DeleteSet(try deletions.deletedRanges())
  }
}

import Yjs

/// An update is read or refused, in the same way by all that read one; what is applied can be written,
/// read, applied again and changed.
///
/// The input: updates, each behind its size in two bytes, lowest first.
func fuzzYjs(_ input: UnsafeRawBufferPointer) {
  var choices = Choices(input)
  var document = YDocument(clientID: 1)
  var applied: [[UInt8]] = []
  while !choices.rest.isEmpty {
    let size = Int(choices.byte()) | Int(choices.byte()) << 8
    let update = choices.bytes(size)
    let before = document.stateVector
    let result = result { () throws(YjsError) in try document.applyUpdate(update) }
    checkReading(update, result.map { _ in () })
    require(document.stateVector.includes(before), "a state that goes back")
    guard result.value != nil else {
      require(document.stateVector == before, "a refused update has changed something")
      continue
    }
    applied.append(update)
    checkAgain(document, update)
  }
  checkState(document)
  checkWriting(document)
  let merged = mustSucceed("merging") { () throws(YjsError) in try mergeUpdates(applied) }
  var other = YDocument(clientID: 1)
  mustSucceed("applying what was merged") { () throws(YjsError) in try other.applyUpdate(merged) }
  checkState(other)
}

/// All functions that read updates agree on whether it is one.
private func checkReading(_ update: [UInt8], _ result: Result<Void, YjsError>) {
  func same(_ other: Result<some Any, YjsError>, _ what: String) {
    switch (result, other) {
    case (.success, .success): return
    case (.failure(let error), .failure(let second)) where error == second: return
    default: fatalError("broken: applying: \(result), \(what): \(other)")
    }
  }
  same(fuzz.result { () throws(YjsError) in try Update(decoding: update) }, "decoding")
  same(fuzz.result { () throws(YjsError) in try mergeUpdates([update, [0, 0]]) }, "merging")
  same(fuzz.result { () throws(YjsError) in try stateVector(ofUpdate: update) }, "its state")
  same(fuzz.result { () throws(YjsError) in try clockRanges(ofUpdate: update) }, "its clocks")
  let diff = fuzz.result { () throws(YjsError) in try diffUpdate(update, from: StateVector()) }
  same(diff, "the difference")
  if let diff = diff.value {
    mustSucceed("reading a difference") { () throws(YjsError) in _ = try Update(decoding: diff) }
  }
}

/// Applied twice it is as if applied once.
private func checkAgain(_ document: YDocument, _ update: [UInt8]) {
  var again = document
  mustSucceed("applying again") { () throws(YjsError) in try again.applyUpdate(update) }
  require(again.stateVector == document.stateVector, "applied again it adds something")
  require(again.deleteSet == document.deleteSet, "applied again it deletes something")
}

/// The state can be read, whole and in part; another document comes to know as much.
private func checkState(_ document: YDocument) {
  let state = document.encodeStateAsUpdate()
  var other = YDocument(clientID: 2)
  mustSucceed("applying the state") { () throws(YjsError) in try other.applyUpdate(state) }
  require(other.stateVector.includes(document.stateVector), "the state is not complete")
  if !document.hasPending {
    require(other.stateVector == document.stateVector, "the state says too much")
    // Of text among a map's values, which nobody writes, another part may be the current one.
    let deleted = other.deleteSet
    require(deleted.union(document.deleteSet) == deleted, "the state does not delete all")
  }
  var half = StateVector()
  for (client, clock) in document.stateVector.clocks { half[client] = clock / 2 }
  let part = document.encodeStateAsUpdate(from: half)
  mustSucceed("reading a part") { () throws(YjsError) in _ = try Update(decoding: part) }
  for name in document.rootNames {
    _ = document.text(name).runs
    _ = document.array(name).elements.count
    let map = document.map(name)
    for key in map.keys { require(map[key] != nil, "a key without a value") }
    require(map.count == map.keys.count, "keys")
  }
}

/// Own changes give an update that can be read.
private func checkWriting(_ document: YDocument) {
  var document = document
  guard document.stateVector[1] < 1 << 52 else { return }
  let names = document.rootNames + ["new"]
  let update = document.transact { transaction in
    for name in names {
      let root = SharedType.root(name)
      let length = transaction.length(of: root)
      try? transaction.insert("a😀", at: length / 2, in: root)
      try? transaction.delete(length / 3..<length / 2, in: root)
      try? transaction.set("k", to: .number(1), in: root)
      if let map = try? transaction.setMap("k", in: root) {
        _ = try? transaction.setText("t", to: "text", in: map)
      }
      try? transaction.remove("k", in: root)
    }
  }
  require(update != nil, "an update of what was done")
  if let update {
    mustSucceed("reading our update") { () throws(YjsError) in _ = try Update(decoding: update) }
  }
  checkState(document)
}

import InstProtocol
import JSONText

extension MessageScan {
  /// Whether an `repo/add_updates` is as clients write it: every field of the right type, so that
  /// nothing needs another look. What is not may still be right.
  func isPlainAddUpdates(in frame: UnsafeRawBufferPointer) -> Bool {
    guard updates != nil, !updatesHaveEscapes, inst?.kind == .string, branch?.kind == .string,
      timestamps == nil, initial == nil || initial?.kind == .boolean
    else { return false }
    if let updateID {
      guard number(updateID, in: frame) != nil else { return false }
    }
    guard let recordName else { return false }
    if recordName.kind == .null { return true }
    // Neither empty, nor a record key, which stands for another name.
    guard let name = recordName.string, name.count > 0, !name.hasEscapes else { return false }
    return frame[name.start] != UInt8(ascii: "v")
  }

  /// The number that stands at a range, if one does, within the range of a `Double`.
  func number(_ range: JSONRange, in frame: UnsafeRawBufferPointer) -> JSONNumber? {
    guard range.kind == .number else { return nil }
    let number = JSONNumber(String(decoding: range.bytes(in: frame), as: UTF8.self))
    // So short a text without an exponent cannot be out of range.
    if range.count < 18, range.bytes(in: frame).allSatisfy({ $0 | 0x20 != UInt8(ascii: "e") }) {
      return number
    }
    return number?.double.isFinite == true ? number : nil
  }
}

extension InstServerCore {
  /// Adds updates whose message is written in another way than usual, by writing it in that one.
  mutating func addUpdates(
    _ request: AddUpdates, _ client: ClientID, now: Int64, effects: inout [Effect]
  ) {
    guard mayAdd(to: request.address, client, effects: &effects) else { return }
    let plain = AddUpdates(
      resolved(request.address), updates: request.updates, updateID: request.updateID)
    var writer = JSONWriter()
    do throws(DialectError) {
      try Envelope.message(id: -1, ClientMessage.addUpdates(plain)).write(to: &writer)
    } catch { return }
    let size = request.updates.reduce(0) { $0 + $1.utf8.count }
    writer.withUnsafeBytes { frame in
      guard let scan = try? MessageScan(frame) else { return }
      add(scan, size: size, to: plain.address, in: frame, from: client, now: now, effects: &effects)
    }
  }

  /// Adds updates whose message is written as usual.
  ///
  /// - Parameters:
  ///   - scan: An `repo/add_updates` of which all fields are right.
  ///   - size: The length of the updates together, in bytes of base64.
  mutating func addUpdates(
    _ scan: MessageScan, size: Int, in frame: UnsafeRawBufferPointer, from client: ClientID,
    now: Int64, effects: inout [Effect]
  ) {
    guard let address = scan.address(in: frame), mayAdd(to: address, client, effects: &effects)
    else { return }
    add(scan, size: size, to: address, in: frame, from: client, now: now, effects: &effects)
  }

  /// Whether a client may add to a branch. It is told when it may not; when it may, the inst is made.
  private mutating func mayAdd(
    to address: BranchAddress, _ client: ClientID, effects: inout [Effect]
  ) -> Bool {
    guard requireLogin(client, about: address, effects: &effects) != nil else { return false }
    var denial = refusalOfPublicInst(address)
    denial?.address = address
    denial = denial ?? refusal(of: .addUpdates, on: address, client)
    if let denial {
      send(error: denial, id: -1, to: client, effects: &effects)
      return false
    }
    let inst = resolved(address).instAddress
    authority?.makeInst(inst, markers: [])
    return true
  }

  /// Stores updates, relays them to all other watchers, and acknowledges them, in this order.
  private mutating func add(
    _ scan: MessageScan, size: Int, to address: BranchAddress, in frame: UnsafeRawBufferPointer,
    from client: ClientID, now: Int64, effects: inout [Effect]
  ) {
    guard let updates = scan.updates?.bytes(in: frame) else { return }
    if scan.updateCount > 0 {
      let memory = UpdateList.memory(text: updates.count, count: scan.updateCount)
      if let limit = limitReached(by: size, memory: memory, in: address) {
        let updateID = scan.updateID.flatMap { scan.number($0, in: frame) }
        return refuse(limit, updateID: updateID, of: address, client, effects: &effects)
      }
      append(updates, count: scan.updateCount, size: size, to: address, at: now)
      if configuration.storesUpdates, branches[address]?.isTemporary == false {
        let record = StoredUpdates(
          address: address, updates: RawJSON(scanned: updates), timestamp: now)
        effects.append(.store(record))
      }
      relay(scan, in: frame, to: address, except: client, effects: &effects)
    }
    if scan.updateID != nil {
      effects.append(.send(client, scan.frame(.acknowledgement, id: messageID, from: frame)))
    }
  }

  mutating func restoreUpdates(_ record: StoredUpdates) {
    record.updates.bytes.withUnsafeBytes { array in
      var cursor = JSONCursor(array)
      var count = 0
      var size = 0
      do throws(JSONError) {
        try cursor.beginArray()
        while try cursor.nextElement() {
          let update = try cursor.readString()
          count += 1
          size += update.hasEscapes ? update.decoded(in: array).utf8.count : update.count
        }
      } catch { return }
      guard count > 0 else { return }
      authority?.makeInst(record.address.instAddress, markers: [])
      append(array, count: count, size: size, to: record.address, at: record.timestamp)
    }
  }

  private mutating func append(
    _ array: UnsafeRawBufferPointer, count: Int, size: Int, to address: BranchAddress,
    at time: Int64
  ) {
    insts[address.instAddress, default: InstUsage()].bytes += size
    usedBytes += branches[address, default: Branch(isTemporary: false)]
      .updates.append(array, count: count, size: size, at: time)
  }

  /// The limit that updates would go over, and what they would need.
  private func limitReached(
    by size: Int, memory: Int, in address: BranchAddress
  ) -> SizeLimit? {
    let needed = (insts[address.instAddress]?.bytes ?? 0) + size
    if let maximum = configuration.maxInstBytes, needed > maximum {
      return SizeLimit(maximum: maximum, needed: needed)
    }
    let total = usedBytes + memory
    guard total > configuration.maxTotalBytes else { return nil }
    return SizeLimit(maximum: configuration.maxTotalBytes, needed: total)
  }

  /// Refuses updates that there is no room for. In the documented dialect an acknowledgement says
  /// nothing of that, so there it is an error event.
  private func refuse(
    _ limit: SizeLimit, updateID: JSONNumber?, of address: BranchAddress, _ client: ClientID,
    effects: inout [Effect]
  ) {
    switch configuration.dialect {
    case .deployed:
      let refusal = UpdatesReceived(
        address, updateID: updateID, errorCode: .maxSizeReached,
        maxBranchSizeInBytes: JSONNumber(limit.maximum),
        neededBranchSizeInBytes: JSONNumber(limit.needed))
      send(.updatesReceived(refusal), to: client, effects: &effects)
    case .documented:
      let error = ErrorInfo(
        errorCode: .maxSizeReached,
        errorMessage: "\(limit.needed) bytes are more than the \(limit.maximum) that may be.",
        address: address)
      send(error: error, id: -1, to: client, effects: &effects)
    }
  }

  private func relay(
    _ scan: MessageScan, in frame: UnsafeRawBufferPointer, to address: BranchAddress,
    except client: ClientID, effects: inout [Effect]
  ) {
    guard let watchers = branches[address]?.watchers else { return }
    guard watchers.contains(where: { $0.client != client }) else { return }
    let copy = scan.frame(.relay, id: messageID, from: frame)
    for watcher in watchers where watcher.client != client {
      effects.append(.send(watcher.client, copy))
    }
  }
}

/// A size that updates would go over, in bytes.
private struct SizeLimit {
  var maximum: Int
  var needed: Int
}

extension MessageScan {
  /// The frames that follow from an `repo/add_updates`.
  fileprivate enum Consequence {
    /// The updates for another watcher.
    case relay
    /// The acknowledgement for the sender.
    case acknowledgement
  }

  /// A frame put together from parts of the one that was scanned, as they are written there.
  fileprivate func frame(
    _ consequence: Consequence, id: JSONNumber, from frame: UnsafeRawBufferPointer
  ) -> [UInt8] {
    let last = consequence == .relay ? updates : updateID
    var text: [UInt8] = []
    text.reserveCapacity(frame.count + 64)
    func append(_ name: StaticString, _ range: JSONRange?) {
      text.append(contentsOf: name.bytes)
      if let range { text.append(contentsOf: range.bytes(in: frame)) }
    }
    append("[1,", nil)
    text.append(contentsOf: id.description.utf8)
    switch consequence {
    case .relay: append(#",{"type":"repo/add_updates","recordName":"#, recordName)
    case .acknowledgement: append(#",{"type":"repo/updates_received","recordName":"#, recordName)
    }
    append(#","inst":"#, inst)
    append(#","branch":"#, branch)
    append(consequence == .relay ? #","updates":"# : #","updateId":"#, last)
    append("}]", nil)
    return text
  }
}

extension StaticString {
  /// The UTF-8 of the literal, which lives as long as the program.
  fileprivate var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
  }
}

extension YTransaction {
  /// Inserts text at a place, which counts UTF-16 code units; formatted as what is before it.
  ///
  /// - Throws: ``Failure/noSuchType``, or ``Failure/outOfRange(length:)`` for an index behind the end.
  public mutating func insert(
    _ text: String, at index: Int, in type: SharedType
  ) throws(Failure) {
    let branch = try branch(type)
    let length = store[branch].length
    guard (0...length).contains(index) else { throw .outOfRange(length: length) }
    let start = store.clients[Int(client)].text.count
    store.clients[Int(client)].text += text.utf16
    let count = store.clients[Int(client)].text.count - start
    if count == 0 { return }
    var position = TextPosition(store, branch)
    position.forward(index, &store)
    position.skipWhatChangesNothing(store)
    var item = next(.string, length: count)
    item.start = start
    insert(item, between: position.left, and: position.right, in: branch)
  }

  /// Deletes what is in a range of UTF-16 code units: text, and embedded objects. Formats that have
  /// no effect any more are deleted with it.
  ///
  /// - Throws: ``Failure/noSuchType``, or ``Failure/outOfRange(length:)`` for a range beyond the text.
  public mutating func delete(_ range: Range<Int>, in type: SharedType) throws(Failure) {
    let branch = try branch(type)
    let length = store[branch].length
    guard range.lowerBound >= 0, range.upperBound <= length else {
      throw .outOfRange(length: length)
    }
    if range.isEmpty { return }
    var position = TextPosition(store, branch)
    position.forward(range.lowerBound, &store)
    let first = position
    position.delete(range.count, &store)
    first.deleteIdleFormats(upTo: position, &store)
  }
}

/// A place in a text, and the formats that are in force there.
private struct TextPosition {
  private(set) var left = ItemHandle.none
  private(set) var right: ItemHandle
  private var attributes: [[UInt8]: [UInt8]] = [:]

  init(_ store: StructStore, _ branch: BranchHandle) {
    right = store[branch].start
  }

  private mutating func step(_ store: StructStore) {
    if let format = format(store, right) { Self.apply(format, to: &attributes) }
    left = right
    right = store[right].right
  }

  /// The value of a format that is not deleted; nil for other items.
  private func format(_ store: StructStore, _ item: ItemHandle) -> (name: [UInt8], value: [UInt8])?
  {
    store[item].isDeleted ? nil : store.format(store[item])
  }

  private static let null = Array("null".utf8)

  private static func apply(
    _ format: (name: [UInt8], value: [UInt8]), to attributes: inout [[UInt8]: [UInt8]]
  ) {
    attributes[format.name] = format.value == null ? nil : format.value
  }

  /// Goes over so many characters, and splits the item in which they end.
  mutating func forward(_ count: Int, _ store: inout StructStore) {
    var rest = count
    while !right.isNone, rest > 0 {
      let item = store[right]
      if !item.isDeleted, item.kind.isCountable {
        if rest < item.length { _ = store.structBeginning(item.client, item.clock + rest) }
        rest -= store[right].length
      }
      step(store)
    }
  }

  /// Goes over deleted items, and over formats that are in force anyway.
  mutating func skipWhatChangesNothing(_ store: StructStore) {
    while !right.isNone {
      if !store[right].isDeleted {
        guard let (name, value) = format(store, right), value == attributes[name] ?? Self.null
        else { return }
      }
      step(store)
    }
  }

  /// Deletes so many characters and objects.
  mutating func delete(_ count: Int, _ store: inout StructStore) {
    var rest = count
    while rest > 0, !right.isNone {
      let item = store[right]
      if !item.isDeleted, item.kind.isCountable {
        if rest < item.length { _ = store.structBeginning(item.client, item.clock + rest) }
        rest -= store[right].length
        store.delete(right)
      }
      step(store)
    }
  }

  /// Deletes formats between here and a later position that are changed again before any text comes,
  /// or that were in force before.
  func deleteIdleFormats(upTo later: TextPosition, _ store: inout StructStore) {
    var end = right
    var last: [[UInt8]: ItemHandle] = [:]
    while !end.isNone, !store[end].kind.isCountable || store[end].isDeleted {
      if let (name, _) = format(store, end) { last[name] = end }
      end = store[end].right
    }
    var next = right
    while next != end {
      if let (name, value) = format(store, next),
        last[name] != next || value == attributes[name] ?? Self.null
      {
        store.delete(next)
      }
      next = store[next].right
    }
  }
}

extension StructStore {
  /// The name of a format, and the JSON text of its value; nil for other items.
  fileprivate func format(_ item: StoredStruct) -> (name: [UInt8], value: [UInt8])? {
    guard item.kind == .format else { return nil }
    return clients[Int(item.client)].blobs[item.start].withUnsafeBytes { blob in
      var reader = ByteReader(blob)
      guard let name = try? reader.array(), let value = try? reader.array() else { return nil }
      return (name, value)
    }
  }
}

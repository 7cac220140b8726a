extension YTransaction {
  /// Sets a map's key to a value.
  ///
  /// - Throws: ``Failure/noSuchType``
  public mutating func set(
    _ key: String, to value: AnyValue, in map: SharedType
  ) throws(Failure) {
    if case .binary(let content) = value {
      var item = next(.binary)
      item.start = store.clients[Int(client)].blobs.count
      try set(key, to: item, in: map) { $0.counted(content) }
    } else {
      var item = next(.any)
      item.start = store.clients[Int(client)].blobs.count
      try set(key, to: item, in: map) { $0.any(value) }
    }
  }

  /// Sets a map's key to a new, empty shared type; gives the type.
  ///
  /// - Throws: ``Failure/noSuchType``
  public mutating func setMap(_ key: String, in map: SharedType) throws(Failure) -> SharedType {
    try set(key, toNew: .map, in: map)
  }

  /// Sets a map's key to a new text; gives the text.
  ///
  /// - Throws: ``Failure/noSuchType``
  @discardableResult
  public mutating func setText(
    _ key: String, to text: String = "", in map: SharedType
  ) throws(Failure) -> SharedType {
    let type = try set(key, toNew: .text, in: map)
    try insert(text, at: 0, in: type)
    return type
  }

  /// Deletes a map's key; nothing happens when it has no value.
  ///
  /// - Throws: ``Failure/noSuchType``
  public mutating func remove(_ key: String, in map: SharedType) throws(Failure) {
    let branch = try branch(map)
    guard let key = store.keys.find(key) else { return }
    let handle = store.entries.item(branch, key)
    if !handle.isNone { store.delete(handle) }
  }

  private mutating func set(
    _ key: String, toNew kind: TypeKind, in map: SharedType
  ) throws(Failure) -> SharedType {
    _ = try branch(map)
    let branch = store.allocate(Branch(kind: kind))
    var item = next(.type)
    item.start = branch.index
    // The type is to be known by its item before anyone asks for its name.
    try set(key, to: item, in: map, content: nil)
    return store.sharedType(branch)
  }

  private mutating func set(
    _ key: String, to item: StoredStruct, in map: SharedType,
    content: ((inout ByteWriter) -> Void)?
  ) throws(Failure) {
    let branch = try branch(map)
    if let content { store.clients[Int(client)].blobs.append(content) }
    var item = item
    item.key = store.keys.number(key)
    insert(item, between: store.entries.item(branch, item.key), and: .none, in: branch)
  }
}

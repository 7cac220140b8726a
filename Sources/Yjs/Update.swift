/// An update, read: to look at, not to apply.
public struct Update: Hashable, Sendable {
  /// The structs: higher clients first, by clock.
  public var structs: [Struct]
  /// What is deleted.
  public var deleteSet: DeleteSet

  /// Reads an update of version 1.
  ///
  /// - Throws: ``YjsError`` where it is none.
  public init(decoding update: [UInt8]) throws(YjsError) {
    self = try reading(update) { (bytes) throws(YjsError) in try Update(bytes) }
  }

  private init(_ bytes: UnsafeRawBufferPointer) throws(YjsError) {
    let scan = try UpdateScan(bytes)
    let reader = ByteReader(bytes)
    structs = []
    for section in scan.sections {
      var cursor = section
      while let next = try cursor.next() { structs.append(try reader.model(next)) }
    }
    var deletions = ByteReader(bytes, scan.deletions)
    deleteSet = DeleteSet(try deletions.deletedRanges())
  }
}

extension ByteReader {
  fileprivate func model(_ wire: WireStruct) throws(YjsError) -> Struct {
    let id = ID(client: wire.client, clock: wire.clock)
    if wire.kind == .gc { return .gc(GC(id: id, length: wire.length)) }
    if wire.kind == .skip { return .skip(Skip(id: id, length: wire.length)) }
    let parent: Item.Parent? =
      switch wire.parent {
      case .asOrigin: nil
      case .root(let name): .root(text(name))
      case .item(let id): .item(id)
      }
    return .item(
      Item(
        id: id, length: wire.length, origin: wire.origin, rightOrigin: wire.rightOrigin,
        parent: parent, parentSub: wire.key.map(text), content: try content(wire)))
  }

  private func content(_ wire: WireStruct) throws(YjsError) -> Content {
    var content = ByteReader(bytes, wire.content)
    switch wire.kind {
    case .gc, .skip, .deleted: return .deleted(wire.length)
    case .json:
      var values: [String] = []
      while !content.isAtEnd { values.append(try content.string()) }
      return .json(values)
    case .any:
      var values: [AnyValue] = []
      while !content.isAtEnd { values.append(try content.any()) }
      return .any(values)
    case .binary: return .binary(try content.array())
    case .string: return .string(text(wire.content))
    case .embed: return .embed(try content.string())
    case .format: return .format(key: try content.string(), value: try content.string())
    case .type:
      let (kind, name) = try content.type()
      return .type(kind, name: name.map(text))
    case .document: return .document(guid: try content.string(), options: try content.any())
    }
  }
}

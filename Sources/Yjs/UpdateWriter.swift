/// Writes an update whose structs become known one by one: each client's are counted before they
/// are put in place.
struct UpdateWriter {
  private var done = ByteWriter()
  private var section = ByteWriter()
  private var sections = 0
  private var client = 0
  private var clock = 0
  private var count = 0

  /// Appends a struct, without its first clocks.
  mutating func append(_ next: WireStruct, from offset: Int, of bytes: UnsafeRawBufferPointer) {
    if count > 0, next.client != client { endSection() }
    if count == 0 {
      client = next.client
      clock = next.clock + offset
    }
    section.wire(next, from: offset, of: ByteReader(bytes))
    count += 1
  }

  private mutating func endSection() {
    guard count > 0 else { return }
    done.varUint(count)
    done.varUint(client)
    done.varUint(clock)
    done.bytes += section.bytes
    section.bytes.removeAll(keepingCapacity: true)
    sections += 1
    count = 0
  }

  /// The update.
  mutating func finish(deleting set: DeleteSet) -> [UInt8] {
    endSection()
    var update = ByteWriter()
    update.bytes.reserveCapacity(done.bytes.count + 16)
    update.varUint(sections)
    update.bytes += done.bytes
    update.deleteSet(set)
    return update.bytes
  }
}

/// Where an item belongs, as it is written; the texts are UTF-8.
enum WrittenParent<Text: Collection<UInt8>> {
  case root(Text)
  case item(ID)
}

extension ByteWriter {
  /// What precedes an item's content.
  mutating func itemHead<Text: Collection<UInt8>>(
    _ kind: StructKind, origin: ID?, rightOrigin: ID?,
    parent: @autoclosure () -> WrittenParent<Text>, key: Text?
  ) {
    byte(
      kind.rawValue | (origin == nil ? 0 : InfoBits.origin)
        | (rightOrigin == nil ? 0 : InfoBits.rightOrigin) | (key == nil ? 0 : InfoBits.key))
    if let origin { id(origin) }
    if let rightOrigin { id(rightOrigin) }
    guard origin == nil, rightOrigin == nil else { return }
    switch parent() {
    case .root(let name):
      varUint(1)
      counted(name)
    case .item(let item):
      varUint(0)
      id(item)
    }
    if let key { counted(key) }
  }

  /// A struct of another update, without its first clocks.
  mutating func wire(_ next: WireStruct, from offset: Int, of reader: ByteReader) {
    guard next.kind.isItem else {
      byte(next.kind.rawValue)
      return varUint(next.length - offset)
    }
    let origin = offset > 0 ? ID(client: next.client, clock: next.clock + offset - 1) : next.origin
    itemHead(
      next.kind, origin: origin, rightOrigin: next.rightOrigin,
      parent: WrittenParent(next.parent, of: reader), key: next.key.map { reader.bytes[$0] })
    content(of: next, from: offset, of: reader)
  }

  private mutating func content(of next: WireStruct, from offset: Int, of reader: ByteReader) {
    switch next.kind {
    case .gc, .skip: return
    case .deleted: varUint(next.length - offset)
    case .string:
      if offset == 0 { return counted(reader.bytes[next.content]) }
      var units: [UInt16] = []
      reader.appendUTF16(next.content, to: &units)
      string(suffix(of: units[...], from: offset))
    case .json:
      varUint(next.length - offset)
      bytes += reader.bytes[reader.skippingStrings(offset, in: next.content)]
    case .any:
      varUint(next.length - offset)
      let values = reader.skippingValues(offset, in: next.content)
      if next.isCanonical { return bytes += reader.bytes[values] }
      reader.forEachValue(in: values) { any($0, of: reader, isCanonical: false) }
    case .document where !next.isCanonical:
      let options = reader.skippingStrings(1, in: next.content)
      bytes += reader.bytes[next.content.lowerBound..<options.lowerBound]
      any(options, of: reader, isCanonical: false)
    case .binary, .embed, .format, .type, .document:
      bytes += reader.bytes[next.content]
    }
  }
}

extension WrittenParent where Text == Slice<UnsafeRawBufferPointer> {
  /// The parent of a struct that has neither origin.
  fileprivate init(_ parent: WireParent, of reader: ByteReader) {
    switch parent {
    case .item(let id): self = .item(id)
    case .root(let name): self = .root(reader.bytes[name])
    case .asOrigin: self = .root(reader.bytes[0..<0])
    }
  }
}

extension StructStore {
  var stateVector: StateVector {
    var state = StateVector()
    for client in clients { state[client.client] = client.state }
    return state
  }

  /// The structs of some clients behind a state, and deletions.
  func encode(
    _ clients: some Sequence<ClientStructs>, from known: (ClientStructs) -> Int,
    deleting set: DeleteSet
  ) -> [UInt8] {
    let sections = clients.filter { known($0) < $0.state }.sorted { $0.client > $1.client }
    var writer = ByteWriter()
    writer.varUint(sections.count)
    for section in sections {
      let start = known(section)
      let first = section.position(of: start)
      writer.varUint(section.handles.count - first)
      writer.varUint(section.client)
      writer.varUint(start)
      for handle in section.handles[first...] {
        let item = self[handle]
        write(item, from: max(start - item.clock, 0), to: &writer)
      }
    }
    writer.deleteSet(set)
    return writer.bytes
  }

  /// All that is deleted.
  var deleteSet: DeleteSet {
    var ranges: [DeleteSet.Range] = []
    for structs in clients {
      for handle in structs.handles {
        let item = self[handle]
        guard item.isDeleted else { continue }
        if let last = ranges.last, last.client == structs.client, last.end == item.clock {
          ranges[ranges.count - 1].length += item.length
        } else {
          ranges.append(
            DeleteSet.Range(client: structs.client, clock: item.clock, length: item.length))
        }
      }
    }
    return DeleteSet(ranges)
  }

  private func write(_ item: StoredStruct, from offset: Int, to writer: inout ByteWriter) {
    guard item.kind != .gc else {
      writer.byte(StructKind.gc.rawValue)
      return writer.varUint(item.length - offset)
    }
    let origin =
      offset > 0
      ? ID(client: clients[Int(item.client)].client, clock: item.clock + offset - 1)
      : id(item.originClient, item.originClock)
    writer.itemHead(
      item.kind, origin: origin, rightOrigin: id(item.rightOriginClient, item.rightOriginClock),
      parent: parent(of: item), key: item.key.isNone ? nil : keys[item.key])
    write(contentOf: item, from: offset, to: &writer)
  }

  private func id(_ client: Int32, _ clock: Int) -> ID? {
    client < 0 ? nil : ID(client: clients[Int(client)].client, clock: clock)
  }

  private func parent(of item: StoredStruct) -> WrittenParent<ArraySlice<UInt8>> {
    let branch = self[item.parent]
    if branch.item.isNone { return .root(keys[branch.name]) }
    let holder = self[branch.item]
    return .item(ID(client: clients[Int(holder.client)].client, clock: holder.clock))
  }

  private func write(
    contentOf item: StoredStruct, from offset: Int, to writer: inout ByteWriter
  ) {
    let structs = clients[Int(item.client)]
    switch item.kind {
    case .gc, .skip: return
    case .deleted: writer.varUint(item.length - offset)
    case .string:
      let text = structs.text[item.start..<item.start + item.length]
      writer.string(suffix(of: text, from: offset))
    case .any, .json:
      writer.varUint(item.length - offset)
      writer.bytes += structs.blobs[item.start + offset..<item.start + item.length]
    case .binary, .embed, .format, .document: writer.bytes += structs.blobs[item.start]
    case .type:
      let branch = self[item.branch]
      writer.varUint(Int(branch.kind?.rawValue ?? 0))
      if branch.kind?.isNamed == true { writer.counted(keys[branch.name]) }
    }
  }
}

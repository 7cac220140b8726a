extension StructStore {
  /// Stores an item's content behind its client's others.
  mutating func appendContent(
    of wire: WireStruct, from offset: Int, to new: inout StoredStruct, of reader: ByteReader
  ) {
    let client = Int(new.client)
    switch wire.kind {
    case .gc, .skip, .deleted: return
    case .string:
      new.start = clients[client].text.count
      if offset == 0 { return reader.appendUTF16(wire.content, to: &clients[client].text) }
      var units: [UInt16] = []
      reader.appendUTF16(wire.content, to: &units)
      clients[client].text += suffix(of: units[...], from: offset)
    case .json:
      new.start = clients[client].blobs.count
      reader.forEachString(in: reader.skippingStrings(offset, in: wire.content)) {
        clients[client].blobs.append(reader.bytes[$0])
      }
    case .any:
      new.start = clients[client].blobs.count
      reader.forEachValue(in: reader.skippingValues(offset, in: wire.content)) { value in
        clients[client].blobs.append {
          $0.any(value, of: reader, isCanonical: wire.isCanonical)
        }
      }
    case .binary, .embed, .format:
      new.start = clients[client].blobs.count
      clients[client].blobs.append(reader.bytes[wire.content])
    case .document:
      new.start = clients[client].blobs.count
      let options = reader.skippingStrings(1, in: wire.content)
      clients[client].blobs.append {
        $0.bytes += reader.bytes[wire.content.lowerBound..<options.lowerBound]
        $0.any(options, of: reader, isCanonical: wire.isCanonical)
      }
    case .type:
      var content = ByteReader(reader.bytes, wire.content)
      guard let (kind, name) = try? content.type() else { return }
      var branch = Branch(kind: kind)
      if let name {
        branch.name = keys.number(UnsafeRawBufferPointer(rebasing: reader.bytes[name]))
      }
      new.start = allocate(branch).index
    }
  }

  /// Notes that an item's content is not needed any more.
  mutating func dropContent(of item: StoredStruct) {
    switch item.kind {
    case .string: clients[Int(item.client)].unusedText += item.length
    case .any, .json: clients[Int(item.client)].unusedBlobs += item.length
    case .binary, .embed, .format, .document: clients[Int(item.client)].unusedBlobs += 1
    case .gc, .skip, .deleted, .type: return
    }
  }

  /// Frees the memory of dropped contents where that is most of it; so each is moved rarely.
  mutating func compact(_ client: Int) {
    let structs = clients[client]
    if structs.unusedText > 1024 + structs.text.count / 2 + structs.handles.count {
      var text: [UInt16] = []
      text.reserveCapacity(structs.text.count - structs.unusedText)
      for handle in structs.handles where self[handle].kind == .string {
        let start = self[handle].start
        self[handle].start = text.count
        text += structs.text[start..<start + self[handle].length]
      }
      clients[client].text = text
      clients[client].unusedText = 0
    }
    if structs.unusedBlobs > 256 + structs.blobs.count / 2 + structs.handles.count {
      var kept = Blobs()
      for handle in structs.handles {
        guard let range = blobs(of: self[handle]) else { continue }
        self[handle].start = kept.count
        for index in range { kept.append(structs.blobs[index]) }
      }
      clients[client].blobs = kept
      clients[client].unusedBlobs = 0
    }
  }

  /// Which of its client's blobs an item holds.
  func blobs(of item: StoredStruct) -> Range<Int>? {
    switch item.kind {
    case .any, .json: item.start..<item.start + item.length
    case .binary, .embed, .format, .document: item.start..<item.start + 1
    case .gc, .skip, .deleted, .string, .type: nil
    }
  }
}

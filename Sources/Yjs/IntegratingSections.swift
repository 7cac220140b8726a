extension StructStore {
  /// Integrates structs, each after those on which it depends. Where one is missing, the structs
  /// from there on wait for it.
  mutating func integrateStructs(_ sections: [StructCursor], of bytes: UnsafeRawBufferPointer) {
    var sections = sections.map(Section.init)
    let reader = ByteReader(bytes)
    var missing: [ID] = []
    for index in sections.indices {
      while let head = sections[index].take(index) {
        if let id = integrate(head, &sections, reader) { missing.append(id) }
      }
    }
    guard !missing.isEmpty else { return }
    // Also for the first struct of each client itself, if another update says otherwise of it.
    for blocked in sections.compactMap(\.blocked) {
      let known = state(ofClient: blocked.client)
      if blocked.clock <= known { missing.append(ID(client: blocked.client, clock: known)) }
    }
    pending.add(rest(of: sections, bytes), waitingFor: missing)
  }

  /// Integrates a struct, and before it those of the update on which it depends. Gives what is
  /// missing, if something is; then the sections are blocked.
  private mutating func integrate(
    _ first: Taken, _ sections: inout [Section], _ reader: ByteReader
  ) -> ID? {
    var head = first
    var stack: [Taken] = []
    while true {
      let known = state(ofClient: head.next.client)
      let missing = missing(head.next, known)
      if let missing {
        stack.append(head)
        if missing.client != head.next.client,
          let dependency = take(missing.client, from: &sections)
        {
          head = dependency
          continue
        }
        for taken in stack { sections[taken.section].block(taken.cursor) }
        return missing
      }
      if head.next.kind != .skip, known < head.next.end {
        integrate(head.next, from: known - head.next.clock, of: reader)
      }
      guard let waiting = stack.popLast() else { return nil }
      head = waiting
    }
  }

  /// The next struct of a client. Higher clients' sections come first; a client rarely has two.
  private func take(_ client: Int, from sections: inout [Section]) -> Taken? {
    var low = 0
    var high = sections.count
    while low < high {
      let middle = (low + high) / 2
      if sections[middle].client > client { low = middle + 1 } else { high = middle }
    }
    while low < sections.count, sections[low].client == client {
      if let taken = sections[low].take(low) { return taken }
      low += 1
    }
    return nil
  }

  /// What has to be known before a struct of which something is new.
  private func missing(_ next: WireStruct, _ known: Int) -> ID? {
    if next.kind == .skip || next.end <= known { return nil }
    if known < next.clock { return ID(client: next.client, clock: next.clock - 1) }
    if let id = next.origin, isMissing(id, next) { return id }
    if let id = next.rightOrigin, isMissing(id, next) { return id }
    if case .item(let id) = next.parent, isMissing(id, next) { return id }
    return nil
  }

  private func isMissing(_ id: ID, _ next: WireStruct) -> Bool {
    id.client != next.client && id.clock >= state(ofClient: id.client)
  }

  /// An update of the structs that wait: those behind where each section is blocked.
  private func rest(of sections: [Section], _ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var writer = ByteWriter()
    let blocked = sections.compactMap(\.blocked)
    writer.varUint(blocked.count)
    for cursor in blocked {
      writer.varUint(cursor.remaining)
      writer.varUint(cursor.client)
      writer.varUint(cursor.clock)
      writer.bytes += bytes[cursor.reader.position..<cursor.reader.end]
    }
    writer.varUint(0)
    return writer.bytes
  }
}

/// The structs of one client, as far as they have not been taken.
private struct Section {
  private var cursor: StructCursor
  /// Where the first struct is that has to wait.
  private(set) var blocked: StructCursor?

  init(_ cursor: StructCursor) {
    self.cursor = cursor
  }

  var client: Int { cursor.client }

  mutating func take(_ index: Int) -> Taken? {
    let here = cursor
    guard blocked == nil, let next = try? cursor.next() else { return nil }
    return Taken(next: next, section: index, cursor: here)
  }

  /// Takes back a struct and all behind it; the first one counts.
  mutating func block(_ here: StructCursor) {
    if blocked == nil { blocked = here }
  }
}

/// A struct that has been taken from its section, and where that was.
private struct Taken {
  var next: WireStruct
  var section: Int
  var cursor: StructCursor
}

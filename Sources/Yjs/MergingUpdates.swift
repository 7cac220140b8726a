/// Merges updates into one that has the effect of all, without a document: Yjs's `mergeUpdates`.
///
/// A gap between a client's structs becomes a `Skip`. Merging no update gives the empty one; one
/// update comes back as it is. Memory: no more than a few times the updates.
///
/// - Throws: ``YjsError`` where one is no update; the offset counts from the beginning of the first.
public func mergeUpdates(_ updates: [[UInt8]]) throws(YjsError) -> [UInt8] {
  if updates.count == 1 {
    _ = try reading(updates[0]) { (bytes) throws(YjsError) in try UpdateScan(bytes) }
    return updates[0]
  }
  return try reading(Array(updates.joined())) { (bytes) throws(YjsError) in
    var merge = Merge(bytes)
    var start = 0
    for (index, update) in updates.enumerated() {
      let part = UnsafeRawBufferPointer(rebasing: bytes[..<(start + update.count)])
      try merge.add(UpdateScan(part, at: start), number: index)
      start += update.count
    }
    return merge.run()
  }
}

/// The structs of several updates, in the order of Yjs: higher clients first, then by clock.
private struct Merge {
  private let bytes: UnsafeRawBufferPointer
  private var sources = MinHeap<Source>()
  private var deleted: [DeleteSet.Range] = []
  private var writer = UpdateWriter()
  private var written: Piece?
  private var turns = 0

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  mutating func add(_ scan: UpdateScan, number: Int) {
    var deletions = ByteReader(bytes, scan.deletions)
    if let ranges = try? deletions.deletedRanges() { deleted += ranges }
    // Of updates that are equally far, the first goes first.
    if let source = Source(scan.sections, turn: -number) { sources.insert(source) }
  }

  /// Merges all that was added.
  mutating func run() -> [UInt8] {
    while var source = sources.first {
      source.isDone = !take(from: &source)
      // Of two that are equally far now, the one that was taken from last goes first.
      turns += 1
      source.turn = turns
      if source.isDone { sources.removeFirst() } else { sources.replaceFirst(by: source) }
    }
    write()
    return writer.finish(deleting: DeleteSet(deleted))
  }

  private mutating func write() {
    guard let written else { return }
    writer.append(written.whole, from: written.offset, of: bytes)
  }

  private mutating func write(then next: Piece) {
    write()
    written = next
  }

  /// Takes one struct of a source, and all that follow it without a gap. False at its end.
  private mutating func take(from source: inout Source) -> Bool {
    let client = source.current.client
    if let last = written {
      var isMoved = false
      while source.current.client >= last.client, source.current.end <= last.end {
        guard source.advance() else { return false }
        isMoved = true
      }
      let current = source.current
      if current.client != client || (isMoved && current.clock > last.end) { return true }
      if current.client != last.client {
        write(then: Piece(current))
        guard source.advance() else { return false }
      } else if last.end < current.clock {
        let gap = WireStruct(
          kind: .skip, client: client, clock: last.end, length: current.clock - last.end,
          content: 0..<0)
        write(then: Piece(gap))
      } else {
        var piece = Piece(current)
        piece.offset = last.end - current.clock
        if last.kind == .gc, current.kind == .gc {
          written?.whole.length += piece.length
        } else {
          write(then: piece)
          guard source.advance() else { return false }
        }
      }
    } else {
      written = Piece(source.current)
      guard source.advance() else { return false }
    }
    while let last = written, source.current.client == client, source.current.clock == last.end {
      write(then: Piece(source.current))
      guard source.advance() else { return false }
    }
    return true
  }
}

/// A struct without its first clocks.
private struct Piece {
  var whole: WireStruct
  var offset = 0

  init(_ whole: WireStruct) {
    self.whole = whole
  }

  var kind: StructKind { whole.kind }
  var client: Int { whole.client }
  var end: Int { whole.end }
  var length: Int { whole.length - offset }
}

/// One of the updates, at one of its structs; never at a `Skip`.
private struct Source: Comparable {
  private var sections: ArraySlice<StructCursor>
  private(set) var current: WireStruct
  /// Decides between sources that are equally far: the higher one goes first.
  var turn: Int
  var isDone = false

  /// Nil when there are no structs.
  init?(_ sections: [StructCursor], turn: Int) {
    self.sections = sections[...]
    self.turn = turn
    current = WireStruct(kind: .skip, client: 0, clock: 0, length: 0, content: 0..<0)
    guard advance() else { return nil }
  }

  /// Goes to the next struct; false at the end.
  mutating func advance() -> Bool {
    while let first = sections.indices.first {
      while let next = try? sections[first].next() {
        if next.kind == .skip { continue }
        current = next
        return true
      }
      sections.removeFirst()
    }
    return false
  }

  static func < (a: Source, b: Source) -> Bool {
    if a.current.client != b.current.client { return a.current.client > b.current.client }
    if a.current.clock != b.current.clock { return a.current.clock < b.current.clock }
    return a.turn > b.turn
  }

  static func == (a: Source, b: Source) -> Bool { a.turn == b.turn }
}

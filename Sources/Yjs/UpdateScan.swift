/// Where the parts of an update are. All of it has been checked, so that what is read from it again
/// is read without an error.
struct UpdateScan {
  /// The structs of each client, higher clients first, as Yjs writes them.
  var sections: [StructCursor] = []
  /// What the update deletes: where, behind the structs.
  var deletions: Range<Int>

  /// Reads a whole update of version 1.
  init(_ bytes: UnsafeRawBufferPointer, at start: Int = 0) throws(YjsError) {
    var reader = ByteReader(bytes, at: start)
    var isSorted = true
    for _ in 0..<(try reader.varUint()) {
      let count = try reader.varUint()
      let client = try reader.varUint()
      let clock = try reader.varUint()
      let section = StructCursor(client: client, clock: clock, count: count, reader: reader)
      var walk = section
      while try walk.next() != nil {}
      if count == 0 { continue }
      if let last = sections.last, last.client <= client { isSorted = false }
      let structs = ByteReader(bytes, reader.position..<walk.reader.position)
      sections.append(StructCursor(client: client, clock: clock, count: count, reader: structs))
      reader = walk.reader
    }
    let structsEnd = reader.position
    try reader.deleteSet { _, _, _ in }
    deletions = structsEnd..<reader.position
    guard reader.isAtEnd else { throw YjsError(.trailingBytes, at: reader.position) }
    if !isSorted {
      let order = sections.indices.sorted {
        (sections[$1].client, sections[$0].clock, $0)
          < (sections[$0].client, sections[$1].clock, $1)
      }
      sections = order.map { sections[$0] }
    }
  }
}

/// Does something with the bytes of an update.
func reading<Result>(
  _ update: [UInt8], _ body: (UnsafeRawBufferPointer) throws(YjsError) -> Result
) throws(YjsError) -> Result {
  try update.span.bytes.withUnsafeBytes { (bytes) throws(YjsError) in try body(bytes) }
}

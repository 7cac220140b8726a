/// What a number of updates have, and what they lack: found without a document.
///
/// ```swift
/// var inventory = UpdateInventory()
/// for update in updates { try inventory.add(update) }
/// for gap in inventory.gaps { … }
/// ```
///
/// Updates are numbered from 0, in the order in which they are added. Memory is in proportion to the
/// number of their structs and deletions.
public struct UpdateInventory: Sendable {
  /// A struct, or the beginning of one.
  struct Piece: Sendable {
    var id: ID
    var length: Int
    var update: Int
  }

  /// A struct that needs one of another client.
  struct Reference: Sendable {
    var from: Piece
    var needs: ID
    var role: Gap.Role
  }

  /// A deletion.
  struct Deletion: Sendable {
    var range: IDSet.Range
    var update: Int
  }

  private(set) var pieces: [Piece] = []
  private(set) var references: [Reference] = []
  private(set) var deleted: [Deletion] = []
  /// How many updates were added.
  public private(set) var count = 0

  /// Of no updates.
  public init() {}

  /// Adds an update of version 1.
  ///
  /// - Throws: ``YjsError`` where it is none; then nothing has changed, but that it has a number.
  public mutating func add(_ update: [UInt8]) throws(YjsError) {
    let number = count
    count += 1
    let found = try reading(update) { (bytes) throws(YjsError) in
      try Self.contents(of: bytes, number: number)
    }
    pieces += found.pieces
    references += found.references
    deleted += found.deleted
  }

  /// Leaves a number out, for what is no update.
  public mutating func skip() { count += 1 }

  private static func contents(
    of bytes: UnsafeRawBufferPointer, number: Int
  ) throws(YjsError) -> UpdateInventory {
    var found = UpdateInventory()
    let scan = try UpdateScan(bytes)
    for section in scan.sections {
      var cursor = section
      while let next = try cursor.next() {
        if next.kind == .skip { continue }
        let piece = Piece(
          id: ID(client: next.client, clock: next.clock), length: next.length, update: number)
        found.append(piece)
        found.append(needs: next.origin, of: piece, .origin)
        found.append(needs: next.rightOrigin, of: piece, .rightOrigin)
        if case .item(let parent) = next.parent { found.append(needs: parent, of: piece, .parent) }
      }
    }
    var deletions = ByteReader(bytes, scan.deletions)
    for range in DeleteSet(try deletions.deletedRanges()).ranges {
      found.deleted.append(Deletion(range: range, update: number))
    }
    return found
  }

  /// Structs that follow one another need to be known as one only.
  private mutating func append(_ piece: Piece) {
    if let last = pieces.last, last.id.client == piece.id.client,
      last.id.clock + last.length == piece.id.clock
    {
      pieces[pieces.count - 1].length += piece.length
    } else {
      pieces.append(piece)
    }
  }

  /// What a struct needs of its own client is a matter of clocks.
  private mutating func append(needs id: ID?, of piece: Piece, _ role: Gap.Role) {
    guard let id, id.client != piece.id.client else { return }
    references.append(Reference(from: piece, needs: id, role: role))
  }

  /// The clocks of all structs.
  public var structs: IDSet {
    IDSet(
      pieces.map {
        IDSet.Range(client: $0.id.client, clock: $0.id.clock, length: $0.length)
      })
  }

  /// The clocks of all deletions.
  public var deletions: IDSet { IDSet(deleted.map(\.range)) }
}

/// A `GC` or an `Item` of a document. It holds no reference, so that a copy costs nothing: its
/// neighbours are places in the store, its content a place among its client's contents.
struct StoredStruct: Sendable {
  var clock: Int
  var length: Int
  var originClock = 0
  var rightOriginClock = 0
  /// Of text: its place among the client's UTF-16. Of a type: the branch. Else: among the blobs.
  var start = 0
  /// The client, by its place in the store.
  var client: Int32
  /// The client of the origin, or -1.
  var originClient: Int32 = -1
  var rightOriginClient: Int32 = -1
  var left = ItemHandle.none
  var right = ItemHandle.none
  var parent = BranchHandle.none
  /// The key of which this is, or was, the value.
  var key = Key.none
  var kind: StructKind
  var isDeleted = false

  var end: Int { clock + length }
  var branch: BranchHandle { BranchHandle(raw: Int32(truncatingIfNeeded: start)) }
}

/// A place among the structs of a store.
struct ItemHandle: Hashable, Sendable {
  let raw: Int32
  static let none = ItemHandle(raw: -1)
  var isNone: Bool { raw < 0 }
  var index: Int { Int(raw) }
}

/// A place among the shared types of a store.
struct BranchHandle: Hashable, Sendable {
  let raw: Int32
  static let none = BranchHandle(raw: -1)
  var isNone: Bool { raw < 0 }
  var index: Int { Int(raw) }
}

/// A shared type: a list of items, and the entries of a map.
struct Branch: Sendable {
  /// The item that holds it; none for a root.
  var item = ItemHandle.none
  /// What it is; nil for a root, which is what it is used as.
  var kind: TypeKind?
  /// The root's, or element's, name.
  var name = Key.none
  var start = ItemHandle.none
  /// How many characters or elements are in the list.
  var length = 0
  var firstEntry: Int32 = -1
  var lastEntry: Int32 = -1
  /// How often this place was given to another type.
  var generation: Int32 = 0
}

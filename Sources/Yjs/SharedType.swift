/// Names a shared type of a document: a root, or one that an item holds. It stays the same as long as
/// the type is not deleted, and can be used with every copy of the document.
public struct SharedType: Hashable, Sendable {
  enum Place: Hashable, Sendable {
    case root(String)
    case branch(BranchHandle, generation: Int32)
  }

  let place: Place

  /// The type that the document has under a name, whether anything is in it or not.
  public static func root(_ name: String) -> SharedType { SharedType(place: .root(name)) }
}

extension StructStore {
  /// Where a type is; nil if it is empty, or has been deleted.
  func branch(_ type: SharedType) -> BranchHandle? {
    switch type.place {
    case .root(let name): return root(name)
    case .branch(let handle, let generation):
      guard branches.indices.contains(handle.index), self[handle].generation == generation else {
        return nil
      }
      return handle
    }
  }

  func sharedType(_ branch: BranchHandle) -> SharedType {
    if self[branch].item.isNone { return .root(keys.string(self[branch].name)) }
    return SharedType(place: .branch(branch, generation: self[branch].generation))
  }

  /// A list's items that are not deleted.
  func forEachItem(_ branch: BranchHandle?, _ body: (StoredStruct) -> Void) {
    guard let branch else { return }
    var next = self[branch].start
    while !next.isNone {
      let item = self[next]
      if !item.isDeleted { body(item) }
      next = item.right
    }
  }

  /// A map's keys whose values are not deleted.
  func forEachValue(_ branch: BranchHandle?, _ body: (Key, StoredStruct) -> Void) {
    guard let branch else { return }
    forEachEntry(branch) { key, handle in
      if !self[handle].isDeleted { body(key, self[handle]) }
    }
  }
}

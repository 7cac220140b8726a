/// A shared map as it was when it was asked for. It holds the whole document: to change that while
/// this exists costs a copy.
public struct YMap: Sendable {
  let document: YDocument
  /// The map's name, for transactions.
  public let type: SharedType

  private var branch: BranchHandle? { document.store.branch(type) }

  /// The keys, in the order in which they first got a value here.
  public var keys: [String] {
    var keys: [String] = []
    document.store.forEachValue(branch) { key, _ in keys.append(document.store.keys.string(key)) }
    return keys
  }

  /// How many keys have a value.
  public var count: Int {
    var count = 0
    document.store.forEachValue(branch) { _, _ in count += 1 }
    return count
  }

  /// The value of a key; nil when it has none.
  public subscript(key: String) -> YValue? {
    guard let branch, let key = document.store.keys.find(key) else { return nil }
    let handle = document.store.entries.item(branch, key)
    guard !handle.isNone, !document.store[handle].isDeleted else { return nil }
    return document.values(of: document.store[handle]).last
  }
}

extension YDocument {
  /// The map that the document has under a name; empty if nobody has put anything there.
  public func map(_ name: String) -> YMap { YMap(document: self, type: .root(name)) }

  /// A map within the document.
  public func map(_ type: SharedType) -> YMap { YMap(document: self, type: type) }

  /// The names of the roots that updates or transactions have named.
  public var rootNames: [String] { store.roots.map { store.keys.string(store[$0].name) } }
}

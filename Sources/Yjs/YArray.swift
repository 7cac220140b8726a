/// A shared array as it was when it was asked for. It holds the whole document: to change that while
/// this exists costs a copy.
public struct YArray: Sendable {
  let document: YDocument
  /// The array's name, for transactions.
  public let type: SharedType

  /// How many elements there are.
  public var count: Int { document.store.branch(type).map { document.store[$0].length } ?? 0 }

  /// The elements.
  public var elements: [YValue] {
    var elements: [YValue] = []
    document.store.forEachItem(document.store.branch(type)) {
      elements += document.values(of: $0)
    }
    return elements
  }
}

extension YDocument {
  /// The array that the document has under a name; empty if nobody has put anything there.
  public func array(_ name: String) -> YArray { YArray(document: self, type: .root(name)) }

  /// An array within the document.
  public func array(_ type: SharedType) -> YArray { YArray(document: self, type: type) }
}

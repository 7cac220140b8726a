/// A shared XML element, fragment or hook as it was when it was asked for. It holds the whole
/// document: to change that while this exists costs a copy.
public struct YXml: Sendable {
  let document: YDocument
  /// The element's name in the document, for transactions.
  public let type: SharedType

  private var branch: BranchHandle? { document.store.branch(type) }

  /// What it is; nil where nobody has said, as of a root.
  public var kind: TypeKind? { branch.flatMap { document.store[$0].kind } }

  /// The name of an element or hook; empty for a fragment.
  public var name: String {
    guard let branch, kind?.isNamed == true else { return "" }
    return document.store.keys.string(document.store[branch].name)
  }

  /// The attributes.
  public var attributes: YMap { YMap(document: document, type: type) }

  /// The elements, texts and hooks within.
  public var children: [YValue] { YArray(document: document, type: type).elements }
}

extension YDocument {
  /// The XML fragment that the document has under a name; empty if nobody has put anything there.
  public func xml(_ name: String) -> YXml { YXml(document: self, type: .root(name)) }

  /// XML within the document.
  public func xml(_ type: SharedType) -> YXml { YXml(document: self, type: type) }
}

/// One struct of an update.
public enum Struct: Hashable, Sendable {
  /// A character or element, or some that were made one after the other.
  case item(Item)
  /// Garbage.
  case gc(GC)
  /// A gap.
  case skip(Skip)

  /// The ID of the first clock.
  public var id: ID {
    switch self {
    case .item(let item): item.id
    case .gc(let gc): gc.id
    case .skip(let skip): skip.id
    }
  }

  /// How many clocks it covers.
  public var length: Int {
    switch self {
    case .item(let item): item.length
    case .gc(let gc): gc.length
    case .skip(let skip): skip.length
    }
  }
}

/// Clocks that belonged to something deleted, of which nothing is kept.
public struct GC: Hashable, Sendable {
  /// The ID of the first clock.
  public var id: ID
  /// How many clocks.
  public var length: Int
}

/// Clocks about which an update says nothing, though it does about later ones.
public struct Skip: Hashable, Sendable {
  /// The ID of the first clock.
  public var id: ID
  /// How many clocks.
  public var length: Int
}

/// Content with its place in a document.
public struct Item: Hashable, Sendable {
  /// The ID of the first character or element.
  public var id: ID
  /// How many clocks it covers: UTF-16 code units, or elements.
  public var length: Int
  /// What was on the left when it was made.
  public var origin: ID?
  /// What was on the right when it was made.
  public var rightOrigin: ID?
  /// Where it belongs; nil where that is told by the origins.
  public var parent: Parent?
  /// The key of which it is the value, where the parent is told.
  public var parentSub: String?
  /// What it holds.
  public var content: Content

  /// The type to which an item belongs.
  public enum Parent: Hashable, Sendable {
    /// The root of this name.
    case root(String)
    /// The type that this item holds.
    case item(ID)
  }
}

/// What an item holds.
public enum Content: Hashable, Sendable {
  /// What was there has been deleted.
  case deleted(Int)
  /// Values as JSON text, as old versions of Yjs wrote them; or `undefined`.
  case json([String])
  /// Bytes.
  case binary([UInt8])
  /// Text.
  case string(String)
  /// An object within text, as JSON text.
  case embed(String)
  /// From here on a format has this value, given as JSON text; `null` ends it.
  case format(key: String, value: String)
  /// A shared type; elements and hooks of XML have a name.
  case type(TypeKind, name: String?)
  /// Values.
  case any([AnyValue])
  /// Another document.
  case document(guid: String, options: AnyValue)
}

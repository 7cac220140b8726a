/// The lower five bits of a struct's first byte: what it is, and for an item, what it holds.
enum StructKind: UInt8 {
  case gc = 0
  case deleted = 1
  case json = 2
  case binary = 3
  case string = 4
  case embed = 5
  case format = 6
  case type = 7
  case any = 8
  case document = 9
  case skip = 10

  /// Formats and deleted content take no place among what is read.
  var isCountable: Bool { self != .deleted && self != .format }
  var isItem: Bool { self != .gc && self != .skip }
}

/// The upper bits of a struct's first byte: which fields follow.
enum InfoBits {
  static let origin: UInt8 = 0x80
  static let rightOrigin: UInt8 = 0x40
  static let key: UInt8 = 0x20
  static let kind: UInt8 = 0x1F
}

/// Which shared type it is.
public enum TypeKind: UInt8, Sendable, Hashable {
  /// `Y.Array`
  case array = 0
  /// `Y.Map`
  case map = 1
  /// `Y.Text`
  case text = 2
  /// `Y.XmlElement`, which has a name.
  case xmlElement = 3
  /// `Y.XmlFragment`
  case xmlFragment = 4
  /// `Y.XmlHook`, which has a name.
  case xmlHook = 5
  /// `Y.XmlText`
  case xmlText = 6

  /// A name follows.
  var isNamed: Bool { self == .xmlElement || self == .xmlHook }
}

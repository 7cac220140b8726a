/// A value of JavaScript as lib0 writes it, in map entries, array elements and options.
public enum AnyValue: Hashable, Sendable {
  /// `undefined`
  case undefined
  /// `null`
  case null
  /// `true` or `false`
  case bool(Bool)
  /// A number.
  case number(Double)
  /// A `BigInt` of 64 bits.
  case bigInt(Int64)
  /// A string.
  case string(String)
  /// A `Uint8Array`.
  case binary([UInt8])
  /// An array.
  case array([AnyValue])
  /// An object's members, in order, each name once.
  case object([Member])

  /// One member of an object.
  public struct Member: Hashable, Sendable {
    /// The name.
    public var name: String
    /// The value.
    public var value: AnyValue

    /// A member.
    public init(name: String, value: AnyValue) {
      self.name = name
      self.value = value
    }
  }

  /// How deep arrays and objects may be nested in what is read.
  public static let maximumDepth = 256

  /// The value of an object's member; nil when there is none, or this is no object.
  public subscript(name: String) -> AnyValue? {
    guard case .object(let members) = self else { return nil }
    // By UTF-8: JavaScript does not normalise names, as comparing Strings would do.
    return members.last { $0.name.utf8.elementsEqual(name.utf8) }?.value
  }
}

/// How lib0 marks what follows.
enum AnyTag {
  static let undefined: UInt8 = 127
  static let null: UInt8 = 126
  static let integer: UInt8 = 125
  static let float32: UInt8 = 124
  static let float64: UInt8 = 123
  static let bigInt: UInt8 = 122
  static let isFalse: UInt8 = 121
  static let isTrue: UInt8 = 120
  static let string: UInt8 = 119
  static let object: UInt8 = 118
  static let array: UInt8 = 117
  static let binary: UInt8 = 116
}

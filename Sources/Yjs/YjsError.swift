/// Why bytes could not be read, and where.
public struct YjsError: Error, Hashable, Sendable {
  /// What is wrong.
  public enum Reason: Hashable, Sendable {
    /// The bytes end before the value does.
    case truncated
    /// Bytes are left behind the end.
    case trailingBytes
    /// An integer takes more than eight bytes, or is above 2⁵³ − 1, the largest of JavaScript's.
    case integerOutOfRange
    /// A string is not UTF-8.
    case invalidUTF8
    /// A kind of struct, of content, of shared type or of value that does not exist.
    case unknownKind(UInt8)
    /// A struct names itself, or a later one of its client, as its origin or parent.
    case referenceToLater
    /// A value is nested more than ``AnyValue/maximumDepth`` deep.
    case nestedTooDeeply
    /// The document could come to have more than 2³¹ structs.
    case documentTooLarge
  }

  /// What is wrong.
  public var reason: Reason
  /// The offset of the byte at which it was noticed.
  public var offset: Int

  /// An error at an offset.
  public init(_ reason: Reason, at offset: Int) {
    self.reason = reason
    self.offset = offset
  }
}

extension YjsError: CustomStringConvertible {
  /// A sentence without a full stop: what, and at which byte.
  public var description: String { "\(reason) at byte \(offset)" }
}

extension YjsError.Reason: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .truncated: "the bytes end too early"
    case .trailingBytes: "bytes are left over"
    case .integerOutOfRange: "an integer is out of range"
    case .invalidUTF8: "a string is not UTF-8"
    case .unknownKind(let kind): "kind \(kind) is unknown"
    case .referenceToLater: "a struct refers to itself or to a later one"
    case .nestedTooDeeply: "a value is nested too deeply"
    case .documentTooLarge: "the document would get too large"
    }
  }
}

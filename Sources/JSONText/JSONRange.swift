/// The kinds of value that JSON has (RFC 8259 section 3).
public enum JSONKind: UInt8, Sendable, Hashable {
  /// `null`
  case null
  /// `true` or `false`
  case boolean
  /// A number.
  case number
  /// A string.
  case string
  /// An array.
  case array
  /// An object.
  case object
}

/// Where one value stands in a text: its first byte to behind its last, a string with its quotes.
public struct JSONRange: Sendable, Hashable {
  /// The kind of the value.
  public var kind: JSONKind
  /// Whether the value is a string that contains a backslash.
  public var hasEscapes: Bool
  /// The offset of the first byte.
  public var start: Int
  /// The offset behind the last byte.
  public var end: Int

  /// A range that a scanner of another form has found.
  @inlinable
  public init(kind: JSONKind, hasEscapes: Bool = false, start: Int, end: Int) {
    self.kind = kind
    self.hasEscapes = hasEscapes
    self.start = start
    self.end = end
  }

  /// The length in bytes.
  @inlinable
  public var count: Int { end &- start }

  /// The bytes of the value in the text that was scanned.
  @inlinable
  public func bytes(in text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: text[start..<end])
  }

  /// What is between the quotes, when the value is a string.
  @inlinable
  public var string: JSONStringRange? {
    guard kind == .string else { return nil }
    return JSONStringRange(hasEscapes: hasEscapes, start: start &+ 1, end: end &- 1)
  }
}

/// Where the content of one string stands in a text: what is between the quotes, escapes as written.
public struct JSONStringRange: Sendable, Hashable {
  /// Whether the content contains a backslash. Without one the bytes are the string.
  public var hasEscapes: Bool
  /// The offset of the first byte behind the opening quote.
  public var start: Int
  /// The offset of the closing quote.
  public var end: Int

  /// A range that a scanner of another form has found.
  @inlinable
  public init(hasEscapes: Bool, start: Int, end: Int) {
    self.hasEscapes = hasEscapes
    self.start = start
    self.end = end
  }

  /// The length in bytes, as written.
  @inlinable
  public var count: Int { end &- start }

  /// The bytes between the quotes in the text that was scanned, escapes as written.
  @inlinable
  public func bytes(in text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: text[start..<end])
  }
}

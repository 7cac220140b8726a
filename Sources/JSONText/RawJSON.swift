/// One JSON value kept as the text it came as, for what is only passed on.
///
/// It holds valid JSON always, without whitespace around it. Two are equal when their bytes are.
public struct RawJSON: Sendable, Hashable {
  /// The text.
  public let bytes: [UInt8]

  /// Takes a text after checking it, without the whitespace around the value.
  ///
  /// - Throws: ``JSONError`` when the text is not one JSON value by the rules of ``JSON``.
  public init(
    validating text: UnsafeRawBufferPointer, maximumDepth: Int = JSON.defaultMaximumDepth
  ) throws(JSONError) {
    try JSON.validateUTF8(text)
    var cursor = JSONCursor(text, maximumDepth: maximumDepth)
    let range = try cursor.skipValue()
    try cursor.end()
    self.init(scanned: range.bytes(in: text))
  }

  /// Takes a text after checking it, without the whitespace around the value.
  ///
  /// - Throws: ``JSONError`` when the text is not one JSON value.
  public init(
    validating text: [UInt8], maximumDepth: Int = JSON.defaultMaximumDepth
  ) throws(JSONError) {
    self = try text.span.withUnsafeBytes { (text) throws(JSONError) in
      try RawJSON(validating: text, maximumDepth: maximumDepth)
    }
  }

  /// Takes a text after checking it, without the whitespace around the value.
  ///
  /// - Throws: ``JSONError`` when the text is not one JSON value.
  public init(
    validating text: String, maximumDepth: Int = JSON.defaultMaximumDepth
  ) throws(JSONError) {
    try self.init(validating: Array(text.utf8), maximumDepth: maximumDepth)
  }

  /// Copies a value that a ``JSONCursor`` has moved over, in text that is known to be UTF-8. Nothing
  /// is checked again.
  public init(scanned bytes: UnsafeRawBufferPointer) {
    self.bytes = Array(bytes)
  }

  /// The text of a value.
  public init(_ value: JSONValue) {
    var writer = JSONWriter(capacity: 256)
    writer.value(value)
    bytes = writer.bytes
  }

  /// A string.
  public init(string: String) {
    self.init(.string(string))
  }

  /// A whole number.
  public init(number: Int) {
    self.init(.number(JSONNumber(number)))
  }

  /// A number; null when it is infinite or NaN.
  public init(number: Double) {
    self.init(JSONValue(number))
  }

  /// `null`
  public static let null = RawJSON(.null)
  /// `true`
  public static let `true` = RawJSON(.bool(true))
  /// `false`
  public static let `false` = RawJSON(.bool(false))

  /// The value as a tree. Null for text nested deeper than ``JSON/greatestMaximumDepth``, which only
  /// a tree built by the program itself can have led to.
  public var value: JSONValue {
    bytes.withUnsafeBytes { bytes in
      var cursor = JSONCursor(bytes, maximumDepth: JSON.greatestMaximumDepth)
      do throws(JSONError) { return try cursor.readValue() } catch { return .null }
    }
  }

  /// The kind of the value.
  public var kind: JSONKind {
    bytes.withUnsafeBytes { bytes in
      var cursor = JSONCursor(bytes)
      do throws(JSONError) { return try cursor.peekKind() } catch { return .null }
    }
  }
}

extension RawJSON: CustomStringConvertible {
  /// The text.
  public var description: String { String(decoding: bytes, as: UTF8.self) }
}

extension JSONCursor {
  /// Copies the next value as it is written.
  ///
  /// - Throws: ``JSONError`` when something in it is not JSON, or is nested too deep.
  public mutating func readRaw() throws(JSONError) -> RawJSON {
    RawJSON(scanned: try skipValue().bytes(in: bytes))
  }
}

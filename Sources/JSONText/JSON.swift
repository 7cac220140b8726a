/// Checks on whole JSON texts, strictly by RFC 8259.
///
/// Where the RFC leaves a choice: a byte order mark is refused. Numbers may be of any size and
/// precision. An escaped surrogate without its partner (`"\uD800"`) is within the grammar and passes;
/// decoded to a Swift string it becomes U+FFFD. Names may repeat within an object: all members are
/// kept, and look-ups find the last.
public enum JSON {
  /// How deep arrays and objects may be nested unless a caller says otherwise.
  @inlinable public static var defaultMaximumDepth: Int { 512 }

  /// The greatest depth that a caller can ask for: trees of values are built and freed by recursion,
  /// which must fit on the stack of any thread.
  @inlinable public static var greatestMaximumDepth: Int { 1_024 }

  /// Checks that `bytes` are one JSON value, with nothing but whitespace around it: grammar, UTF-8
  /// and depth.
  ///
  /// - Parameters:
  ///   - bytes: The whole text.
  ///   - maximumDepth: How many arrays and objects may be inside each other, at most
  ///     ``greatestMaximumDepth``.
  /// - Throws: ``JSONError``, with the offset of what is wrong.
  public static func validate(
    _ bytes: UnsafeRawBufferPointer, maximumDepth: Int = defaultMaximumDepth
  ) throws(JSONError) {
    try validateUTF8(bytes)
    var cursor = JSONCursor(bytes, maximumDepth: maximumDepth)
    try cursor.skipValue()
    try cursor.end()
  }

  /// Checks that `bytes` are one JSON value.
  ///
  /// - Throws: ``JSONError``, with the offset of what is wrong.
  public static func validate(
    _ bytes: Span<UInt8>, maximumDepth: Int = defaultMaximumDepth
  ) throws(JSONError) {
    try bytes.withUnsafeBytes { (bytes) throws(JSONError) in
      try validate(bytes, maximumDepth: maximumDepth)
    }
  }

  /// Checks that `bytes` are one JSON value.
  ///
  /// - Throws: ``JSONError``, with the offset of what is wrong.
  public static func validate(
    _ bytes: [UInt8], maximumDepth: Int = defaultMaximumDepth
  ) throws(JSONError) {
    try validate(bytes.span, maximumDepth: maximumDepth)
  }

  /// Checks that `bytes` are UTF-8: no overlong form, no surrogate, nothing above U+10FFFF.
  ///
  /// - Throws: ``JSONError`` of kind `invalidUTF8`.
  public static func validateUTF8(_ bytes: UnsafeRawBufferPointer) throws(JSONError) {
    let units = bytes.assumingMemoryBound(to: UInt8.self)
    do {
      _ = try UTF8Span(validating: units.span)
    } catch {
      throw JSONError(.invalidUTF8, at: error.byteOffsets.lowerBound)
    }
  }
}

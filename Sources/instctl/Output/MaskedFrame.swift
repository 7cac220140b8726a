import JSONText

/// A frame without its secrets: tokens and keys, wherever they stand, and whatever a login gives as its
/// token.
struct MaskedFrame {
  private let text: UnsafeRawBufferPointer
  /// The frame with its secrets replaced; nil where it has none.
  private let masked: JSONValue?

  /// Whether something was replaced.
  var isMasked: Bool { masked != nil }

  /// - Parameter text: valid JSON text, which must be there as long as this is used.
  init(_ text: UnsafeRawBufferPointer) {
    self.text = text
    masked = SecretMask.masked(text)
  }

  func write(to writer: inout JSONWriter) {
    if let masked { writer.value(masked) } else { writer.passThrough(text) }
  }
}

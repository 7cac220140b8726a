/// Base64 as it is shown: its ends, and the size of what it stands for.
struct Base64Form: Hashable, Sendable {
  /// The first and last characters, or all where there are few.
  let ends: String
  /// How many bytes it stands for.
  let decodedCount: Int
  private let isHexadecimal: Bool
  private let count: Int

  /// Nil when the text is not base64 in the standard alphabet, padded.
  init?(_ text: UnsafeRawBufferPointer) {
    guard !text.isEmpty, text.count % 4 == 0 else { return nil }
    let padding = text.reversed().prefix(2).prefix { $0 == UInt8(ascii: "=") }.count
    var isHexadecimal = padding == 0
    for byte in text.dropLast(padding) {
      guard Self.isInAlphabet(byte) else { return nil }
      if !Self.isHexDigit(byte) { isHexadecimal = false }
    }
    self.isHexadecimal = isHexadecimal
    count = text.count
    decodedCount = text.count / 4 * 3 - padding
    let whole = text.count <= Self.longest
    ends =
      whole
      ? String(decoding: text, as: UTF8.self)
      : String(decoding: text.prefix(8), as: UTF8.self) + "…"
        + String(decoding: text.suffix(6), as: UTF8.self)
  }

  /// Shown whole up to this length.
  private static let longest = 24

  /// Whether a text of unknown meaning is so long, and so much like base64, that it is none for reading.
  var isUnreadable: Bool { count >= 40 && !isHexadecimal }

  private static func isInAlphabet(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
      true
    default: false
    }
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }
}

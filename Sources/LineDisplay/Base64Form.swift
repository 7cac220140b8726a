/// Base64 as it is shown: its ends, and the size of what it stands for.
struct Base64Form: Hashable, Sendable {
  /// The first and last characters, or all where there are few.
  let ends: String
  /// How many bytes it stands for.
  let decodedCount: Int
  /// Whether there was more between the ends.
  let isShortened: Bool

  /// Nil when the text is not base64 in the standard alphabet, padded.
  init?(_ text: UnsafeRawBufferPointer) {
    guard !text.isEmpty, text.count % 4 == 0 else { return nil }
    let padding = text.reversed().prefix(2).prefix { $0 == UInt8(ascii: "=") }.count
    guard text.dropLast(padding).allSatisfy(Self.isInAlphabet) else { return nil }
    decodedCount = text.count / 4 * 3 - padding
    isShortened = text.count > Self.longest
    ends =
      isShortened
      ? String(decoding: text.prefix(8), as: UTF8.self) + "…"
        + String(decoding: text.suffix(6), as: UTF8.self)
      : String(decoding: text, as: UTF8.self)
  }

  /// Shown whole up to this length.
  private static let longest = 24

  /// The fields that hold base64. Of others nobody knows: a long word looks like it, too.
  static let fields: Set<String> = ["updates", "update", "base64"]

  private static func isInAlphabet(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
      true
    default: false
    }
  }
}

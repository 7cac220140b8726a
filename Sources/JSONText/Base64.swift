/// Base64, which is how bytes travel in JSON, by the letter of RFC 4648 section 4: the standard
/// alphabet, padding required, nothing else between the digits, and the bits that no byte uses zero
/// (section 3.5).
public enum Base64 {
  /// Encodes bytes, with padding.
  public static func encode(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    var group: UInt32 = 0
    var size = 0
    func appendGroup() {
      for digit in 0..<4 {
        let value = UInt8(truncatingIfNeeded: group >> (18 - 6 * UInt32(digit)) & 0x3F)
        text.append(digit <= size ? self.digit(of: value) : UInt8(ascii: "="))
      }
    }
    for byte in bytes {
      group |= UInt32(byte) << (16 - 8 * UInt32(size))
      size += 1
      guard size == 3 else { continue }
      appendGroup()
      (group, size) = (0, 0)
    }
    if size > 0 { appendGroup() }
    return String(decoding: text, as: UTF8.self)
  }

  /// Encodes the UTF-8 of a text.
  public static func encode(_ text: String) -> String {
    encode(text.utf8)
  }

  /// Decodes a text.
  ///
  /// - Returns: The bytes, or nil when the text is not base64.
  public static func decode(_ text: some StringProtocol) -> [UInt8]? {
    var text = String(text)
    return text.withUTF8 { decode(UnsafeRawBufferPointer($0)) }
  }

  /// Decodes a text given as bytes.
  ///
  /// - Returns: The bytes, or nil when the text is not base64.
  public static func decode(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
    guard let padding = padding(of: text) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var group: UInt32 = 0
    for position in 0..<(text.count - padding) {
      let value = values[Int(text[position])]
      guard value < 64 else { return nil }
      group = group << 6 | UInt32(value)
      guard position & 3 == 3 else { continue }
      bytes.append(UInt8(truncatingIfNeeded: group >> 16))
      bytes.append(UInt8(truncatingIfNeeded: group >> 8))
      bytes.append(UInt8(truncatingIfNeeded: group))
    }
    switch padding {
    case 1:
      guard group & 3 == 0 else { return nil }
      bytes.append(UInt8(truncatingIfNeeded: group >> 10))
      bytes.append(UInt8(truncatingIfNeeded: group >> 2))
    case 2:
      guard group & 15 == 0 else { return nil }
      bytes.append(UInt8(truncatingIfNeeded: group >> 4))
    default: break
    }
    return bytes
  }

  /// Decodes a text that holds UTF-8.
  ///
  /// - Returns: The decoded text, or nil when it is not base64 of UTF-8.
  public static func decodeText(_ text: some StringProtocol) -> String? {
    decode(text).flatMap { String(validating: $0, as: UTF8.self) }
  }

  /// Whether a text given as bytes is base64, without decoding it.
  public static func isValid(_ text: UnsafeRawBufferPointer) -> Bool {
    guard let padding = padding(of: text) else { return false }
    let digits = text.count - padding
    var last: UInt8 = 0
    for position in 0..<digits {
      last = values[Int(text[position])]
      guard last < 64 else { return false }
    }
    return padding == 0 || last & (padding == 1 ? 3 : 15) == 0
  }

  /// The number of padding characters, or nil when the length is wrong.
  private static func padding(of text: UnsafeRawBufferPointer) -> Int? {
    guard text.count & 3 == 0 else { return nil }
    guard text.count > 0, text[text.count - 1] == UInt8(ascii: "=") else { return 0 }
    return text[text.count - 2] == UInt8(ascii: "=") ? 2 : 1
  }

  private static func digit(of value: UInt8) -> UInt8 {
    switch value {
    case ..<26: UInt8(ascii: "A") + value
    case ..<52: UInt8(ascii: "a") + value - 26
    case ..<62: UInt8(ascii: "0") + value - 52
    case 62: UInt8(ascii: "+")
    default: UInt8(ascii: "/")
    }
  }

  /// The value of each character as a digit, 0xFF for those that are none.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 0xFF, count: 256)
    for value in UInt8(0)..<64 { values[Int(digit(of: value))] = value }
    return values
  }()
}

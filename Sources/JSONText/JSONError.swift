/// Why a text is not JSON, and where.
public struct JSONError: Error, Hashable, Sendable {
  /// What is wrong.
  public enum Kind: Hashable, Sendable {
    /// The text ends inside a value, or holds none.
    case unexpectedEnd
    /// A byte that the grammar does not allow here.
    case unexpectedByte(UInt8)
    /// The text begins with a byte order mark, which RFC 8259 section 8.1 lets a parser refuse.
    case byteOrderMark
    /// A number with a leading zero, or without a digit where one is due (RFC 8259 section 6).
    case invalidNumber
    /// A backslash that begins none of the escapes of RFC 8259 section 7.
    case invalidEscape
    /// A raw byte below 0x20 inside a string.
    case controlCharacterInString
    /// Bytes that are not UTF-8.
    case invalidUTF8
    /// More arrays and objects inside each other than the limit allows.
    case tooDeep(limit: Int)
    /// Something other than whitespace follows the value.
    case trailingText
  }

  /// What is wrong.
  public var kind: Kind
  /// Where, in bytes from the start of the text. At the end of the text this is its length.
  public var offset: Int

  /// An error of a kind at an offset.
  public init(_ kind: Kind, at offset: Int) {
    self.kind = kind
    self.offset = offset
  }
}

extension JSONError: CustomStringConvertible {
  /// One sentence part for people, such as `unexpected "," at byte 14`.
  public var description: String { "\(kind) at byte \(offset)" }
}

extension JSONError.Kind: CustomStringConvertible {
  /// What is wrong, without the place.
  public var description: String {
    switch self {
    case .unexpectedEnd: "the text ends too early"
    case .unexpectedByte(let byte): "unexpected \(Self.name(of: byte))"
    case .byteOrderMark: "a byte order mark instead of JSON"
    case .invalidNumber: "invalid number"
    case .invalidEscape: "invalid escape in a string"
    case .controlCharacterInString: "raw control character in a string"
    case .invalidUTF8: "invalid UTF-8"
    case .tooDeep(let limit): "nested deeper than \(limit) levels"
    case .trailingText: "more text after the value"
    }
  }

  /// Printable bytes as themselves, all others as a number: the text may come from anywhere.
  private static func name(of byte: UInt8) -> String {
    if (0x21...0x7E).contains(byte) { return "\"\(Unicode.Scalar(byte))\"" }
    let digits = String(byte, radix: 16, uppercase: true)
    return "byte 0x" + (byte < 0x10 ? "0" : "") + digits
  }
}

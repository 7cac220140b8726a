/// Why a text is not the key or token that it is meant to be. It never quotes the text.
public enum KeyError: Error, Hashable, Sendable {
  /// The text does not begin with the mark of its kind, such as `vCK1`, or one of several.
  case wrongPrefix(expected: String)
  /// The text has another number of parts, the mark included, than its kind has.
  case wrongPartCount(expected: Int, found: Int)
  /// A part is not base64 of UTF-8.
  case undecodablePart(name: String)
  /// The expiry is neither milliseconds nor `Infinity`.
  case invalidExpiry
  /// A record key's policy is neither `subjectfull` nor `subjectless`.
  case invalidPolicy
  /// The secret of a key is not base64 once decoded, so that nothing can be signed with it.
  case unusableSecret
}

extension KeyError: CustomStringConvertible {
  /// One sentence part for people.
  public var description: String {
    switch self {
    case .wrongPrefix(let expected): "it does not begin with \(expected) and a dot"
    case .wrongPartCount(let expected, let found):
      "it has \(found) parts between dots instead of \(expected)"
    case .undecodablePart(let name): "its \(name) is not base64 of UTF-8"
    case .invalidExpiry: "its expiry is neither milliseconds nor Infinity"
    case .invalidPolicy: "its policy is neither subjectfull nor subjectless"
    case .unusableSecret: "its secret is not base64 twice over"
    }
  }
}

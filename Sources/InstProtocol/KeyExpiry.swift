/// Until when a key is valid.
public enum KeyExpiry: Hashable, Sendable {
  /// For ever, written `Infinity`.
  case never
  /// Up to a time in milliseconds since the Unix epoch.
  case at(milliseconds: Int64)

  /// Reads the text of a key's expiry. Nil when it is neither milliseconds nor `Infinity`.
  public init?(_ text: String) {
    if text == "Infinity" {
      self = .never
    } else if let milliseconds = Int64(text) {
      self = .at(milliseconds: milliseconds)
    } else {
      return nil
    }
  }

  /// The text as keys carry it.
  public var text: String {
    switch self {
    case .never: "Infinity"
    case .at(let milliseconds): String(milliseconds)
    }
  }

  /// Whether the time is over.
  ///
  /// - Parameter now: Milliseconds since the Unix epoch.
  public func isExpired(atMilliseconds now: Int64) -> Bool {
    switch self {
    case .never: false
    case .at(let milliseconds): milliseconds <= now
    }
  }
}

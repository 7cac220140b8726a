/// A SOCKS proxy's reply to a request, other than that it succeeded (RFC 1928 section 6).
public struct SOCKSReply: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  /// The code on the wire.
  public let rawValue: UInt8

  /// A reply by its code.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// General SOCKS server failure.
  public static let failure = SOCKSReply(rawValue: 1)
  /// Connection not allowed by ruleset.
  public static let notAllowed = SOCKSReply(rawValue: 2)
  /// Network unreachable.
  public static let networkUnreachable = SOCKSReply(rawValue: 3)
  /// Host unreachable: where the proxy looks up names, also a name that it does not find.
  public static let hostUnreachable = SOCKSReply(rawValue: 4)
  /// Connection refused.
  public static let refused = SOCKSReply(rawValue: 5)
  /// TTL expired.
  public static let expired = SOCKSReply(rawValue: 6)
  /// Command not supported.
  public static let commandNotSupported = SOCKSReply(rawValue: 7)
  /// Address type not supported.
  public static let addressTypeNotSupported = SOCKSReply(rawValue: 8)

  /// What the reply means.
  public var description: String {
    switch self {
    case .failure: "general failure"
    case .notAllowed: "not allowed by its rules"
    case .networkUnreachable: "network unreachable"
    case .hostUnreachable: "host unreachable"
    case .refused: "connection refused"
    case .expired: "TTL expired"
    case .commandNotSupported: "command not supported"
    case .addressTypeNotSupported: "address type not supported"
    default: "reply \(rawValue)"
    }
  }
}

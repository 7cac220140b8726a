/// Which end of the connection this is: it decides who masks (RFC 6455, section 5.1).
public enum Role: Sendable {
  /// The end that sent the upgrade request: masks what it sends.
  case client
  /// The end that accepted it: must not mask, and closes TCP first.
  case server
}

/// What a message carries (RFC 6455, section 5.6).
public enum MessageKind: Sendable {
  /// Valid UTF-8.
  case text
  /// Any bytes.
  case binary

  var opcode: Opcode {
    switch self {
    case .text: .text
    case .binary: .binary
    }
  }
}

import Glibc
import InstClient
import InstProtocol

/// What a command logs in with, and where it was found: options first, then the environment, then the
/// profile, then what `login` has stored for the server's origin; else a bare random connection id.
struct EffectiveCredentials: Sendable {
  /// Where credentials come from.
  enum Source: String, Sendable {
    case option, environment, profile, stored, random

    init(_ source: ValueSource) {
      self =
        switch source {
        case .option, .default: .option
        case .environment: .environment
        case .profile: .profile
        }
    }
  }

  let credentials: ConnectionCredentials
  let source: Source

  /// - Parameter origin: the server's; a key that is stored for another one is never used.
  init(_ settings: Settings, origin: String) throws(Failure) {
    let given = try GivenCredential(settings)
    if let given, let token = try given.token() {
      if settings.connectionID?.source == .option {
        throw .usage(
          "--connection-id cannot go with a token", hint: "the token names its connection itself")
      }
      self.init(.token(Secret(token)), Source(given.source))
      return
    }
    let connectionID = try Self.connectionID(settings)
    if let given, let key = try given.key() {
      self.init(
        .key(key, connectionID: connectionID ?? randomConnectionID()), Source(given.source))
    } else if let connectionID, let source = settings.connectionID?.source {
      // Whoever asks for an id of one's own wants to be nobody in particular.
      self.init(.connectionID(connectionID), Source(source))
    } else if let key = try Self.storedKey(forOrigin: origin) {
      self.init(.key(key, connectionID: randomConnectionID()), .stored)
    } else {
      self.init(.connectionID(randomConnectionID()), .random)
    }
  }

  init(_ credentials: ConnectionCredentials, _ source: Source) {
    self.credentials = credentials
    self.source = source
  }

  /// The connection id that is asked for.
  static func connectionID(_ settings: Settings) throws(Failure) -> String? {
    if settings.connectionID?.value == "" { throw .usage("--connection-id is empty") }
    return settings.connectionID?.value
  }

  /// The key that `login` has stored for an origin.
  ///
  /// - Throws: also where its time is over.
  static func storedKey(forOrigin origin: String) throws(Failure) -> ConnectionKey? {
    guard let session = try CredentialStore.ofUser()?.session(forOrigin: origin) else {
      return nil
    }
    guard !session.connectionKey.expiry.isOver else { throw .storedSessionOver(origin) }
    return session.connectionKey
  }
}

extension Failure {
  /// What is stored for an origin was good for a time that is over.
  static func storedSessionOver(_ origin: String) -> Failure {
    Failure(
      code: "session_expired", layer: .login,
      message: "the session that is stored for \(origin) has expired",
      hint: "'instctl login --email ADDRESS' signs in again; 'instctl logout --local' forgets it",
      exit: .noPermission)
  }
}

extension KeyExpiry {
  /// Whether the time is over by this machine's clock.
  var isOver: Bool { isExpired(atMilliseconds: Timestamp.now().milliseconds) }
}

/// A random UUID (RFC 9562, version 4).
func randomConnectionID() -> String {
  var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
  bytes[6] = bytes[6] & 0x0F | 0x40
  bytes[8] = bytes[8] & 0x3F | 0x80
  let digits = Array("0123456789abcdef")
  var text = ""
  for (index, byte) in bytes.enumerated() {
    if [4, 6, 8, 10].contains(index) { text.append("-") }
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 15)])
  }
  return text
}

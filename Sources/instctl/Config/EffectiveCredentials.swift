import Glibc
import InstClient
import InstProtocol

/// What a command logs in with, and where it was found: options first, then the environment, then what
/// `login` has stored for the server's origin; else a bare random connection id.
struct EffectiveCredentials: Sendable {
  /// Where credentials come from.
  enum Source: String, Sendable {
    case option, environment, stored, random
  }

  let credentials: ConnectionCredentials
  let source: Source

  /// - Parameter origin: the server's; a key that is stored for another one is never used.
  init(_ options: ServerOptions, origin: String) throws(Failure) {
    if let (text, source) = try Self.token(options) {
      if options.connectionId != nil {
        throw .usage(
          "--connection-id cannot go with a token", hint: "the token names its connection itself")
      }
      self.init(.token(Secret(text)), source)
      return
    }
    let connectionID = try Self.connectionID(options)
    if let (key, source) = try Self.givenKey(options) {
      self.init(.key(key, connectionID: connectionID ?? randomConnectionID()), source)
    } else if let connectionID {
      // Whoever asks for an id of one's own wants to be nobody in particular.
      self.init(
        .connectionID(connectionID), options.connectionId == nil ? .environment : .option)
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
  static func connectionID(_ options: ServerOptions) throws(Failure) -> String? {
    let id = options.connectionId ?? Secrets.environment("INSTCTL_CONNECTION_ID")
    if id == "" { throw .usage("--connection-id is empty") }
    return id
  }

  /// The token in a file or the environment; a key in a file wins over the latter.
  static func token(
    _ options: ServerOptions
  ) throws(Failure) -> (text: String, source: Source)? {
    if let file = options.tokenFile {
      guard options.keyFile == nil else {
        throw .usage("--token-file and --key-file exclude each other")
      }
      return (try Secrets.read(file: file), .option)
    }
    guard options.keyFile == nil, let text = Secrets.environment("INSTCTL_TOKEN") else {
      return nil
    }
    return (text, .environment)
  }

  /// The key in a file or the environment.
  static func givenKey(
    _ options: ServerOptions
  ) throws(Failure) -> (key: ConnectionKey, source: Source)? {
    let text: String
    if let file = options.keyFile {
      text = try Secrets.read(file: file)
    } else {
      guard let value = Secrets.environment("INSTCTL_KEY") else { return nil }
      text = value
    }
    do throws(KeyError) {
      let key = try ConnectionKey(parsing: text)
      return (key, options.keyFile == nil ? .environment : .option)
    } catch {
      throw Secrets.broken(options.keyFile ?? "INSTCTL_KEY", "no connection key: \(error)")
    }
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

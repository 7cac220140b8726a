import InstProtocol
import Transport

/// The token or the key that a command is told to use, not yet read.
struct GivenCredential: Sendable {
  private enum Place: Sendable {
    case token(String)
    case key(String)
    case tokenFile(String)
    case keyFile(String)
    case keyCommand(String)
  }

  private let place: Place
  let source: ValueSource

  static let tokenVariable = "INSTCTL_TOKEN"
  static let keyVariable = "INSTCTL_KEY"

  /// Nil where there is none: of the options, the environment, and the profile, the first that names one.
  init?(_ settings: Settings) throws(Failure) {
    let named: [(Place, ValueSource)] = [
      settings.tokenFile.map { (Place.tokenFile($0.value), $0.source) },
      settings.keyFile.map { (Place.keyFile($0.value), $0.source) },
      settings.keyCommand.map { (Place.keyCommand($0.value), $0.source) },
    ].compactMap { $0 }
    if let found = try Self.only(named.filter { $0.1 == .option }) {
      (place, source) = found
    } else if let token = Secrets.environment(Self.tokenVariable) {
      (place, source) = (.token(token), .environment(variable: Self.tokenVariable))
    } else if let key = Secrets.environment(Self.keyVariable) {
      (place, source) = (.key(key), .environment(variable: Self.keyVariable))
    } else if let found = try Self.only(named.filter(\.1.isEnvironment)) {
      (place, source) = found
    } else if let found = try Self.only(named) {
      (place, source) = found
    } else {
      return nil
    }
  }

  private static func only(
    _ found: [(Place, ValueSource)]
  ) throws(Failure) -> (Place, ValueSource)? {
    guard found.count <= 1 else {
      throw .usage("--token-file, --key-file and --key-command exclude each other")
    }
    return found.first
  }

  /// The token; nil for a key.
  func token() throws(Failure) -> String? {
    switch place {
    case .token(let text): text
    case .tokenFile(let file): try Secrets.read(file: file)
    case .key, .keyFile, .keyCommand: nil
    }
  }

  /// The key; nil for a token.
  func key() throws(Failure) -> ConnectionKey? {
    let text: String
    switch place {
    case .token, .tokenFile: return nil
    case .key(let key): text = key
    case .keyFile(let file): text = try Secrets.read(file: file)
    case .keyCommand(let command):
      text = try Signals.endingAtOnce { () throws(Failure) in try KeyCommand.run(command) }
    }
    do throws(KeyError) { return try ConnectionKey(parsing: text) } catch {
      throw Secrets.broken(name, "no connection key: \(error)")
    }
  }

  /// Where it is, for people.
  private var name: String {
    switch place {
    case .token: Self.tokenVariable
    case .key: Self.keyVariable
    case .tokenFile(let file), .keyFile(let file): file
    case .keyCommand: "the output of --key-command"
    }
  }

  /// Whether it comes by stdin.
  var isOnInput: Bool {
    switch place {
    case .tokenFile("-"), .keyFile("-"): true
    default: false
    }
  }
}

/// Everything that an option, a variable of the environment or a field of a profile can set, each by its
/// long option's name. The names of the variable and of the field follow from it.
enum Setting: String, CaseIterable, Sendable {
  case server
  case branch
  case connectionID = "connection-id"
  case tokenFile = "token-file"
  case keyFile = "key-file"
  case keyCommand = "key-command"
  case recordKeyFile = "record-key-file"
  case sessionKeyFile = "session-key-file"

  case connectTimeout = "connect-timeout"
  case timeout
  case retries
  case reconnect
  case backoff
  case pingInterval = "ping-interval"
  case pingTimeout = "ping-timeout"

  case cacert
  case cert
  case certKey = "cert-key"
  case certPasswordFile = "cert-password-file"
  case servername
  case pin
  case insecure

  case proxy
  case proxyCredentialsFile = "proxy-credentials-file"
  case unixSocket = "unix-socket"
  case resolve
  case ipVersion = "ip-version"

  case header
  case cookieFile = "cookie-file"
  case origin
  case subprotocol
  case compress
  case maxMessage = "max-message"
  case dialect
  case largeMessages = "large-messages"

  case output
  case color
  case logFormat = "log-format"
  case verbose
  case quiet
  case trace

  /// The variable of the environment, `INSTCTL_CONNECT_TIMEOUT`.
  var variable: String {
    "INSTCTL_" + rawValue.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
  }

  /// The field of a profile, `connectTimeout`.
  var field: String {
    let words = rawValue.split(separator: "-")
    return words.prefix(1).joined()
      + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  /// The setting of a profile's field.
  init?(field: String) {
    guard let setting = Self.allCases.first(where: { $0.field == field }) else { return nil }
    self = setting
  }

  /// Whether there can be several values: an array in a profile, lines in a variable.
  var isList: Bool { [.pin, .resolve, .header, .subprotocol].contains(self) }

  /// Whether the value is the name of a file.
  var isFile: Bool {
    [
      .tokenFile, .keyFile, .recordKeyFile, .sessionKeyFile, .cacert, .cert, .certKey,
      .certPasswordFile, .proxyCredentialsFile, .unixSocket, .cookieFile, .trace,
    ].contains(self)
  }

  /// Whether a value may hold a secret, and is shown as `set`.
  var isSecret: Bool { self == .header || self == .proxy }

  /// As whom we come, and what tells it: a profile's is for the profile's own server alone.
  var isCredential: Bool {
    [
      .connectionID, .tokenFile, .keyFile, .keyCommand, .recordKeyFile, .sessionKeyFile, .header,
      .cookieFile, .cert, .certKey, .certPasswordFile,
    ].contains(self)
  }

  /// How the option is written, where it is not its name with two dashes.
  var option: String {
    switch self {
    case .reconnect: "--no-reconnect"
    case .ipVersion: "-4, -6"
    case .compress: "--compress, --no-compress"
    default: "--" + rawValue
    }
  }

  /// What holds where nothing is said; nil for nothing, or for what depends on the command.
  var defaultText: String? {
    switch self {
    case .branch: "default"
    case .connectTimeout: "10s"
    case .reconnect: "true"
    case .backoff: "500ms..30s"
    case .pingInterval: "15s"
    case .pingTimeout: "10s"
    case .insecure, .quiet: "false"
    case .verbose: "0"
    case .compress: "true"
    case .maxMessage: "64MiB"
    case .dialect, .largeMessages, .color: "auto"
    case .output: "json"
    default: nil
    }
  }
}

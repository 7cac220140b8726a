import ArgumentParser
import InstClient
import Transport

/// Which profile counts.
enum ProfileChoice: Sendable {
  /// The one that the environment names, else the one in use, if there is any.
  case inUse
  case named(String)
  case none
}

/// What holds for a run of a command, field by field: the option, else the environment, else the profile,
/// else a default.
struct Settings: Sendable {
  let profile: Profile?
  /// Whether the command can reach a server.
  let isOnline: Bool
  /// What the profile says but must not tell another server.
  let leftOut: [Setting]

  let server: Sourced<String>?
  let branch: Sourced<String>
  let timeout: Sourced<DurationArgument>?

  // As whom.
  let connectionID: Sourced<String>?
  let tokenFile: Sourced<String>?
  let keyFile: Sourced<String>?
  let keyCommand: Sourced<String>?
  let recordKeyFile: Sourced<String>?
  let sessionKeyFile: Sourced<String>?

  // For how long.
  let connectTimeout: Sourced<DurationArgument>
  let retries: Sourced<RetriesArgument>?
  let reconnect: Sourced<Bool>
  let backoff: Sourced<BackoffArgument>?
  let pingInterval: Sourced<PingIntervalArgument>?
  let pingTimeout: Sourced<DurationArgument>

  // TLS.
  let cacert: Sourced<String>?
  let cert: Sourced<String>?
  let certKey: Sourced<String>?
  let certPasswordFile: Sourced<String>?
  let servername: Sourced<String>?
  let pins: Sourced<[String]>
  let insecure: Sourced<Bool>

  // The way.
  let proxy: Sourced<String>?
  let proxyCredentialsFile: Sourced<String>?
  let unixSocket: Sourced<String>?
  let resolve: Sourced<[String]>
  let ipVersion: Sourced<IPVersionArgument>?

  // The upgrade, and the messages.
  let headers: Sourced<[String]>
  let cookieFile: Sourced<String>?
  let origin: Sourced<String>?
  let subprotocols: Sourced<[String]>
  let compress: Sourced<Bool>
  let maxMessage: Sourced<SizeArgument>
  let dialect: Sourced<DialectArgument>
  let largeMessages: Sourced<LargeMessagesArgument>
  let trace: Sourced<String>?

  // The output.
  let output: Sourced<OutputForm>
  let color: Sourced<ColorChoice>
  let logFormat: Sourced<LogFormat>?
  let verbosity: Sourced<VerbosityArgument>
  let quiet: Sourced<Bool>
  /// Which lines are printed: options alone say it.
  let lines: LineChoice

  /// Names the profile, as `--profile` does.
  static let profileVariable = "INSTCTL_PROFILE"

  /// Resolves everything.
  ///
  /// - Parameters:
  ///   - options: nil for commands that reach no server.
  ///   - output: the options of the output.
  ///   - choice: which profile counts, where no option names one.
  ///   - branch: `--branch`, where the command has it.
  ///   - timeout: `--timeout`, where the command has it.
  ///   - recordKeyFile: `--record-key-file`, where the command has it.
  ///   - sessionKeyFile: `--session-key-file`, where the command has it.
  init(
    _ options: ServerOptions?, _ output: OutputOptions, profile choice: ProfileChoice = .inUse,
    branch: String? = nil, timeout: DurationArgument? = nil, recordKeyFile: String? = nil,
    sessionKeyFile: String? = nil
  ) throws(Failure) {
    let profile = try Self.profile(options?.profile.map(ProfileChoice.named) ?? choice)
    self.profile = profile
    isOnline = options != nil
    var find = SettingLookup(profile: profile)

    server = try find.value(.server, options?.server)
    if Self.isElsewhere(server, than: profile) {
      find.ignored = Setting.allCases.filter(\.isCredential)
    }
    let ignored = find.ignored
    leftOut = profile?.values.map(\.setting).filter(ignored.contains) ?? []
    self.branch = try find.value(.branch, branch, default: "default")
    self.timeout = try find.value(.timeout, timeout)

    connectionID = try find.value(.connectionID, options?.connectionId)
    tokenFile = try find.value(.tokenFile, options?.tokenFile)
    keyFile = try find.value(.keyFile, options?.keyFile)
    keyCommand = try find.value(.keyCommand, options?.keyCommand)
    self.recordKeyFile = try find.value(.recordKeyFile, recordKeyFile)
    self.sessionKeyFile = try find.value(.sessionKeyFile, sessionKeyFile)

    connectTimeout = try find.value(
      .connectTimeout, options?.connectTimeout,
      default: DurationArgument(milliseconds: 10_000, text: "10s"))
    retries = try find.value(.retries, options?.retries)
    reconnect = try find.flag(
      .reconnect, options?.noReconnect == true ? false : nil, default: true)
    backoff = try find.value(.backoff, options?.backoff)
    pingInterval = try find.value(.pingInterval, options?.pingInterval)
    pingTimeout = try find.value(
      .pingTimeout, options?.pingTimeout,
      default: DurationArgument(milliseconds: 10_000, text: "10s"))

    cacert = try find.value(.cacert, options?.cacert)
    cert = try find.value(.cert, options?.cert)
    certKey = try find.value(.certKey, options?.certKey)
    certPasswordFile = try find.value(.certPasswordFile, options?.certPasswordFile)
    servername = try find.value(.servername, options?.servername)
    pins = find.values(.pin, options?.pin ?? [])
    insecure = try find.flag(.insecure, options?.insecure == true ? true : nil, default: false)

    proxy = try find.value(.proxy, options?.proxy)
    proxyCredentialsFile = try find.value(.proxyCredentialsFile, options?.proxyCredentialsFile)
    unixSocket = try find.value(.unixSocket, options?.unixSocket)
    resolve = find.values(.resolve, options?.resolve ?? [])
    ipVersion = try find.value(.ipVersion, options?.ipVersion)

    headers = find.values(.header, options?.header ?? [])
    cookieFile = try find.value(.cookieFile, options?.cookieFile)
    origin = try find.value(.origin, options?.origin)
    subprotocols = find.values(.subprotocol, options?.subprotocol ?? [])
    compress = try find.flag(.compress, options?.compress, default: true)
    maxMessage = try find.value(
      .maxMessage, options?.maxMessage, default: SizeArgument(bytes: 64 << 20, text: "64MiB"))
    dialect = try find.value(.dialect, options?.dialect, default: .auto)
    largeMessages = try find.value(.largeMessages, options?.largeMessages, default: .auto)
    trace = try find.value(.trace, options?.trace)

    lines = try LineChoice(output.filter)
    self.output = try find.value(.output, output.output, default: .json)
    color = try find.value(.color, output.color, default: .auto)
    logFormat = try find.value(.logFormat, output.logFormat)
    verbosity = try find.value(
      .verbose, output.verbose == 0 ? nil : VerbosityArgument(level: output.verbose),
      default: VerbosityArgument(level: 0))
    quiet = try find.flag(
      .quiet, output.quiet ? true : output.verbose > 0 ? false : nil, default: false)
  }

  private static func profile(_ choice: ProfileChoice) throws(Failure) -> Profile? {
    switch choice {
    case .none: return nil
    case .named(let name): return try ProfileStore.required().required(name)
    case .inUse:
      if let name = Secrets.environment(profileVariable) {
        return try ProfileStore.required().required(name)
      }
      guard let store = ProfileStore.ofUser(), let name = try store.used() else { return nil }
      return try store.required(name)
    }
  }

  /// Whether a server was asked for that is another one than the profile's: it must not get the profile's
  /// credentials.
  private static func isElsewhere(_ server: Sourced<String>?, than profile: Profile?) -> Bool {
    guard let server, let own = profile?.texts(.server)?.first, server.value != own else {
      return false
    }
    let origins = [server.value, own].map { try? WebSocketURL(server: $0).origin }
    return origins[0] == nil || origins[0] != origins[1]
  }

  // MARK: What commands ask

  /// Where everything goes that is not data.
  var diagnostics: Diagnostics {
    Diagnostics(
      verbosity: quiet.value ? 0 : 1 + verbosity.value.level, format: logFormat?.value)
  }

  /// How long to wait, where the command has a time of its own.
  func timeout(default milliseconds: Int64) -> DurationArgument {
    timeout?.value ?? DurationArgument(milliseconds: milliseconds, text: "\(milliseconds)ms")
  }

  /// The server that is asked for.
  func serverURL() throws(Failure) -> WebSocketURL {
    guard let server else {
      throw .usage(
        "no server is given", hint: "--server https://host, INSTCTL_SERVER, or a profile")
    }
    do throws(TransportError) { return try WebSocketURL(server: server.value) } catch {
      guard server.source != .option else { throw Failure(error) }
      throw .unusable(.server, server.source, "\(error)")
    }
  }
}

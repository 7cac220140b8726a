import Transport

/// A setting as it is shown: its value as text, and where that comes from.
struct ShownSetting: Sendable {
  let setting: Setting
  /// Nil where nothing holds.
  let texts: [String]?
  let source: ValueSource
}

extension Settings {
  /// The proxy that the environment names for all programs.
  private var otherProxy: ([String]?, ValueSource) {
    let names = ProxyEnvironment.names.filter { !$0.lowercased().hasPrefix("no_") }
    guard let name = names.first(where: { Secrets.environment($0) != nil }) else {
      return (nil, .default)
    }
    return (["set"], .environment(variable: name))
  }

  /// Every setting, with the value that holds.
  var table: [ShownSetting] {
    Setting.allCases.map { setting in
      let (texts, source) = shown(setting)
      return ShownSetting(
        setting: setting, texts: texts ?? setting.defaultText.map { [$0] }, source: source)
    }
  }

  private func shown(_ setting: Setting) -> ([String]?, ValueSource) {
    func text<Value>(_ value: Sourced<Value>?, _ text: (Value) -> String) -> (
      [String]?, ValueSource
    ) {
      guard let value else { return (nil, .default) }
      return ([text(value.value)], value.source)
    }
    func list(_ value: Sourced<[String]>) -> ([String]?, ValueSource) {
      (value.value.isEmpty ? nil : value.value, value.source)
    }
    return switch setting {
    case .server: text(server) { $0 }
    case .branch: text(branch) { $0 }
    case .connectionID: text(connectionID) { $0 }
    case .tokenFile: text(tokenFile) { $0 }
    case .keyFile: text(keyFile) { $0 }
    case .keyCommand: text(keyCommand) { $0 }
    case .recordKeyFile: text(recordKeyFile) { $0 }
    case .sessionKeyFile: text(sessionKeyFile) { $0 }
    case .connectTimeout: text(connectTimeout) { $0.text }
    case .timeout: text(timeout) { $0.text }
    case .retries: text(retries) { "\($0.count)" }
    case .reconnect: text(reconnect) { "\($0)" }
    case .backoff:
      text(backoff) { "\($0.minimum.text)..\($0.maximum.text)" }
    case .pingInterval:
      text(pingInterval) { $0.milliseconds.map { "\($0)ms" } ?? "off" }
    case .pingTimeout: text(pingTimeout) { $0.text }
    case .cacert: text(cacert) { $0 }
    case .cert: text(cert) { $0 }
    case .certKey: text(certKey) { $0 }
    case .certPasswordFile: text(certPasswordFile) { $0 }
    case .servername: text(servername) { $0 }
    case .pin: list(pins)
    case .insecure: text(insecure) { "\($0)" }
    case .proxy: proxy == nil ? otherProxy : text(proxy) { $0 }
    case .proxyCredentialsFile: text(proxyCredentialsFile) { $0 }
    case .unixSocket: text(unixSocket) { $0 }
    case .resolve: list(resolve)
    case .ipVersion: text(ipVersion) { $0.rawValue }
    case .header: list(headers)
    case .cookieFile: text(cookieFile) { $0 }
    case .origin: text(origin) { $0 }
    case .subprotocol: list(subprotocols)
    case .compress: text(compress) { "\($0)" }
    case .maxMessage: text(maxMessage) { $0.text }
    case .dialect: text(dialect) { $0.rawValue }
    case .largeMessages: text(largeMessages) { $0.rawValue }
    case .output: text(output) { $0.rawValue }
    case .color: text(color) { $0.rawValue }
    case .logFormat: text(logFormat) { $0.rawValue }
    case .verbose: text(verbosity) { "\($0.level)" }
    case .quiet: text(quiet) { "\($0)" }
    case .trace: text(trace) { $0 }
    }
  }
}

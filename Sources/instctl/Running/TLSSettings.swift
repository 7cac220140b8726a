import Transport

extension Settings {
  /// Whom to believe and as whom to come by TLS; nil where the server is not reached by it.
  @EventLoop
  func tls(for url: WebSocketURL) throws(Failure) -> TLSContext? {
    let pins = try certificatePins()
    guard url.isSecure else {
      // What is asked for as a safeguard must not be passed over.
      guard pins.isEmpty else {
        throw .usage(
          "--pin is for TLS, and the server is reached without it", hint: "use https:// or wss://")
      }
      var refused: [Setting] = [.cert, .certKey, .certPasswordFile, .servername, .insecure]
      // An HTTPS proxy has a certificate, too.
      if try proxy(for: url)?.scheme != .https { refused.append(.cacert) }
      try refuse(
        refused,
        because: "it is for TLS, and the server is reached without it")
      return nil
    }
    if insecure.value {
      diagnostics.warn("the server's certificate is not verified (--insecure)")
    }
    var options = TLSClientOptions(trust: trust)
    options.identity = try clientIdentity()
    options.serverName = servername?.value
    options.pins = pins
    options.keyLogFile = Self.keyLogFile
    if let file = options.keyLogFile {
      diagnostics.warn(
        "the secrets of each connection are written to '\(file)' (SSLKEYLOGFILE): who has them "
          + "can read it")
    }
    return try Self.context(options)
  }

  /// The same for the storage that a server names for large messages: it is somebody else, who is not
  /// told who we are.
  @EventLoop
  func storageTLS(for url: WebSocketURL) throws(Failure) -> TLSContext? {
    guard url.isSecure else { return nil }
    var options = TLSClientOptions(trust: trust)
    options.keyLogFile = Self.keyLogFile
    return try Self.context(options)
  }

  @EventLoop
  private static func context(_ options: TLSClientOptions) throws(Failure) -> TLSContext {
    do throws(TLSError) {
      // Its files may be pipes.
      return try Signals.endingAtOnce { () throws(TLSError) in try TLSContext.client(options) }
    } catch { throw Failure(error) }
  }

  private var trust: TLSContext.Trust {
    insecure.value ? .anybody : cacert.map { .file($0.value) } ?? .system
  }

  /// The pins, read.
  func certificatePins() throws(Failure) -> [CertificatePin] {
    var pins: [CertificatePin] = []
    for text in self.pins.value {
      guard let pin = CertificatePin(text) else {
        throw .unusable(
          .pin, self.pins.source, "'\(text)' is no pin",
          hint: "sha256// and the 44 characters of a hash in base64")
      }
      pins.append(pin)
    }
    return pins
  }

  private static var keyLogFile: String? { Secrets.environment("SSLKEYLOGFILE") }

  // MARK: The client certificate

  private static let passwordVariable = "INSTCTL_CERT_PASSWORD"

  private func clientIdentity() throws(Failure) -> ClientIdentity? {
    guard let cert else {
      for (setting, source) in [
        (Setting.certKey, certKey?.source), (.certPasswordFile, certPasswordFile?.source),
      ] where source == .option {
        throw .usage("\(setting.option) is nothing without --cert")
      }
      return nil
    }
    // A profile's key is that of the profile's certificate.
    let belongs = { (source: ValueSource) in source == cert.source || !source.isProfile }
    let keyFile = certKey.flatMap { belongs($0.source) ? $0.value : nil }
    let passwordFile = certPasswordFile.flatMap { belongs($0.source) ? $0 : nil }
    try Secrets.refuseIfOpenToOthers(file: keyFile ?? cert.value)
    return ClientIdentity(
      certificateFile: cert.value, keyFile: keyFile,
      password: try Self.password(passwordFile).map(Passphrase.init))
  }

  private static func password(_ file: Sourced<String>?) throws(Failure) -> String? {
    if file?.source != .option, let password = Secrets.environment(passwordVariable) {
      return password
    }
    guard let file else { return nil }
    return try Secrets.read(file: file.value)
  }
}

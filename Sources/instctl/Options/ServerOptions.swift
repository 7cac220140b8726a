import ArgumentParser

/// How to reach a server, and as whom. What an option does not say, the environment, the profile or a
/// default does: ``Settings``.
struct ServerOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The server: https://host (reached at wss://host/websocket), or a ws(s):// URL as it stands.",
      valueName: "url"))
  var server: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Take what no option and no variable says from this profile; by default from the one in use.",
      valueName: "name"),
    completion: .custom { _, _, _ in ProfileCompletion.names() })
  var profile: String?

  // MARK: As whom

  @Option(
    help: ArgumentHelp(
      "Log in with this connection id. (default: a fresh random one)", valueName: "id"))
  var connectionId: String?

  @Option(
    help: ArgumentHelp(
      "Log in with the connection token in this file, '-' for stdin. INSTCTL_TOKEN holds the token itself.",
      valueName: "file"), completion: .file())
  var tokenFile: String?

  @Option(
    help: ArgumentHelp(
      "Log in with tokens made from the connection key in this file, '-' for stdin. INSTCTL_KEY holds the "
        + "key itself.", valueName: "file"), completion: .file())
  var keyFile: String?

  @Option(
    help: ArgumentHelp(
      "Log in with tokens made from the connection key that this shell command prints, such as that of "
        + "a password manager.", valueName: "command"))
  var keyCommand: String?

  // MARK: For how long

  @Option(
    help: ArgumentHelp(
      "Give up when name, TCP, proxy, TLS, upgrade and login take longer than this. (default: 10s)",
      valueName: "duration"))
  var connectTimeout: DurationArgument?

  @Option(
    help: ArgumentHelp(
      "Give up after so many failed attempts in a row. It then holds for the first connection, too, which "
        + "otherwise must succeed at once. (default: without end, once there was a connection)",
      valueName: "n"))
  var retries: RetriesArgument?

  @Flag(
    name: .customLong("no-reconnect"),
    help: "End when the connection is lost instead of connecting again.")
  var noReconnect = false

  @Option(
    help: ArgumentHelp(
      "The pauses between attempts: up to the first at the beginning, doubled each time up to the second, "
        + "each drawn at random. (default: 500ms..30s)", valueName: "min..max"))
  var backoff: BackoffArgument?

  @Option(
    help: ArgumentHelp(
      "Ping the server when so long has passed since the last ping; 'off' for never. (default: 15s)",
      valueName: "duration"))
  var pingInterval: PingIntervalArgument?

  @Option(
    help: ArgumentHelp(
      "Take the connection for lost when a ping is not answered for so long. (default: 10s)",
      valueName: "duration"))
  var pingTimeout: DurationArgument?

  // MARK: TLS

  @Option(
    help: ArgumentHelp(
      "Trust the certificates in this PEM file instead of the system's.", valueName: "file"),
    completion: .file())
  var cacert: String?

  @Option(
    help: ArgumentHelp(
      "Show this client certificate: a PEM file with its chain, or a PKCS#12 file with its key.",
      valueName: "file"), completion: .file())
  var cert: String?

  @Option(
    help: ArgumentHelp(
      "The client certificate's key, a PEM file. (default: in the file of --cert)",
      valueName: "file"), completion: .file())
  var certKey: String?

  @Option(
    help: ArgumentHelp(
      "The password of the client certificate's key is in this file. INSTCTL_CERT_PASSWORD holds the "
        + "password itself.", valueName: "file"), completion: .file())
  var certPasswordFile: String?

  @Option(
    help: ArgumentHelp(
      "Ask for, and verify, the certificate of this name instead of the host's.", valueName: "name")
  )
  var servername: String?

  @Option(
    help: ArgumentHelp(
      "Accept only a server with this public key, sha256//BASE64. May be repeated: any of them will do. "
        + "Holds with --insecure, too. -v with --log-format json tells the one of a server.",
      valueName: "hash"))
  var pin: [String] = []

  @Flag(
    name: [.customShort("k"), .long],
    help: "Do not verify the server's certificate; warns each time.")
  var insecure = false

  // MARK: The way

  @Option(
    help: ArgumentHelp(
      "Go through this proxy: http://, https://, socks5:// (names are looked up here) or socks5h:// (by the "
        + "proxy); 'none' for no proxy. (default: HTTPS_PROXY, ALL_PROXY, NO_PROXY)",
      valueName: "url"))
  var proxy: String?

  @Option(
    help: ArgumentHelp(
      "The proxy's 'user:password' is in this file, '-' for stdin.", valueName: "file"),
    completion: .file())
  var proxyCredentialsFile: String?

  @Option(
    help: ArgumentHelp(
      "Connect to this Unix socket instead; the URL still names host and path.", valueName: "path"),
    completion: .file())
  var unixSocket: String?

  @Option(
    help: ArgumentHelp(
      "Take this address for a host and port, without looking the name up. May be repeated.",
      valueName: "host:port:address"))
  var resolve: [String] = []

  @Flag(name: [.customShort("4"), .customLong("ipv4")], help: "Use addresses of IPv4 only.")
  var ipv4 = false

  @Flag(name: [.customShort("6"), .customLong("ipv6")], help: "Use addresses of IPv6 only.")
  var ipv6 = false

  // MARK: The upgrade

  @Option(
    name: [.customShort("H"), .long],
    help: ArgumentHelp(
      "A header field of the upgrade and of requests of the HTTP API, or '@file' with one a line, for those "
        + "that are secrets: nobody else may be able to read the file. May be repeated.",
      valueName: "name: value"))
  var header: [String] = []

  @Option(
    help: ArgumentHelp(
      "Send the cookies of this file that are for the server: as browsers and curl export them, or lines of "
        + "name=value. Nobody else may be able to read it.", valueName: "file"),
    completion: .file())
  var cookieFile: String?

  @Option(help: ArgumentHelp("The Origin of the upgrade.", valueName: "url"))
  var origin: String?

  @Option(
    help: ArgumentHelp("Offer this subprotocol. May be repeated.", valueName: "name"))
  var subprotocol: [String] = []

  // MARK: Messages

  @Flag(
    inversion: .prefixedNo, help: "Offer compression, permessage-deflate. (default: --compress)")
  var compress: Bool?

  @Option(
    help: ArgumentHelp(
      "The largest message accepted, after decompression. (default: 64MiB)", valueName: "size"))
  var maxMessage: SizeArgument?

  @Option(
    help: ArgumentHelp(
      "The names and forms that the server knows; auto starts with the deployed ones and changes when "
        + "the server does not know them. (default: auto)", valueName: "dialect"))
  var dialect: DialectArgument?

  @Option(
    help: ArgumentHelp(
      "How messages of over 32,000 characters travel: inline in a frame, by upload to the server's "
        + "storage, or auto, which asks for an upload and learns when the server has none. (default: auto)",
      valueName: "way"))
  var largeMessages: LargeMessagesArgument?

  @Option(
    help: ArgumentHelp(
      "Add each frame and event to this file as JSON lines, secrets masked; '-' for stderr. A file that "
        + "holds something else is refused. 'instctl help trace' explains the lines.",
      valueName: "file"), completion: .file())
  var trace: String?

  func validate() throws {
    let texts = [
      ("--unix-socket", unixSocket), ("--origin", origin), ("--servername", servername),
    ]
    for (option, text) in texts where text == "" { throw ValidationError("\(option) is empty") }
    if ipv4, ipv6 { throw ValidationError("--ipv4 and --ipv6 leave no address") }
  }

  var ipVersion: IPVersionArgument? { ipv4 ? .ipv4 : ipv6 ? .ipv6 : nil }
}

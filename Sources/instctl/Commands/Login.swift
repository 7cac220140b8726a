import ArgumentParser
import InstClient
import InstProtocol
import JSONText
import Transport
import WebSocket

/// `instctl login`.
struct Login: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "login",
    abstract: "Prove that the server accepts the credentials; or sign in and store them.",
    discussion: """
      Logs in and prints one line of type login: success, and info, which is who the server says we are. \
      A refusal prints nothing on stdout, and the exit code tells.

      With --email or --phone it signs in first: the server sends a code to that address, the code is asked \
      for on the terminal, and the keys that come for it are stored for the server's origin, in \
      credentials.json of $XDG_CONFIG_HOME/instctl or ~/.config/instctl. From then on every command uses them \
      at that server, unless it is given others. 'instctl logout' takes them back.

      Without a terminal the code is read with --code-file: in one step, when whoever finds the code writes \
      it to that pipe while the command waits; or in two, where --request-only prints a line of type \
      login_request, whose ids go with the code later, as --user-id and --request-id.

      Examples:
        export INSTCTL_SERVER=http://127.0.0.1:3000
        instctl login --key-file key.txt
        instctl login --email ann@example.com
        instctl login --email ann@example.com --request-only
      """)

  @Option(
    help: ArgumentHelp("Sign in with a code sent to this email address.", valueName: "address"))
  var email: String?

  @Option(
    help: ArgumentHelp("Sign in with a code sent to this phone number.", valueName: "number"))
  var phone: String?

  @Option(
    help: ArgumentHelp(
      "Read the code from this file or pipe, '-' for stdin, instead of asking.", valueName: "file"),
    completion: .file())
  var codeFile: String?

  @Flag(help: "Only have the code sent, and print what goes with it later.")
  var requestOnly = false

  @Option(
    help: ArgumentHelp("Sign in with a code that was sent before, for this user.", valueName: "id"))
  var userId: String?

  @Option(
    help: ArgumentHelp(
      "Sign in with a code that was sent before, for this request.", valueName: "id"))
  var requestId: String?

  @Flag(
    help: ArgumentHelp(
      "Store nothing: the line on stdout then has the connectionKey and sessionKey, which are secrets, "
        + "for whoever keeps them elsewhere."))
  var noStore = false

  @OptionGroup(title: "Connection") var server: ServerOptions
  @OptionGroup(title: "Waiting") var waiting: TimeoutOption
  @OptionGroup(title: "Output") var output: OutputOptions

  func validate() throws {
    if email != nil, phone != nil {
      throw ValidationError("--email and --phone exclude each other")
    }
    if email == "" || phone == "" { throw ValidationError("the address is empty") }
    if (userId == nil) != (requestId == nil) {
      throw ValidationError("--user-id and --request-id go together")
    }
    if requestId != nil, address != nil || requestOnly {
      throw ValidationError(
        "--request-id is for a code that was sent before: no --email or --phone")
    }
    if requestOnly, address == nil {
      throw ValidationError("--request-only needs --email or --phone")
    }
    if requestOnly, codeFile != nil || noStore {
      throw ValidationError("--request-only ends before there is a code or anything to store")
    }
    if !signsIn, codeFile != nil || noStore {
      throw ValidationError("--code-file and --no-store go with --email, --phone or --request-id")
    }
  }

  private var address: SignInAddress? {
    email.map(SignInAddress.email) ?? phone.map(SignInAddress.phone)
  }

  private var signsIn: Bool { address != nil || requestId != nil }

  func run() throws {
    let settings = try Settings(server, output, timeout: waiting.timeout)
    try settings.refuseFrames()
    guard signsIn else {
      let connection = try ServerConnection(settings)
      CommandRun.execute(settings) { run throws(Failure) in
        Self.line(
          try await connection.logIn(run, timeout: settings.timeout?.value), to: run)
      }
    }
    try settings.refuseCredentials()
    guard requestOnly || codeFile != nil || CodeInput.canAsk else {
      throw Failure.usage(
        "without a terminal nobody can be asked for the code",
        hint: "--code-file FILE or '-', or --request-only")
    }
    let url = try settings.serverURL()
    let store = noStore || requestOnly ? nil : try CredentialStore.required()
    try store?.prepare()
    CommandRun.execute(settings) { run throws(Failure) in
      try await signIn(run, settings, url, store)
    }
  }

  @EventLoop
  private func signIn(
    _ run: CommandRun, _ settings: Settings, _ url: WebSocketURL, _ store: CredentialStore?
  ) async throws(Failure) {
    let api = try settings.api(at: url, timeout: settings.timeout(default: 10_000))
    let request = try await request(api)
    if requestOnly { return requestLine(request, to: run) }
    let signedIn = try await complete(request, api, run)
    if let store {
      try store.keep(
        StoredSession(connectionKey: signedIn.connectionKey, sessionKey: signedIn.sessionKey),
        forOrigin: url.origin)
      run.diagnostics.tell(
        "signed in as \(signedIn.userID); the keys for \(url.origin) are stored in '\(store.path)'")
    }
    let key = ConnectionCredentials.key(
      signedIn.connectionKey, connectionID: randomConnectionID())
    let connection = ServerConnection(settings, url, EffectiveCredentials(key, .stored))
    let info = try await connection.logIn(run, timeout: settings.timeout?.value)
    Self.line(info, keys: store == nil ? signedIn : nil, to: run)
  }

  @EventLoop
  private func request(_ api: InstAPI) async throws(Failure) -> SignInRequest {
    if let userId, let requestId { return SignInRequest(userID: userId, requestID: requestId) }
    guard let address else { throw .usage("there is no address to sign in with") }
    do throws(InstAPIError) { return try await api.login(address) } catch { throw Failure(error) }
  }

  /// How often a human may mistype the code.
  private static let tries = 3

  @EventLoop
  private func complete(
    _ request: SignInRequest, _ api: InstAPI, _ run: CommandRun
  ) async throws(Failure) -> SignedIn {
    let input: CodeInput
    if let codeFile { input = try .file(codeFile, run) } else { input = .input(run) }
    var triesLeft = codeFile == nil ? Self.tries : 1
    while true {
      if codeFile == nil { input.prompt(question) }
      let code = try await input.read()
      triesLeft -= 1
      do throws(InstAPIError) { return try await api.completeLogin(request, code: code) } catch {
        guard triesLeft > 0, case .refused(let info, _) = error,
          info.errorCode.rawValue == "invalid_code"
        else { throw Failure(error) }
        run.diagnostics.warn("that is not the code")
      }
    }
  }

  private var question: String {
    guard let address else { return "The code: " }
    return "The code that was sent to \(address.text): "
  }

  @EventLoop
  private func requestLine(_ request: SignInRequest, to run: CommandRun) {
    run.output.line(LineHead("\"type\":\"login_request\"")) { writer in
      writer.key("userId")
      writer.string(request.userID)
      writer.key("requestId")
      writer.string(request.requestID)
    }
  }

  @EventLoop
  private static func line(_ info: ConnectionInfo, keys: SignedIn? = nil, to run: CommandRun) {
    run.output.line(LineHead("\"type\":\"login\"")) { writer in
      writer.key("success")
      writer.bool(true)
      writer.key("info")
      writer.value(info)
      guard let keys else { return }
      writer.key("connectionKey")
      writer.string(keys.connectionKey.formatted)
      writer.key("sessionKey")
      writer.string(keys.sessionKey.formatted)
    }
  }
}

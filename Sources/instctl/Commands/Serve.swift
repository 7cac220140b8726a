import ArgumentParser
import Glibc
import InstProtocol
import InstServer
import JSONText
import Transport
import WebSocket

/// `instctl serve`.
struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Run an inst server in this process, for development and CI.",
    discussion: """
      Prints one line of type listening with the URL to give to --server, then serves until it is ended \
      by a signal. Without --auth everybody may read and write everything. Without --data nothing outlives \
      the process.

      With --auth connection tokens are checked, and what may be done with the insts of records. The file \
      is JSON and holds secrets, so nobody else may read it:

        {"users": [{"id": "user1", "email": "ann@example.com"},
                   {"id": "user2", "phone": "+15550100", "displayName": "Bob"}],
         "sessions": [{"id": "s1", "userId": "user1", "secret": "c2VjcmV0"}],
         "records": [{"name": "rec", "owner": "user1", "members": ["user2"],
                      "insts": [{"name": "open", "markers": ["publicRead"]}]}]}

      A user may also be "banned": true. A session has the three fields of a connection key, or \
      connectionKey, the key itself; it may also have sessionKey, expires (milliseconds since the Unix \
      epoch) and "revoked": true. A record may have keys; its members may do all but grant permissions. \
      The markers publicRead and publicWrite open an inst to everybody. What is made, granted and revoked \
      while the server runs is not written back.

      HTTP on the same port: GET /api/v2/records/insts/list, and for tests of clients /api/v2/echo and \
      /api/v2/stream?parts=3&size=16; with --auth also POST /api/v2/login, completeLogin and \
      revokeSession. A code for signing in is mailed to nobody: it is printed, as a line of type login_code.

      Examples:
        instctl serve
        instctl serve --port 0 --data insts.jsonl
        instctl serve --tls --cert-out ca.pem
        instctl serve --auth users.json
        instctl serve --large-messages --max-inst-bytes 1MiB
        instctl serve --latency 200ms --reorder --drop-acks 3
      """)

  @Option(help: ArgumentHelp("The IP address to listen on.", valueName: "address"))
  var host = "127.0.0.1"

  @Option(name: .shortAndLong, help: "The port; 0 lets the system choose.")
  var port: UInt16 = 3000

  @Flag(help: "Speak TLS; with a certificate made now for localhost, unless --cert is given.")
  var tls = false

  @Option(
    help: ArgumentHelp(
      "The certificate and its chain, PEM; implies --tls.", valueName: "file"), completion: .file())
  var cert: String?

  @Option(help: ArgumentHelp("The certificate's key, PEM.", valueName: "file"), completion: .file())
  var certKey: String?

  @Option(
    help: ArgumentHelp(
      "Write the certificate that was made to this file, for the clients' --cacert.",
      valueName: "file"), completion: .file())
  var certOut: String?

  @Option(
    help: ArgumentHelp(
      "Keep the updates in this file: appended and flushed before they are acknowledged, and read "
        + "back at the start.", valueName: "file"), completion: .file())
  var data: String?

  @Option(
    help: ArgumentHelp(
      "Know the users, sessions and records in this file, and check tokens and permissions.",
      valueName: "file"), completion: .file())
  var auth: String?

  @Option(
    help: ArgumentHelp("The most that the updates of an inst may take.", valueName: "size"))
  var maxInstBytes: SizeArgument?

  @Option(
    help: ArgumentHelp(
      "The most messages accepted from an address in a time, such as 100/1s.",
      valueName: "n/duration"))
  var rateLimit: RateArgument?

  @Flag(
    help: ArgumentHelp(
      "Be like a server behind an API gateway: frames of at most 32000 characters, and a storage on the "
        + "same port for longer messages."))
  var largeMessages = false

  @Option(help: "The names and forms that the server knows: those of one dialect alone.")
  var dialect = ServerDialect.deployed

  @Option(
    help: ArgumentHelp("Send each frame so much later.", valueName: "duration"))
  var latency: DurationArgument?

  @Flag(
    help: ArgumentHelp(
      "Hold some frames so that later ones overtake them, as far as real servers do that, for at most "
        + "the latency or 5ms."))
  var reorder = false

  @Option(
    help: ArgumentHelp(
      "Never send every so manieth acknowledgement, although the updates are stored and relayed.",
      valueName: "n"))
  var dropAcks: Int?

  @Option(help: "Which frames --reorder holds: the same seed, the same choices.")
  var seed: UInt64 = 0

  @Flag(inversion: .prefixedNo, help: "Accept compression (permessage-deflate).")
  var compress = true

  @Option(
    help: ArgumentHelp(
      "The largest message accepted, after decompression.", valueName: "size"))
  var maxMessage = SizeArgument(bytes: 100 << 20, text: "100MiB")

  @OptionGroup var ready: ReadyOptions

  @OptionGroup(title: "Output") var output: OutputOptions

  func validate() throws {
    if (cert == nil) != (certKey == nil) {
      throw ValidationError("--cert and --cert-key go together")
    }
    if certOut != nil, cert != nil {
      throw ValidationError("--cert-out is for a certificate that is made, not for a given one")
    }
    if let dropAcks, dropAcks < 1 { throw ValidationError("--drop-acks counts from 1") }
    if certOut != nil, !tls { throw ValidationError("--cert-out needs --tls") }
  }

  func run() throws {
    let settings = try Settings(nil, output)
    try settings.refuseFrames()
    let diagnostics = settings.diagnostics
    CommandRun.execute(settings) { run throws(Failure) in
      let server = try start()
      server.onNote = { diagnostics.note($0) }
      server.onFailure = { run.fail(Failure($0)) }
      server.onLoginCode = { Self.print($0, to: run.output) }
      run.close = { await server.stop() }
      run.output.beginLine(LineHead("\"type\":\"listening\""))
      run.output.writer.key("url")
      run.output.writer.string(server.url.description)
      run.output.endLine()
      run.output.flush()
      try ready.file?.write(#"{"type":"listening","url":"\#(server.url.description)"}"#)
      await run.untilEnding()
    }
  }

  /// What a real server would send to the address.
  @EventLoop
  private static func print(_ code: LoginCode, to output: StandardOutput) {
    output.beginLine(LineHead("\"type\":\"login_code\""))
    for (name, value) in [
      ("userId", code.userID), ("address", code.address), ("requestId", code.requestID),
      ("code", code.code.text),
    ] {
      output.writer.key(string: name)
      output.writer.string(value)
    }
    output.endLine()
    output.flush()
  }

  @EventLoop
  private func start() throws(Failure) -> InstServer {
    var options = InstServer.Options()
    options.host = host
    options.port = port
    options.accept.compresses = compress
    options.accept.connection.maximumMessageSize = maxMessage.bytes
    options.accept.connection.maximumFrameSize = maxMessage.bytes
    options.accept.maximumRequestBody = maxMessage.bytes
    options.accept.tls = try tlsContext()
    if let auth { options.configuration.auth = try AuthDatabase(file: auth) }
    options.configuration.dialect = dialect.dialect
    options.configuration.maxInstBytes = maxInstBytes?.bytes
    options.configuration.rateLimit = rateLimit.map {
      .init(maximumMessages: $0.count, windowMilliseconds: $0.windowMilliseconds)
    }
    options.journalPath = data
    options.faults = faults
    options.storesLargeMessages = largeMessages
    do throws(InstServerError) {
      return try InstServer(options)
    } catch {
      switch error {
      case .transport(let error): throw Failure(error)
      case .journal(let error): throw Failure(error)
      }
    }
  }

  /// What to do worse than possible, if anything.
  private var faults: Faults? {
    var faults = Faults()
    faults.latencyMilliseconds = latency?.milliseconds ?? 0
    faults.reorders = reorder
    faults.droppedAcknowledgement = dropAcks
    let isFaulty = faults != Faults()
    faults.seed = seed
    return isFaulty ? faults : nil
  }

  @EventLoop
  private func tlsContext() throws(Failure) -> TLSContext? {
    guard tls || cert != nil else { return nil }
    let context: TLSContext
    do throws(TLSError) {
      if let cert, let certKey {
        context = try TLSContext.server(identity: .files(certificate: cert, key: certKey))
      } else {
        context = try TLSContext.server(identity: .selfSigned)
      }
    } catch { throw Failure(error) }
    if let certOut, let text = context.certificatePEM {
      try ReadyFile(path: certOut).write(String(text.dropLast()))
    }
    return context
  }
}

/// The dialects as the option names them.
enum ServerDialect: String, ExpressibleByArgument, CaseIterable, Sendable {
  case deployed
  case documented

  var dialect: Dialect { self == .deployed ? .deployed : .documented }
}

extension Failure {
  init(_ error: JournalError) {
    self.init(
      code: "data_file", layer: .io, message: error.description, exit: .inputOutput)
    switch error {
    case .damaged:
      code = "damaged_data_file"
      self.exit = .badInput
    case .inUse: code = "data_file_in_use"
    case .unreadable, .unwritable: break
    }
  }
}

import Glibc
import InstClient
import InstProtocol
import Transport
import WebSocket

/// What the options of the command line say about a connection, checked.
struct ServerConnection: Sendable {
  let url: WebSocketURL
  let credentials: ConnectionCredentials
  let credentialsSource: EffectiveCredentials.Source
  private let options: ServerOptions
  private let diagnostics: Diagnostics

  init(_ options: ServerOptions, diagnostics: Diagnostics) throws(Failure) {
    let url = try options.serverURL()
    let credentials = try EffectiveCredentials(options, origin: url.origin)
    self.init(options, url, credentials, diagnostics: diagnostics)
  }

  init(
    _ options: ServerOptions, _ url: WebSocketURL, _ effective: EffectiveCredentials,
    diagnostics: Diagnostics
  ) {
    self.options = options
    self.diagnostics = diagnostics
    self.url = url
    credentials = effective.credentials
    credentialsSource = effective.source
  }

  /// A client that logs in for `inst` and is not connected yet.
  ///
  /// - Parameters:
  ///   - inst: nil for what concerns no inst, or any public one.
  ///   - reconnects: whether a lost connection is made again, where the options do not forbid it.
  ///   - authSource: where to ask for permissions and be asked; it gets the credentials.
  ///   - observer: who is shown each frame, if anybody.
  @EventLoop
  func client(
    for inst: InstAddress?, reconnects: Bool,
    authSource: PartitionAuthSource = PartitionAuthSource(),
    showingFramesTo observer: FrameObservingConnectionClient.Observer? = nil
  ) throws(Failure) -> InstRecordsClient {
    let socket = try socketMaker(reconnects: reconnects, showingFramesTo: observer)()
    authSource.setCredentials(credentials, forOrigin: url.origin)
    return InstRecordsClient(
      AuthenticatedConnectionClient(socket, authSource: authSource, inst: inst))
  }

  /// Clients for any number of insts, over as few connections as the credentials allow.
  @EventLoop
  func connections(
    reconnects: Bool, showingFramesTo observer: FrameObservingConnectionClient.Observer? = nil
  ) throws(Failure) -> InstConnections {
    let makeSocket = try socketMaker(reconnects: reconnects, showingFramesTo: observer)
    let authSource = PartitionAuthSource()
    authSource.setCredentials(credentials, forOrigin: url.origin)
    return InstConnections(isPerInst: credentials.isPerInst) { inst in
      InstRecordsClient(
        AuthenticatedConnectionClient(makeSocket(), authSource: authSource, inst: inst))
    }
  }

  /// A connection on which messages of any kind can be sent.
  ///
  /// - Parameter logsIn: whether it is connected only after a login for `inst`.
  @EventLoop
  func bareConnection(
    for inst: InstAddress?, logsIn: Bool,
    showingFramesTo observer: FrameObservingConnectionClient.Observer?
  ) throws(Failure) -> any ConnectionClient {
    let socket = try socketMaker(reconnects: false, showingFramesTo: observer)()
    guard logsIn else { return socket }
    return AuthenticatedConnectionClient(socket, credentials: credentials, inst: inst)
  }

  @EventLoop
  private func socketMaker(
    reconnects: Bool, showingFramesTo observer: FrameObservingConnectionClient.Observer?
  ) throws(Failure) -> @EventLoop () -> any ConnectionClient {
    var settings = WebSocketConnectionClient.Options()
    settings.connect.connection.maximumMessageSize = options.maxMessage.bytes
    settings.connect.connection.maximumFrameSize = options.maxMessage.bytes
    settings.connect.deflate = options.compress ? DeflateOffer() : nil
    settings.connect.tls = try options.tls(for: url, diagnostics)
    // Whom to trust, and nothing that tells who we are.
    settings.storage.tls = settings.connect.tls
    settings.reconnect.reconnects = reconnects && !options.noReconnect
    settings.dialect = options.dialect.choice
    settings.largeMessages = options.largeMessages.mode
    settings.connectTimeoutMilliseconds = options.connectTimeout.milliseconds
    let diagnostics = self.diagnostics
    settings.report = { step, text in diagnostics.note("\(step.rawValue): \(text)") }
    let (url, settled) = (self.url, settings)
    return {
      let socket = WebSocketConnectionClient(url: url, options: settled)
      guard let observer else { return socket }
      return FrameObservingConnectionClient(socket, observe: observer)
    }
  }
}

extension ServerOptions {
  /// The server that is asked for.
  func serverURL() throws(Failure) -> WebSocketURL {
    guard let server = self.server ?? Secrets.environment("INSTCTL_SERVER") else {
      throw .usage("no server is given", hint: "--server https://host, or INSTCTL_SERVER")
    }
    do throws(TransportError) {
      return try WebSocketURL(server: server)
    } catch { throw Failure(error) }
  }

  /// How to verify the server; nil where it is not reached by TLS.
  @EventLoop
  func tls(for url: WebSocketURL, _ diagnostics: Diagnostics) throws(Failure) -> TLSContext? {
    guard url.isSecure else { return nil }
    if insecure {
      diagnostics.warn("the server's certificate is not verified (--insecure)")
    }
    do throws(TLSError) {
      return try TLSContext.client(
        trust: insecure ? .anybody : cacert.map { .file($0) } ?? .system)
    } catch { throw Failure(error) }
  }
}

extension BranchOptions {
  /// The branch that the options name.
  ///
  /// Where a record key is used, it is the address's record: ``InstProtocol/BranchAddress/answered`` is
  /// what may be shown.
  func address() throws(Failure) -> BranchAddress {
    if let key = try recordKey() {
      guard !inst.isEmpty else { throw .usage("the inst is empty") }
      return BranchAddress(recordName: key, inst: inst, branch: branch)
    }
    let address = try InstAddress(given: inst, record: record)
    return BranchAddress(recordName: address.recordName, inst: address.inst, branch: branch)
  }

  private func recordKey() throws(Failure) -> String? {
    let text: String
    let source: String
    if let recordKeyFile {
      guard record == nil else { throw .usage("--record and --record-key-file exclude each other") }
      text = try Secrets.read(file: recordKeyFile)
      source = recordKeyFile
    } else if record == nil, let value = Secrets.environment("INSTCTL_RECORD_KEY") {
      text = value
      source = "INSTCTL_RECORD_KEY"
    } else {
      return nil
    }
    do throws(KeyError) {
      _ = try RecordKey(parsing: text)
      return text
    } catch { throw Secrets.broken(source, "no record key: \(error)") }
  }
}

extension InstAddress {
  /// The inst that an argument names, with the record where that is given on its own.
  init(given inst: String, record: String?) throws(Failure) {
    if let record {
      guard !record.isEmpty else { throw .usage("--record is empty") }
      guard !inst.isEmpty else { throw .usage("the inst is empty") }
      try refuseRecordKey(record)
      self.init(recordName: record, inst: inst)
      return
    }
    guard let id = normalizeInstId(inst), let address = parseInstId(id) else {
      throw .usage("the inst is empty", hint: "record/inst, /inst, or a bare name")
    }
    if let recordName = address.recordName { try refuseRecordKey(recordName) }
    try refuseRecordKey(address.inst)
    guard !address.inst.isEmpty else {
      throw .usage("'\(inst)' names no inst", hint: "record/inst, /inst, or a bare name")
    }
    self = address
  }
}

/// Refuses what stands on the command line and is a record key.
func refuseRecordKey(_ record: String) throws(Failure) {
  guard record.hasPrefix("vRK1.") || record.hasPrefix("vRK2.") else { return }
  throw .usage(
    "a record key is a secret and does not belong on the command line",
    hint: "--record-key-file FILE, or INSTCTL_RECORD_KEY; or give the record's name")
}

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
  private let settings: Settings

  init(_ settings: Settings) throws(Failure) {
    let url = try settings.serverURL()
    if let profile = settings.profile, !settings.leftOut.isEmpty {
      settings.diagnostics.warn(
        "the profile '\(profile.name)' is for another server: left out of it are "
          + settings.leftOut.map(\.field).joined(separator: ", "))
    }
    let credentials = try EffectiveCredentials(settings, origin: url.origin)
    self.init(settings, url, credentials)
  }

  init(_ settings: Settings, _ url: WebSocketURL, _ effective: EffectiveCredentials) {
    self.settings = settings
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
    let makeSocket = try socketMaker(reconnects: reconnects, showingFramesTo: observer)
    authSource.setCredentials(credentials, forOrigin: url.origin)
    return InstRecordsClient(
      makeSocket { AuthenticatedConnectionClient($0, authSource: authSource, inst: inst) })
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
        makeSocket { AuthenticatedConnectionClient($0, authSource: authSource, inst: inst) })
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
    let credentials = credentials
    return try socketMaker(reconnects: false, showingFramesTo: observer)() { socket in
      guard logsIn else { return socket }
      return AuthenticatedConnectionClient(socket, credentials: credentials, inst: inst)
    }
  }

  /// Makes a socket, and of that the client that is used.
  private typealias SocketMaker =
    @EventLoop (_ client: (any ConnectionClient) -> any ConnectionClient) -> any ConnectionClient

  @EventLoop
  private func socketMaker(
    reconnects: Bool, showingFramesTo observer: FrameObservingConnectionClient.Observer?
  ) throws(Failure) -> SocketMaker {
    var options = try settings.clientOptions(for: url)
    options.reconnect.reconnects = reconnects && settings.reconnect.value
    let trace = try settings.traceFile()
    let (settings, url, settled) = (self.settings, self.url, options)
    return { client in
      var options = settled
      let witness = ConnectionWitness(settings, trace, url: url.description)
      if let witness {
        options.observe = { witness.begin() }
        options.storage.observe = { witness.beginExchange() }
      }
      let socket = WebSocketConnectionClient(url: url, options: options)
      let made = client(
        observer.map { FrameObservingConnectionClient(socket, observe: $0) } ?? socket)
      witness?.follow(made)
      return made
    }
  }
}

extension Settings {
  /// The branch of an inst. Where a record key is used, it is the address's record:
  /// ``InstProtocol/BranchAddress/answered`` is what may be shown.
  ///
  /// - Parameters:
  ///   - inst: as an argument names it.
  ///   - record: `--record`: the whole of `inst` is then the inst's name.
  func branch(of inst: String, record: String?) throws(Failure) -> BranchAddress {
    if branch.value.isEmpty { throw .unusable(.branch, branch.source, "it is empty") }
    if record != nil, recordKeyFile?.source == .option {
      throw .usage("--record and --record-key-file exclude each other")
    }
    if record == nil, let key = try recordKey() {
      guard !inst.isEmpty else { throw .usage("the inst is empty") }
      return BranchAddress(recordName: key.text, inst: inst, branch: branch.value)
    }
    let address = try InstAddress(given: inst, record: record)
    return BranchAddress(
      recordName: address.recordName, inst: address.inst, branch: branch.value)
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

import Glibc
import InstClient
import InstProtocol
import Transport
import WebSocket

/// What the options of the command line say about a connection, checked.
struct ServerConnection: Sendable {
  let url: WebSocketURL
  let credentials: ConnectionCredentials
  private let options: ServerOptions
  private let diagnostics: Diagnostics

  init(_ options: ServerOptions, diagnostics: Diagnostics) throws(Failure) {
    self.options = options
    self.diagnostics = diagnostics
    guard let server = options.server ?? Secrets.environment("INSTCTL_SERVER") else {
      throw .usage("no server is given", hint: "--server https://host, or INSTCTL_SERVER")
    }
    do throws(TransportError) {
      url = try WebSocketURL(server: server)
    } catch { throw Failure(error) }
    credentials = try Self.credentials(options)
  }

  private static func credentials(_ options: ServerOptions) throws(Failure) -> ConnectionCredentials
  {
    let connectionID = options.connectionId ?? Secrets.environment("INSTCTL_CONNECTION_ID")
    if connectionID == "" { throw .usage("--connection-id is empty") }
    if options.tokenFile != nil, options.keyFile != nil {
      throw .usage("--token-file and --key-file exclude each other")
    }
    if let (text, _) = try secret(
      file: options.tokenFile, variable: options.keyFile == nil ? "INSTCTL_TOKEN" : nil)
    {
      if options.connectionId != nil {
        throw .usage(
          "--connection-id cannot go with a token", hint: "the token names its connection itself")
      }
      return .token(Secret(text))
    }
    let fresh = connectionID ?? randomConnectionID()
    guard let (text, source) = try secret(file: options.keyFile, variable: "INSTCTL_KEY") else {
      return .connectionID(fresh)
    }
    do throws(KeyError) {
      return .key(try ConnectionKey(parsing: text), connectionID: fresh)
    } catch { throw Secrets.broken(source, "no connection key: \(error)") }
  }

  private static func secret(
    file: String?, variable: String?
  ) throws(Failure) -> (text: String, source: String)? {
    if let file { return (try Secrets.read(file: file), file) }
    guard let variable, let text = Secrets.environment(variable) else { return nil }
    return (text, variable)
  }

  /// A random UUID (RFC 9562, version 4).
  private static func randomConnectionID() -> String {
    var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    let digits = Array("0123456789abcdef")
    var text = ""
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { text.append("-") }
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return text
  }

  /// A client that logs in for `inst` and is not connected yet.
  ///
  /// - Parameters:
  ///   - inst: nil for what concerns no inst, or any public one.
  ///   - reconnects: whether a lost connection is made again, where the options do not forbid it.
  @EventLoop
  func client(for inst: InstAddress?, reconnects: Bool) throws(Failure) -> InstRecordsClient {
    try clientMaker(reconnects: reconnects)(inst)
  }

  /// Clients for any number of insts, over as few connections as the credentials allow.
  @EventLoop
  func connections(reconnects: Bool) throws(Failure) -> InstConnections {
    InstConnections(
      isPerInst: credentials.isPerInst, makeClient: try clientMaker(reconnects: reconnects))
  }

  @EventLoop
  private func clientMaker(
    reconnects: Bool
  ) throws(Failure) -> @EventLoop (InstAddress?) -> InstRecordsClient {
    var settings = WebSocketConnectionClient.Options()
    settings.connect.connection.maximumMessageSize = options.maxMessage.bytes
    settings.connect.connection.maximumFrameSize = options.maxMessage.bytes
    settings.connect.deflate = options.compress ? DeflateOffer() : nil
    settings.connect.tls = try tls()
    settings.reconnect.reconnects = reconnects && !options.noReconnect
    settings.dialect = options.dialect.choice
    settings.connectTimeoutMilliseconds = options.connectTimeout.milliseconds
    let diagnostics = self.diagnostics
    settings.report = { step, text in diagnostics.note("\(step.rawValue): \(text)") }
    let authSource = PartitionAuthSource()
    authSource.setCredentials(credentials, forOrigin: url.origin)
    let (url, settled) = (self.url, settings)
    return { inst in
      let socket = WebSocketConnectionClient(url: url, options: settled)
      return InstRecordsClient(
        AuthenticatedConnectionClient(socket, authSource: authSource, inst: inst))
    }
  }

  @EventLoop
  private func tls() throws(Failure) -> TLSContext? {
    guard url.isSecure else { return nil }
    if options.insecure {
      diagnostics.warn("the server's certificate is not verified (--insecure)")
    }
    do throws(TLSError) {
      return try TLSContext.client(
        trust: options.insecure ? .anybody : options.cacert.map { .file($0) } ?? .system)
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
    if let record {
      guard !record.isEmpty else { throw .usage("--record is empty") }
      guard !inst.isEmpty else { throw .usage("the inst is empty") }
      try refuseKey(record)
      return BranchAddress(recordName: record, inst: inst, branch: branch)
    }
    guard let id = normalizeInstId(inst), let address = parseInstId(id) else {
      throw .usage("the inst is empty", hint: "record/inst, /inst, or a bare name")
    }
    if let recordName = address.recordName { try refuseKey(recordName) }
    try refuseKey(address.inst)
    guard !address.inst.isEmpty else {
      throw .usage("'\(inst)' names no inst", hint: "record/inst, /inst, or a bare name")
    }
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

  private func refuseKey(_ record: String) throws(Failure) {
    guard record.hasPrefix("vRK1.") || record.hasPrefix("vRK2.") else { return }
    throw .usage(
      "a record key is a secret and does not belong on the command line",
      hint: "--record-key-file FILE, or INSTCTL_RECORD_KEY; or give the record's name")
  }
}

public import Transport
import WebSocket

/// An inst server inside this process: for development, tests and CI.
///
/// It keeps everything in memory, with a journal also on disk.
@EventLoop
public final class InstServer {
  /// Where it is reached, `ws://127.0.0.1:3000/websocket`.
  public let url: WebSocketURL

  /// Told of what deserves a line in a log: clients that come, go or are cut off.
  public var onNote: (@EventLoop (String) -> Void)?
  /// Told of each code with which somebody can sign in.
  public var onLoginCode: (@EventLoop (LoginCode) -> Void)?
  /// The journal cannot be written any more; from here on nothing is answered.
  public var onFailure: (@EventLoop (JournalError) -> Void)?

  private var options: Options
  private var core: InstServerCore
  private var journal: Journal?
  private var faults: FaultInjector?
  private var listener: Listener?
  private var clients: [ClientID: ServerClient] = [:]
  private var openingCount = 0
  private var lastClient: UInt64 = 0
  /// What the core wants done, in order; it waits for the journal.
  private var effects: [Effect] = []
  private var isDeliveryScheduled = false
  private var isStopping = false
  private var hasFailed = false

  /// Starts to serve.
  public init(_ options: Options = Options()) throws(InstServerError) {
    self.options = options
    faults = options.faults.map { FaultInjector($0) }
    let relay = AcceptRelay()
    let listener: Listener
    do throws(TransportError) {
      listener = try Listener(host: options.host, port: options.port) { relay.accept?($0) }
    } catch { throw .transport(error) }
    url = WebSocketURL(
      isSecure: options.accept.tls != nil, host: listener.address.host,
      port: listener.address.port, target: options.accept.path ?? "/")
    var configuration = options.configuration
    configuration.storesUpdates = options.journalPath != nil
    if options.storesLargeMessages {
      configuration.messageStorageURL = Self.storageURL(beside: url)
    }
    var core = InstServerCore(configuration: configuration)
    if let path = options.journalPath {
      do throws(JournalError) {
        journal = try Journal(path: path) { core.restore($0) }
      } catch {
        listener.close()
        throw .journal(error)
      }
    }
    self.core = core
    self.listener = listener
    relay.accept = { [weak self] in self?.accept($0) }
    self.options.accept.http = { [weak self] in
      self?.answer($0) ?? HTTPResponse(status: 503)
    }
  }

  private static func storageURL(beside url: WebSocketURL) -> String {
    let place = WebSocketURL(
      isSecure: url.isSecure, host: url.host, port: url.port, target: storagePath)
    // ws:// becomes http://, and wss:// https://
    return "http" + place.description.dropFirst(2)
  }

  /// The path at which the WebSocket is; nil for any that is asked for.
  var webSocketPath: String? { options.accept.path }

  // MARK: Clients

  private func accept(_ connection: AcceptedConnection) {
    guard !isStopping, clients.count + openingCount < options.maximumClients else { return }
    openingCount += 1
    let options = options.accept
    EventLoop.start {
      do throws(ConnectError) {
        let channel = try await WebSocketChannel.acceptOrAnswer(connection, options: options)
        self.openingCount -= 1
        if let channel { self.opened(channel, address: connection.peerAddress?.host ?? "") }
      } catch {
        self.openingCount -= 1
        self.onNote?("a connection came to nothing: \(error)")
      }
    }
  }

  private func opened(_ channel: WebSocketChannel, address: String) {
    guard !isStopping else { return channel.close(CloseFrame(code: .goingAway)) }
    lastClient += 1
    let id = ClientID(lastClient)
    let client = ServerClient(
      id: id, channel: channel, server: self,
      maximumHeldBytes: options.accept.connection.maximumPendingOutput)
    clients[id] = client
    channel.handler = client
    core.connect(id, address: address)
    onNote?("client \(id.rawValue) has connected from \(address)")
  }

  func received(_ frame: UnsafeRawBufferPointer, from client: ClientID) {
    guard !hasFailed else { return }
    core.receive(frame, from: client, now: wallClockMilliseconds(), effects: &effects)
    tellLoginCodes()
    scheduleDelivery()
  }

  /// Performs an HTTP operation.
  func perform(_ request: OperationRequest) -> OperationResponse {
    defer { tellLoginCodes() }
    return core.perform(request, now: wallClockMilliseconds())
  }

  /// Serves the storage of large messages.
  func accessStorage(
    _ request: OperationRequest, name: String, body: [UInt8]
  ) -> (status: Int, body: [UInt8]) {
    core.accessStorage(request, name: name, body: body, now: wallClockMilliseconds())
  }

  private func tellLoginCodes() {
    for code in core.takeLoginCodes() { onLoginCode?(code) }
  }

  func ended(_ client: ClientID, _ end: ChannelEnd) {
    clients[client] = nil
    core.disconnect(client, effects: &effects)
    faults?.forget(client)
    scheduleDelivery()
    onNote?("client \(client.rawValue) is gone: \(end.description)")
  }

  // MARK: Effects

  private func scheduleDelivery() {
    guard !isDeliveryScheduled, !effects.isEmpty else { return }
    isDeliveryScheduled = true
    Reactor.shared.atEndOfTurn { [weak self] in self?.deliver() }
  }

  /// First what is to be stored, all of it with one flush, then the rest in order: nobody hears of an
  /// update that a crash could still take back.
  private func deliver() {
    isDeliveryScheduled = false
    var effects: [Effect] = []
    swap(&effects, &self.effects)
    if let journal, !hasFailed {
      do throws(JournalError) {
        for case .store(let record) in effects { journal.append(record) }
        try journal.flush()
      } catch {
        hasFailed = true
        onFailure?(error)
      }
    }
    guard !hasFailed else { return }
    for effect in effects {
      switch effect {
      case .store: break
      case .send(let client, let frame): send(frame, to: client)
      case .close(let client, let code):
        close(client, CloseFrame(code: code.map(CloseCode.init(rawValue:)), reason: ""))
      }
    }
  }

  private func send(_ frame: [UInt8], to client: ClientID) {
    guard let receiver = clients[client] else { return }
    switch faults?.fate(of: frame, to: client, now: Reactor.shared.now) {
    case nil: receiver.send(frame)
    case .drop: onNote?("client \(client.rawValue) is not sent an acknowledgement")
    case .send(let time): receiver.send(frame, at: time)
    }
  }

  private func close(_ client: ClientID, _ frame: CloseFrame) {
    guard let faults else { return clients[client]?.close(frame) ?? () }
    let time = faults.closingTime(of: client, now: Reactor.shared.now)
    clients[client]?.close(frame, at: time)
  }

  // MARK: The end

  /// Takes leave of every client with a close frame and stops listening; returns when the connections
  /// are gone.
  public func stop() async {
    isStopping = true
    listener?.close()
    listener = nil
    let leaving = Array(clients.values)
    for client in leaving {
      client.close(CloseFrame(code: .goingAway, reason: "the server is stopping"))
    }
    for client in leaving { await client.finished() }
  }
}

/// Why a server cannot start.
public enum InstServerError: Error, Hashable, Sendable {
  /// The address cannot be listened on.
  case transport(TransportError)
  /// The journal cannot be used.
  case journal(JournalError)
}

/// Stands in for a server that is not complete while its listener is made.
@EventLoop
private final class AcceptRelay {
  var accept: (@EventLoop (AcceptedConnection) -> Void)?
}

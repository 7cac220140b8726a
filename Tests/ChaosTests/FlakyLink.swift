import Glibc
import WebSocket

@testable import Transport

/// A TCP relay between one client and the server, which can be told to behave badly.
@EventLoop
final class FlakyLink {
  /// How the link treats what passes.
  struct Weather {
    var stalled: Set<Direction> = []
    var latencyMilliseconds: Int64 = 0
    /// The most bytes that go out in one write.
    var pieceSize: Int?
  }

  /// Where connections break.
  struct Cut {
    var direction: Direction
    var bytesLeft: Int
    var resets: Bool
  }

  /// Where clients connect; the same for good.
  let port: UInt16
  var weather = Weather() {
    didSet { for connection in connections.values { connection.weatherChanged() } }
  }
  /// Where each connection breaks, new ones as well.
  var cut: Cut? {
    didSet { for connection in connections.values { connection.cut = cut } }
  }
  /// Connections that were accepted in the link's life.
  private(set) var acceptedCount = 0

  private let server: SocketAddress
  private let isSecure: Bool
  private var listener: Listener?
  private var connections: [ObjectIdentifier: FlakyConnection] = [:]
  private var isClosed = false

  /// - Parameter isSecure: whether client and server speak TLS, which the link knows nothing of.
  init(to server: SocketAddress, isSecure: Bool) throws {
    self.server = server
    self.isSecure = isSecure
    let listener = try Listener(host: "127.0.0.1", port: 0) { _ in }
    port = listener.address.port
    listener.close()
    try listen()
  }

  var url: WebSocketURL {
    WebSocketURL(isSecure: isSecure, host: "127.0.0.1", port: port, target: "/websocket")
  }

  /// The options with which a program connects.
  var options: [String] { ["-s", url.description] + (isSecure ? ["--insecure"] : []) }

  /// Ends what is connected, should it have carried less than what was allowed, and new connections
  /// last again.
  func endCutting() {
    guard let cut else { return }
    self.cut = nil
    for connection in connections.values { connection.end(resets: cut.resets) }
  }

  /// Ends what is connected; nobody can connect until ``open()``.
  func refuse() {
    listener?.close()
    listener = nil
    for connection in connections.values { connection.end(resets: true) }
  }

  /// Takes connections again.
  func open() {
    guard listener == nil, !isClosed else { return }
    do { try listen() } catch {
      // Somebody else has the port for the moment.
      Reactor.shared.schedule(at: .current().advanced(byMilliseconds: 20)) { self.open() }
    }
  }

  func close() {
    isClosed = true
    refuse()
  }

  private func listen() throws(TransportError) {
    listener = try Listener(host: "127.0.0.1", port: port) { [weak self] in self?.accept($0) }
  }

  private func accept(_ accepted: AcceptedConnection) {
    acceptedCount += 1
    guard let connection = FlakyConnection(from: accepted.socket, to: server, over: self) else {
      return
    }
    connection.cut = cut
    connections[ObjectIdentifier(connection)] = connection
  }

  fileprivate func ended(_ connection: FlakyConnection) {
    connections[ObjectIdentifier(connection)] = nil
  }
}

/// One connection over a link: two sockets, and a pipe each way between them.
@EventLoop
final class FlakyConnection {
  private let client: FlakyEnd
  private let server: FlakyEnd
  private let link: FlakyLink
  private let pipes: [Direction: FlakyPipe]
  private var isOver = false

  init?(from client: Socket, to address: SocketAddress, over link: FlakyLink) {
    guard let server = try? Socket(family: address.family) else { return nil }
    let code = server.startConnecting(to: address)
    guard code == 0 || code == EINPROGRESS else { return nil }
    self.client = FlakyEnd(client)
    self.server = FlakyEnd(server)
    self.link = link
    pipes = [
      .toServer: FlakyPipe(from: self.client, to: self.server, .toServer, over: link),
      .toClient: FlakyPipe(from: self.server, to: self.client, .toClient, over: link),
    ]
    for pipe in pipes.values {
      pipe.onFailure = { [weak self] in self?.end(resets: $0) }
      pipe.onDue = { [weak self] in self?.move() }
    }
    for end in [self.client, self.server] {
      end.onReady = { [weak self] in self?.move() }
      guard end.register() else { return nil }
    }
    move()
  }

  func weatherChanged() { move() }

  var cut: FlakyLink.Cut? {
    didSet {
      for (direction, pipe) in pipes { pipe.cut = cut?.direction == direction ? cut : nil }
    }
  }

  /// Closes both sockets, with or without a reset.
  func end(resets: Bool) {
    guard !isOver else { return }
    isOver = true
    for end in [client, server] { end.close(resets: resets) }
    for pipe in pipes.values { pipe.stop() }
    link.ended(self)
  }

  private func move() {
    for pipe in pipes.values where !isOver { pipe.move() }
    if !isOver, pipes.values.allSatisfy(\.isDone) { end(resets: false) }
  }
}

/// A socket of a connection.
@EventLoop
final class FlakyEnd: ReadinessHandler {
  let descriptor: Int32
  var onReady: (@EventLoop () -> Void)?
  var wantsToRead = true { didSet { if wantsToRead != oldValue { tellReactor() } } }
  var wantsToWrite = true { didSet { if wantsToWrite != oldValue { tellReactor() } } }
  private var socket: Socket?
  private var registration: Reactor.Registration?

  init(_ socket: Socket) {
    self.socket = socket
    descriptor = socket.descriptor
  }

  func register() -> Bool {
    tellReactor()
    return registration != nil
  }

  func ready(_ readiness: Readiness) { onReady?() }

  private func tellReactor() {
    guard socket != nil else { return }
    var wanted: Readiness = wantsToRead ? .readable : []
    if wantsToWrite { wanted.insert(.writable) }
    if wanted.isEmpty {
      // Errors would be reported all the same, again and again.
      if let registration { Reactor.shared.remove(registration) }
      registration = nil
    } else if let registration {
      Reactor.shared.change(registration, to: wanted)
    } else {
      registration = try? Reactor.shared.add(descriptor, wanted, self)
    }
  }

  func close(resets: Bool) {
    if let registration { Reactor.shared.remove(registration) }
    registration = nil
    onReady = nil
    if resets {
      var linger = linger(l_onoff: 1, l_linger: 0)
      setsockopt(
        descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
    }
    socket = nil
  }
}

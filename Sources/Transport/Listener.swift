import CSystem
import Glibc
import WebSocket

/// Accepts TCP connections on one address.
@EventLoop
public final class Listener: ReadinessHandler {
  /// Where it listens; with port 0 asked for, the one that the system chose.
  public let address: SocketAddress

  private let socket: Socket
  private var registration: Reactor.Registration?
  private var accept: (@EventLoop (AcceptedConnection) -> Void)?

  /// Listens on an IP address.
  ///
  /// - Parameters:
  ///   - host: an IP literal or `localhost`.
  ///   - port: 0 lets the system choose.
  ///   - accept: called with each connection.
  public init(
    host: String, port: UInt16, accept: @escaping @EventLoop (AcceptedConnection) -> Void
  ) throws(TransportError) {
    let literal = host == "localhost" ? "127.0.0.1" : host
    guard let wanted = SocketAddress(literal: literal, port: port) else {
      throw .nameNotFound(host: host)
    }
    let socket = try Socket(family: wanted.family)
    socket.setOption(SOL_SOCKET, SO_REUSEADDR, 1)
    let bound = wanted.withSockaddr { bind(socket.descriptor, $0, $1) }
    guard bound == 0 else {
      let code = errno
      if code == EADDRINUSE { throw .addressInUse(address: wanted.description) }
      throw .io(operation: "bind", code: code)
    }
    guard listen(socket.descriptor, 1024) == 0 else { throw .io(operation: "listen", code: errno) }
    guard let address = socket.localAddress else {
      throw .io(operation: "getsockname", code: errno)
    }
    self.socket = socket
    self.address = address
    self.accept = accept
    registration = try Reactor.shared.add(socket.descriptor, .readable, self)
  }

  /// For the loop.
  public func ready(_ readiness: Readiness) {
    // A bounded number a turn, so that a flood of new connections leaves time for the others.
    for _ in 0..<64 {
      let descriptor = csystem_accept(socket.descriptor)
      let code = errno
      guard descriptor >= 0 else {
        if code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM { pause() }
        if code == ECONNABORTED || code == EINTR { continue }
        return
      }
      let connection = Socket(owning: descriptor)
      connection.setOption(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
      accept?(AcceptedConnection(socket: connection))
    }
  }

  /// Out of descriptors: without a pause the loop would spin on a connection that it cannot take.
  private func pause() {
    guard let registration else { return }
    Reactor.shared.change(registration, to: [])
    Reactor.shared.schedule(at: Reactor.shared.now.advanced(byMilliseconds: 100)) {
      Reactor.shared.change(registration, to: .readable)
    }
  }

  /// Stops listening.
  public func close() {
    if let registration { Reactor.shared.remove(registration) }
    registration = nil
    accept = nil
    Glibc.shutdown(socket.descriptor, Int32(SHUT_RDWR))
  }
}

/// A connection that a listener accepted, before anything was said on it.
public struct AcceptedConnection: Sendable {
  let socket: Socket

  /// The address of the peer.
  public var peerAddress: SocketAddress? { socket.peerAddress }
}

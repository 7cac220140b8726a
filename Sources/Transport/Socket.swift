import Glibc

/// A non-blocking stream socket and its owner: closed when nobody holds it any more.
final class Socket: Sendable {
  let descriptor: Int32

  init(owning descriptor: Int32) { self.descriptor = descriptor }

  /// A new unconnected socket of the family.
  init(family: Int32) throws(TransportError) {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(family, type, 0)
    guard descriptor >= 0 else { throw .io(operation: "socket", code: errno) }
    self.descriptor = descriptor
    if family != AF_UNIX { setOption(Int32(IPPROTO_TCP), TCP_NODELAY, 1) }
  }

  deinit { close(descriptor) }

  func setOption(_ level: Int32, _ name: Int32, _ value: Int32) {
    var value = value
    setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
  }

  /// Starts to connect. 0: connected, `EINPROGRESS`: wait until it is writable, else the error.
  func startConnecting(to address: SocketAddress) -> Int32 {
    let result = address.withSockaddr { connect(descriptor, $0, $1) }
    return result == 0 ? 0 : errno
  }

  /// The error that is pending on the socket, 0 for none.
  func takeError() -> Int32 {
    var code: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
    return code
  }

  /// The address at this end.
  var localAddress: SocketAddress? { address(getsockname) }

  /// The address at the other end.
  var peerAddress: SocketAddress? { address(getpeername) }

  private typealias NameCall = (
    Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>
  ) -> Int32

  private func address(_ call: NameCall) -> SocketAddress? {
    var storage = sockaddr_storage()
    return withUnsafeMutableBytes(of: &storage) { storage in
      storage.withMemoryRebound(to: sockaddr.self) { pointer in
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        guard let base = pointer.baseAddress, call(descriptor, base, &length) == 0 else {
          return nil
        }
        return SocketAddress(base, length: length)
      }
    }
  }
}

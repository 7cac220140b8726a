import Glibc

/// The lowest layer: a socket.
@EventLoop
final class SocketLayer: ByteLayer {
  let socket: Socket
  /// The last read took all there was: the next one can save the system call.
  private var isDrained = false

  init(_ socket: Socket) { self.socket = socket }

  /// The socket can be read.
  func becameReadable() { isDrained = false }

  func read(
    into buffer: UnsafeMutableRawBufferPointer
  ) throws(TransportError) -> ByteStream.ReadResult {
    if isDrained {
      isDrained = false
      return .wouldBlock
    }
    while true {
      let count = recv(socket.descriptor, buffer.baseAddress, buffer.count, 0)
      let code = errno
      if count > 0 {
        isDrained = count < buffer.count
        return .bytes(count)
      }
      if count == 0 { return .end }
      switch code {
      case EINTR: continue
      case EAGAIN: return .wouldBlock
      case ECONNRESET, EPIPE: throw .reset
      default: throw .io(operation: "recv", code: code)
      }
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(TransportError) -> Int {
    var taken = 0
    while taken < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[taken...])
      let count = send(socket.descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
      let code = errno
      if count >= 0 {
        taken += count
        continue
      }
      switch code {
      case EINTR: continue
      case EAGAIN: return taken
      case ECONNRESET, EPIPE: throw .reset
      default: throw .io(operation: "send", code: code)
      }
    }
    return taken
  }

  func flush() {}
  var pendingOutput: Int { 0 }
  /// TCP tells nothing about it.
  var wasCutOff: Bool { false }
  func finishWriting() { Glibc.shutdown(socket.descriptor, Int32(SHUT_WR)) }
  func close() { Glibc.shutdown(socket.descriptor, Int32(SHUT_RDWR)) }
}

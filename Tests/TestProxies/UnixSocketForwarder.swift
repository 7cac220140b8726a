import Foundation
import Glibc

/// A Unix socket whose connections go on to a port of the loopback.
public final class UnixSocketForwarder: Sendable {
  /// Where it listens.
  public let path: String
  private let listener: Int32

  /// Listens in a folder of its own.
  public init(to port: UInt16) throws {
    path =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("instctl-\(UUID()).sock").path
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    let listener = socket(AF_UNIX, type, 0)
    self.listener = listener
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw POSIXError(.ENAMETOOLONG)
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let isListening = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
          && listen(listener, 8) == 0
      }
    }
    guard isListening else { throw POSIXError(.EADDRINUSE) }
    Thread.detachNewThread {
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0 else { return }
        guard let server = connectedSocket(port) else {
          close(client)
          continue
        }
        let done = DispatchGroup()
        for (source, target) in [(client, server), (server, client)] {
          done.enter()
          Thread.detachNewThread {
            Self.pump(source, target)
            done.leave()
          }
        }
        Thread.detachNewThread {
          done.wait()
          close(client)
          close(server)
        }
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
    unlink(path)
  }

  private static func pump(_ source: Int32, _ target: Int32) {
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = recv(source, &buffer, buffer.count, 0)
      guard count > 0 else { break }
      var sent = 0
      while sent < count {
        let written = buffer[sent..<count].withUnsafeBytes {
          send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard written > 0 else { break }
        sent += written
      }
      guard sent == count else { break }
    }
    shutdown(target, Int32(SHUT_WR))
    shutdown(source, Int32(SHUT_RD))
  }
}

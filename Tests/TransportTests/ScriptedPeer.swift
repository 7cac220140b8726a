import Foundation
import Testing
import WebSocket

@testable import Transport

/// A TCP server on the loopback that takes one connection and plays a list of steps on it, on a
/// thread of its own, with blocking calls.
final class ScriptedPeer: Sendable {
  enum Step: Sendable {
    /// Reads the head of an HTTP request.
    case readHead
    /// Reads the head of an upgrade request and accepts it; what follows goes out in the same write.
    case upgrade(then: [UInt8] = [])
    case send([UInt8])
    /// One byte after the other, so many milliseconds apart, until the other side hangs up.
    case drip([UInt8], milliseconds: Int32)
    /// Sends it again and again until nothing more is taken for a while, and reports the bytes taken.
    case flood([UInt8])
    /// Goes on after ``ScriptedPeer/proceed()``.
    case pause
    /// Tells the test that this step was reached.
    case report
    /// Reads until the end, and reports all of it.
    case readToEnd
    /// Ends its own direction.
    case finishWriting
    /// Closes with a reset.
    case reset
  }

  /// What the peer tells the test.
  enum Report: Sendable, Equatable {
    case reached
    case flooded(bytes: Int)
    case read([UInt8])
    case failed(String)
  }

  let port: UInt16
  let reports: Mailbox<Report>
  private let listener: Int32
  private let gate = DispatchSemaphore(value: 0)

  @EventLoop
  init(_ steps: [Step]) throws {
    reports = Mailbox("the scripted peer's report")
    (listener, port) = try listeningSocket(backlog: 1)
    Thread.detachNewThread { [listener, reports, gate] in
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else { return }
      let play = Play(connection: connection, reports: reports, gate: gate)
      do {
        for step in steps { try play.step(step) }
      } catch {
        reports.post(.failed("\(error)"))
      }
      close(connection)
    }
  }

  deinit {
    // Wakes the thread up, wherever it waits.
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
    gate.signal()
  }

  func proceed() { gate.signal() }

  var url: WebSocketURL {
    WebSocketURL(isSecure: false, host: "127.0.0.1", port: port, target: "/")
  }

  private struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// The steps on one connection.
  private struct Play {
    let connection: Int32
    let reports: Mailbox<Report>
    let gate: DispatchSemaphore

    func step(_ step: Step) throws {
      switch step {
      case .readHead: _ = try readHead()
      case .upgrade(let rest):
        var handshake = ServerHandshake(configuration: ServerHandshakeConfiguration(deflate: nil))
        let head = try readHead()
        _ = try head.withUnsafeBytes { try handshake.receive($0) }
        guard let acceptance = handshake.accept() else {
          throw Failure(description: "not accepted")
        }
        try send(acceptance.response + rest)
      case .send(let bytes): try send(bytes)
      case .drip(let bytes, let milliseconds):
        for byte in bytes where try !isHungUp(within: milliseconds) { try send([byte]) }
      case .flood(let bytes): reports.post(.flooded(bytes: flood(bytes)))
      case .pause:
        guard gate.wait(timeout: .now() + .milliseconds(Int(patience))) == .success else {
          throw Failure(description: "nobody said to go on")
        }
      case .report: reports.post(.reached)
      case .readToEnd: reports.post(.read(readToEnd()))
      case .finishWriting: shutdown(connection, Int32(SHUT_WR))
      case .reset:
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
          connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        // The descriptor stays, so that nobody else gets its number before the script's end.
        dup2(open("/dev/null", O_RDONLY), connection)
      }
    }

    private func readHead() throws -> [UInt8] {
      var head: [UInt8] = []
      let end = Array("\r\n\r\n".utf8)
      while head.suffix(4) != end[...] {
        var byte: UInt8 = 0
        guard recv(connection, &byte, 1, 0) == 1 else { throw Failure(description: "no head") }
        head.append(byte)
      }
      return head
    }

    private func readToEnd() -> [UInt8] {
      var all: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 65536)
      while true {
        let count = recv(connection, &buffer, buffer.count, 0)
        if count <= 0 { return all }
        all += buffer[..<count]
      }
    }

    private func send(_ bytes: [UInt8]) throws {
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes {
          Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else { throw Failure(description: "send: \(systemMessage(errno))") }
        rest = rest.dropFirst(count)
      }
    }

    private func isHungUp(within milliseconds: Int32) throws -> Bool {
      var entry = pollfd(fd: connection, events: Int16(POLLRDHUP_EVENT), revents: 0)
      return poll(&entry, 1, milliseconds) > 0
    }

    private func flood(_ bytes: [UInt8]) -> Int {
      var total = 0
      while true {
        var entry = pollfd(fd: connection, events: Int16(POLLOUT), revents: 0)
        guard poll(&entry, 1, 300) > 0 else { return total }
        // A message once begun is sent whole, as far as the other side lets it.
        let count = bytes.withUnsafeBytes {
          Glibc.send(
            connection, $0.baseAddress?.advanced(by: total % bytes.count),
            $0.count - total % bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
        }
        if count < 0 && errno != EAGAIN { return total }
        total += max(count, 0)
      }
    }
  }
}

/// `POLLRDHUP`, which glibc shows only with GNU extensions.
private let POLLRDHUP_EVENT: Int32 = 0x2000

/// A listening socket of the loopback, and its port.
func listeningSocket(backlog: Int32) throws -> (descriptor: Int32, port: UInt16) {
  let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
  try #require(listener >= 0)
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let isListening = withUnsafeMutablePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(listener, $0, length) == 0 && listen(listener, backlog) == 0
        && getsockname(listener, $0, &length) == 0
    }
  }
  try #require(isListening)
  return (listener, UInt16(bigEndian: address.sin_port))
}

/// A frame as a server sends it, made by hand.
func frame(_ opcode: UInt8, _ payload: [UInt8] = [], isFinal: Bool = true) -> [UInt8] {
  let count = payload.count
  var bytes = [(isFinal ? 0x80 : 0) | opcode]
  switch count {
  case ...125: bytes.append(UInt8(count))
  case ...0xFFFF: bytes += [126, UInt8(count >> 8), UInt8(count & 0xFF)]
  default:
    bytes.append(127)
    for shift in (0..<8).reversed() { bytes.append(UInt8(count >> (8 * shift) & 0xFF)) }
  }
  return bytes + payload
}

/// The payload of a close frame.
func closePayload(_ code: UInt16, _ reason: String) -> [UInt8] {
  [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8)
}

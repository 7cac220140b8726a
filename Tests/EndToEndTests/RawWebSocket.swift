import Foundation
import Glibc
import Testing

/// A WebSocket client that blocks, for what the program does not send of its own accord: text frames
/// as they are given, and whatever comes, without compression (RFC 6455).
final class RawWebSocket {
  private let socket: Int32
  private var unread: [UInt8] = []

  init(port: String) throws {
    socket = try HTTPExchange.connect(port)
    try send(
      Array(
        """
        GET /websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n
        """.utf8))
    while unread.suffix(4) != [13, 10, 13, 10] { unread += try take(1) }
    #expect(String(decoding: unread, as: UTF8.self).hasPrefix("HTTP/1.1 101"))
    unread = []
  }

  deinit { close(socket) }

  /// Sends a text frame, masked with zeros.
  func send(_ text: String) throws {
    var frame: [UInt8] = [0x81]
    let count = text.utf8.count
    if count < 126 {
      frame.append(0x80 | UInt8(count))
    } else {
      frame.append(0x80 | (count <= 0xFFFF ? 126 : 127))
      frame += (0..<(count <= 0xFFFF ? 2 : 8)).reversed().map {
        UInt8(truncatingIfNeeded: count >> ($0 * 8))
      }
    }
    try send(frame + [0, 0, 0, 0] + Array(text.utf8))
  }

  /// The next text frame as JSON.
  func receive() throws -> [Any] {
    let (opcode, payload) = try receiveFrame()
    #expect(opcode == 1)
    return try #require(JSONSerialization.jsonObject(with: Data(payload)) as? [Any])
  }

  /// The code of the close frame that comes next.
  func receiveClose() throws -> Int {
    let (opcode, payload) = try receiveFrame()
    #expect(opcode == 8)
    return payload.prefix(2).reduce(0) { $0 << 8 | Int($1) }
  }

  private func receiveFrame() throws -> (opcode: UInt8, payload: [UInt8]) {
    let head = try take(2)
    let size: Int
    switch head[1] {
    case 126: size = try take(2).reduce(0) { $0 << 8 | Int($1) }
    case 127: size = try take(8).reduce(0) { $0 << 8 | Int($1) }
    default: size = Int(head[1])
    }
    return (head[0] & 0x0F, try take(size))
  }

  private func take(_ count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let got = bytes.withUnsafeMutableBytes {
        recv(socket, $0.baseAddress?.advanced(by: filled), count - filled, 0)
      }
      guard got > 0 else { throw POSIXError(.ECONNRESET) }
      filled += got
    }
    return bytes
  }

  private func send(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw POSIXError(.EPIPE) }
      rest = rest.dropFirst(count)
    }
  }
}

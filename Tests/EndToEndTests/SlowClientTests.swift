import Foundation
import Glibc
import Testing

@Suite(.serialized) struct SlowClientTests {
  /// A watcher that never reads is cut off at a limit; the server does not grow, and others are served.
  @Test func aWatcherThatNeverReadsIsCutOff() throws {
    let server = try TestServer("-v")
    let port = try #require(UInt16(server.port))
    let client = try connectTo(port)
    defer { close(client) }
    try send(client, Data("GET /websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n".utf8))
    try send(client, Data("Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n".utf8))
    try send(client, Data("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".utf8))
    try awaitText(client, "101 Switching Protocols")
    try send(client, frame(#"[1,1,{"type":"login","connectionId":"slow"}]"#))
    try awaitText(client, "login_result")
    let place = #""recordName":null,"inst":"slow","branch":"default""#
    try send(client, frame(#"[1,2,{"type":"repo/watch_branch",\#(place)}]"#))
    try awaitText(client, "watch_branch_result")

    // 48 MB: more than the limit of 16 MiB and what the kernel holds together.
    let update = Data(repeating: 1, count: 750_000).base64EncodedString()
    let input = Array(repeating: update, count: 48).joined(separator: "\n")
    let add = try instctl(
      "add-updates", "-s", server.url, "slow", "--unchecked", "--timeout", "20s",
      stdin: .text(input))
    #expect(add.status == 0, "\(add.errors)")
    #expect(add.lines.of(type: "ack").count == 48)
    #expect(server.stop().errors.contains("reads too slowly and is cut off"))
  }

  private func connectTo(_ port: UInt16) throws -> Int32 {
    let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let isConnected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isConnected else { throw POSIXError(.ECONNREFUSED) }
    var patience = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(
      client, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    return client
  }

  private func send(_ client: Int32, _ data: Data) throws {
    let count = data.withUnsafeBytes { Glibc.send(client, $0.baseAddress, $0.count, 0) }
    guard count == data.count else { throw POSIXError(.EPIPE) }
  }

  private func awaitText(_ client: Int32, _ text: String) throws {
    var seen = Data()
    var buffer = [UInt8](repeating: 0, count: 4096)
    while seen.range(of: Data(text.utf8)) == nil {
      let count = recv(client, &buffer, buffer.count, 0)
      guard count > 0 else { throw POSIXError(.ETIMEDOUT) }
      seen += buffer[..<count]
    }
  }

  /// A text frame of a client, masked with zeros.
  private func frame(_ text: String) -> Data {
    let payload = Data(text.utf8)
    var data = Data([0x81])
    data +=
      payload.count < 126
      ? [0x80 | UInt8(payload.count)]
      : [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
    return data + [0, 0, 0, 0] + payload
  }
}

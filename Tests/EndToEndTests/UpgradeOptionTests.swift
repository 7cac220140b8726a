import Foundation
import Testing

/// What the user adds to the upgrade request (CLI.md section 2).
@Suite(.serialized) struct UpgradeOptionTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The lines of the request that a command makes.
  private func request(
    _ arguments: String..., path: String = "/websocket", environment: [String: String] = [:]
  ) throws -> [String] {
    let peer = try RecordingPeer()
    let outcome = try Program(
      ["count", "x", "-s", "ws://127.0.0.1:\(peer.port)\(path)"] + arguments,
      environment: environment
    ).finish()
    #expect(outcome.status == 77, "\(outcome.errors)")
    return peer.request.components(separatedBy: "\r\n")
  }

  @Test func fieldsOriginAndSubprotocolsAreSent() throws {
    let file = try folder.write("fields", "X-Two: 2\nAuthorization: Bearer secret\n")
    let lines = try request(
      "-H", "X-One:  1 ", "-H", "@\(file)", "--origin", "https://example.com", "--subprotocol",
      "a", "--subprotocol", "b", "--no-compress")
    #expect(lines.contains("X-One: 1"))
    #expect(lines.contains("X-Two: 2"))
    #expect(lines.contains("Authorization: Bearer secret"))
    #expect(lines.contains("Origin: https://example.com"))
    #expect(lines.contains("Sec-WebSocket-Protocol: a, b"))
    #expect(!lines.contains { $0.hasPrefix("Sec-WebSocket-Extensions") })
  }

  @Test func requestsOfTheHTTPAPIHaveThemToo() throws {
    let file = try folder.write("cookies", "session=one\n")
    let peer = try RecordingPeer()
    let outcome = try instctl(
      "insts", "list", "rec", "-s", "http://127.0.0.1:\(peer.port)", "-H", "X-One: 1",
      "--cookie-file", file)
    #expect(outcome.status == 77, "\(outcome.errors)")
    let lines = peer.request.components(separatedBy: "\r\n")
    #expect(lines.contains("X-One: 1"))
    #expect(lines.contains("Cookie: session=one"))
  }

  @Test func severalFieldsComeFromTheEnvironmentOneALine() throws {
    let lines = try request(environment: ["INSTCTL_HEADER": "X-One: 1\nX-Two: 2"])
    #expect(lines.contains("X-One: 1"))
    #expect(lines.contains("X-Two: 2"))
  }

  @Test(arguments: [
    "no colon", ": no name", "Host: evil", "sec-websocket-key: x", "Bad Name: x", "X: \u{1}",
    "X: a\r\nY: b",
  ]) func fieldsThatCannotBeAreRefused(field: String) throws {
    let outcome = try instctl("count", "x", "-s", "ws://127.0.0.1:1", "-H", field)
    #expect(outcome.status == 64)
    #expect(outcome.error?["layer"] as? String == "usage")
  }

  @Test func theCookiesOfTheServerAreSentAndNoOthers() throws {
    let file = try folder.write(
      "cookies",
      """
      # Netscape HTTP Cookie File
      127.0.0.1\tFALSE\t/\tFALSE\t0\tsession\tone
      #HttpOnly_127.0.0.1\tFALSE\t/app\tFALSE\t4102444800\tpath\ttwo
      127.0.0.1\tFALSE\t/other\tFALSE\t0\telsewhere\tno
      127.0.0.1\tFALSE\t/\tTRUE\t0\tsecure\tno
      127.0.0.1\tFALSE\t/\tFALSE\t1000\texpired\tno
      example.com\tTRUE\t/\tFALSE\t0\tdomain\tno
      plain=three

      """)
    let lines = try request("--cookie-file", file, path: "/app/websocket")
    #expect(lines.contains("Cookie: session=one; path=two; plain=three"))
  }

  @Test func aMissingFileIsNamed() throws {
    for option in [["--cookie-file", "/nonexistent"], ["-H", "@/nonexistent"]] {
      let outcome = try Program(["count", "x", "-s", "ws://127.0.0.1:1"] + option).finish()
      #expect(outcome.status == 66)
      #expect(outcome.errors.contains("/nonexistent"))
    }
  }
}

/// A server that keeps the head of the first request, and answers 403.
private final class RecordingPeer: @unchecked Sendable {
  // What changes is behind the lock.
  private let lock = NSCondition()
  private var head = ""
  private let listener: Int32
  let port: UInt16

  init() throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 8) == 0
          && getsockname(listener, $0, &length) == 0
      }
    }
    guard bound else { throw POSIXError(.EADDRNOTAVAIL) }
    self.listener = listener
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { [self] in
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else { return }
      var bytes = Data()
      var chunk = [UInt8](repeating: 0, count: 4096)
      while bytes.range(of: Data("\r\n\r\n".utf8)) == nil {
        let count = read(connection, &chunk, chunk.count)
        guard count > 0 else { break }
        bytes += chunk.prefix(count)
      }
      lock.withLock {
        head = String(decoding: bytes, as: UTF8.self)
        lock.broadcast()
      }
      let answer = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
      _ = answer.withCString { write(connection, $0, strlen($0)) }
      close(connection)
    }
  }

  /// The head of the request, once it is there.
  var request: String {
    let end = Date(timeIntervalSinceNow: Program.deadline)
    return lock.withLock {
      while head.isEmpty, lock.wait(until: end) {}
      return head
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }
}

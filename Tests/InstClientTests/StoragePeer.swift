import Foundation

/// A storage on a real socket: HTTP by hand, one request a connection.
final class StoragePeer: Sendable {
  struct Request: Sendable {
    var method: String
    var target: String
    /// Names in lower case.
    var fields: [String: String]
    var body: [UInt8]
  }

  struct Response: Sendable {
    var status = 200
    var body: [UInt8] = []
    var location: String?
    /// Answer only when ``StoragePeer/release()`` is called.
    var waits = false
  }

  let port: UInt16
  private let listener: Int32
  private let state = NSCondition()
  private nonisolated(unsafe) var recorded: [Request] = []
  private nonisolated(unsafe) var open = 0
  private nonisolated(unsafe) var isReleased = false

  init(_ respond: @escaping @Sendable (Request, _ number: Int) -> Response) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 64) == 0
          && getsockname(listener, $0, &length) == 0
      }
    }
    guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
    self.listener = listener
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { [self] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        Thread.detachNewThread { [self] in serve(connection, respond) }
      }
    }
  }

  /// What was asked so far.
  var requests: [Request] { state.withLock { recorded } }
  /// How many are being answered.
  var openCount: Int { state.withLock { open } }

  /// Lets the responses go that wait.
  func release() {
    state.withLock {
      isReleased = true
      state.broadcast()
    }
  }

  func stop() {
    release()
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  private func serve(_ connection: Int32, _ respond: (Request, Int) -> Response) {
    defer { close(connection) }
    guard let request = Self.read(from: connection) else { return }
    let number = state.withLock {
      recorded.append(request)
      open += 1
      return recorded.count
    }
    let response = respond(request, number)
    state.lock()
    while response.waits, !isReleased { state.wait() }
    open -= 1
    state.unlock()
    let location = response.location.map { "Location: \($0)\r\n" } ?? ""
    var bytes = Array(
      "HTTP/1.1 \(response.status) Any\r\n\(location)Content-Length: \(response.body.count)\r\nConnection: close\r\n\r\n"
        .utf8)
    bytes += response.body
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      sent += count
    }
    shutdown(connection, Int32(SHUT_WR))
    var rest = [UInt8](repeating: 0, count: 1024)
    while Foundation.read(connection, &rest, rest.count) > 0 {}
  }

  private static func read(from connection: Int32) -> Request? {
    var input = Data()
    var chunk = [UInt8](repeating: 0, count: 65_536)
    let end = Data("\r\n\r\n".utf8)
    while true {
      if let head = input.range(of: end) {
        let lines = String(decoding: input[..<head.lowerBound], as: UTF8.self)
          .components(separatedBy: "\r\n")
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
          let parts = line.split(separator: ":", maxSplits: 1)
          guard parts.count == 2 else { continue }
          fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        let size = Int(fields["content-length"] ?? "0") ?? 0
        if input.count >= head.upperBound + size {
          let words = lines[0].split(separator: " ")
          guard words.count == 3 else { return nil }
          return Request(
            method: String(words[0]), target: String(words[1]), fields: fields,
            body: Array(input[head.upperBound..<head.upperBound + size]))
        }
      }
      let count = Foundation.read(connection, &chunk, chunk.count)
      guard count > 0 else { return nil }
      input.append(contentsOf: chunk[..<count])
    }
  }
}

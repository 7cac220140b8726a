import Foundation

/// An HTTP server that answers by a script, one connection after the other, and remembers what it was
/// asked.
final class ScriptedAPI: Sendable {
  struct Request: Sendable {
    var method: String
    var target: String
    /// By name in lower case.
    var fields: [String: String]
    var body: String

    /// A member of the body, which is an object of JSON.
    func member(_ name: String) -> String? {
      let object = try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
      return object?[name] as? String
    }
  }

  /// Status and body; nil to hang up.
  typealias Script = @Sendable (Request) -> (status: Int, body: String)?

  let port: UInt16
  private let listener: Int32
  private let log = Log()

  var url: String { "http://127.0.0.1:\(port)" }
  var requests: [Request] { log.requests }

  init(_ script: @escaping Script) throws {
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
    let log = self.log
    Thread.detachNewThread {
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        if let request = Self.read(connection) {
          log.add(request)
          if let answer = script(request) { Self.write(answer, to: connection) }
        }
        close(connection)
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  private static func read(_ connection: Int32) -> Request? {
    var received = Data()
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      if let request = parse(received) { return request }
      let count = Glibc.read(connection, &chunk, chunk.count)
      guard count > 0 else { return nil }
      received += chunk.prefix(count)
    }
  }

  /// Nil while the request is not whole.
  private static func parse(_ data: Data) -> Request? {
    guard let end = data.range(of: Data("\r\n\r\n".utf8)) else { return nil }
    let head = String(decoding: data[..<end.lowerBound], as: UTF8.self)
    let lines = head.components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ").map(String.init)
    var fields: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      fields[line[..<colon].lowercased()] =
        line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
    let body = data[end.upperBound...]
    guard words.count == 3, body.count >= Int(fields["content-length"] ?? "0") ?? 0 else {
      return nil
    }
    return Request(
      method: words[0], target: words[1], fields: fields,
      body: String(decoding: body, as: UTF8.self))
  }

  private static func write(_ answer: (status: Int, body: String), to connection: Int32) {
    let text =
      "HTTP/1.1 \(answer.status) Status\r\nContent-Type: application/json\r\n"
      + (answer.status / 100 == 3 ? "Location: /elsewhere\r\n" : "")
      + "Content-Length: \(answer.body.utf8.count)\r\n\r\n\(answer.body)"
    _ = text.withCString { Glibc.write(connection, $0, strlen($0)) }
  }

  /// `@unchecked Sendable`: all of it is behind `lock`.
  private final class Log: @unchecked Sendable {
    private let lock = NSLock()
    private var all: [Request] = []

    var requests: [Request] { lock.withLock { all } }
    func add(_ request: Request) { lock.withLock { all.append(request) } }
  }
}

import Foundation
import Glibc

/// One end of a WebSocket (RFC 6455), written for tests and independent of what is tested: text messages
/// over a blocking socket, without extensions.
final class WebSocketPeer {
  private let descriptor: Int32
  private let masks: Bool
  private var received: [UInt8] = []

  /// - Parameter masks: whether this is the client (RFC 6455 section 5.3).
  init(owning descriptor: Int32, masks: Bool) {
    self.descriptor = descriptor
    self.masks = masks
    var timeout = timeval(tv_sec: Int(Program.deadline), tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  deinit { close(descriptor) }

  /// Ends the connection for both sides.
  func hangUp() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  // MARK: Bytes

  private func write(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  private func read(_ count: Int) -> [UInt8]? {
    while received.count < count {
      var chunk = [UInt8](repeating: 0, count: 1 << 16)
      let got = recv(descriptor, &chunk, chunk.count, 0)
      guard got > 0 else { return nil }
      received += chunk[..<got]
    }
    defer { received.removeFirst(count) }
    return Array(received[..<count])
  }

  /// Reads a head of HTTP up to its empty line.
  func readHead() -> String? {
    var head: [UInt8] = []
    while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      guard let byte = read(1) else { return nil }
      head += byte
    }
    return String(decoding: head, as: UTF8.self)
  }

  func writeHead(_ lines: [String]) {
    write(Array((lines + ["", ""]).joined(separator: "\r\n").utf8))
  }

  // MARK: Messages

  /// Sends a text message.
  func send(_ text: String) {
    let payload = Array(text.utf8)
    let maskBit: UInt8 = masks ? 0x80 : 0
    var frame: [UInt8] = [0x81]
    switch payload.count {
    case ..<126: frame.append(UInt8(payload.count) | maskBit)
    case ..<65536: frame += [126 | maskBit, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
    default:
      frame.append(127 | maskBit)
      frame += (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
    }
    // The key of zeros leaves the payload as it is.
    if masks { frame += [0, 0, 0, 0] }
    write(frame + payload)
  }

  /// Sends a close frame with the code 1008 (RFC 6455 section 7.4.1); the reason has at most 123 bytes.
  func sendClose(reason: String) {
    let payload = [0x03, 0xF0] + Array(reason.utf8)
    write([0x88, UInt8(payload.count)] + payload)
  }

  /// The next text message; nil at the end of the connection.
  func receive() -> String? {
    while let head = read(2) {
      var length = Int(head[1] & 0x7F)
      if length >= 126 {
        guard let bytes = read(length == 126 ? 2 : 8) else { return nil }
        length = bytes.reduce(0) { $0 << 8 | Int($1) }
      }
      let key = head[1] & 0x80 == 0 ? [0, 0, 0, 0] : read(4) ?? [0, 0, 0, 0]
      guard let masked = read(length) else { return nil }
      let payload = masked.enumerated().map { $1 ^ key[$0 & 3] }
      switch head[0] & 0x0F {
      case 1: return String(decoding: payload, as: UTF8.self)
      case 8: return nil
      default: continue
      }
    }
    return nil
  }
}

/// A device that is on a branch of a public inst: logged in, and watching.
final class Device {
  private let peer: WebSocketPeer
  private let inst: String
  private var lastID = 0

  init(_ server: TestServer, connectionID: String, inst: String) throws {
    self.inst = inst
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    address.sin_port = (UInt16(server.port) ?? 0).bigEndian
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    peer = WebSocketPeer(owning: descriptor, masks: true)
    guard connected else { throw POSIXError(.ECONNREFUSED) }
    peer.writeHead([
      "GET /websocket HTTP/1.1", "Host: 127.0.0.1:\(server.port)", "Upgrade: websocket",
      "Connection: Upgrade", "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ])
    guard peer.readHead()?.hasPrefix("HTTP/1.1 101") == true else {
      throw POSIXError(.EPROTO)
    }
    send(["type": "login", "connectionId": connectionID])
    _ = next { $0["type"] as? String == "login_result" }
    send(branch(["type": "repo/watch_branch"]))
    _ = next { $0["type"] as? String == "repo/watch_branch_result" }
  }

  private func branch(_ message: [String: Any]) -> [String: Any] {
    message.merging(["recordName": NSNull(), "inst": inst, "branch": "default"]) { $1 }
  }

  func send(_ message: [String: Any]) {
    lastID += 1
    let data = try? JSONSerialization.data(withJSONObject: [1, lastID, message] as [Any])
    peer.send(String(decoding: data ?? Data(), as: UTF8.self))
  }

  /// Sends an action to every device on the branch but what the selector says.
  func sendAction(_ event: Any, taskID: Any? = nil, type: String = "remote") {
    var action: [String: Any] = ["type": type, "broadcast": true]
    action[type == "remote" ? "event" : "result"] = event
    action["taskId"] = taskID
    send(branch(["type": "repo/send_action", "action": action]))
  }

  /// The next message for which `isWanted` holds; nil where none comes.
  func next(where isWanted: ([String: Any]) -> Bool) -> [String: Any]? {
    while let text = peer.receive() {
      let frame = (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [Any]
      if let message = frame?.last as? [String: Any], isWanted(message) { return message }
    }
    return nil
  }

  /// The next action that is a result or an error.
  func nextResult() -> [String: Any]? {
    let message = next { message in
      let action = message["action"] as? [String: Any]
      return ["device_result", "device_error"].contains(action?["type"] as? String)
    }
    return message?["action"] as? [String: Any]
  }
}

/// A server whose answers a test makes up.
final class ScriptedServer: Sendable {
  let url: String
  private let listener: Int32

  /// - Parameters:
  ///   - login: what to answer a login with, as JSON.
  ///   - closing: the reason of a close frame with which to end, instead of an answer.
  ///   - answer: the frames with which to answer any other message, as JSON.
  init(
    login: @escaping @Sendable ([String: Any]) -> String = { _ in acceptingLogin },
    closing: String? = nil,
    answer: @escaping @Sendable ([String: Any]) -> [String]
  ) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    _ = fcntl(listener, F_SETFD, FD_CLOEXEC)
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
    url = "ws://127.0.0.1:\(UInt16(bigEndian: address.sin_port))/"
    Thread.detachNewThread {
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        Thread.detachNewThread {
          Self.serve(WebSocketPeer(owning: connection, masks: false), login, closing, answer)
        }
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  private static let acceptingLogin = """
    [1,-1,{"type":"login_result","success":true,"info":{"connectionId":"c","sessionId":null,\
    "userId":null}}]
    """

  private static func serve(
    _ peer: WebSocketPeer, _ login: @Sendable ([String: Any]) -> String, _ closing: String?,
    _ answer: @Sendable ([String: Any]) -> [String]
  ) {
    guard let head = peer.readHead(), let accept = acceptance(for: head) else { return }
    peer.writeHead([
      "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
      "Sec-WebSocket-Accept: \(accept)",
    ])
    while let text = peer.receive() {
      let frame = (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [Any]
      guard let message = frame?.last as? [String: Any] else { continue }
      if message["type"] as? String == "login" {
        peer.send(login(message))
      } else if let closing {
        return peer.sendClose(reason: closing)
      } else {
        for frame in answer(message) { peer.send(frame) }
      }
    }
  }

  /// What accepts the upgrade that is asked for (RFC 6455 section 4.2.2); nil where none is.
  static func acceptance(for head: String) -> String? {
    key(in: head).map {
      Data(sha1(Array(($0 + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))).base64EncodedString()
    }
  }

  private static func key(in head: String) -> String? {
    let lines = head.components(separatedBy: "\r\n")
    let line = lines.first { $0.lowercased().hasPrefix("sec-websocket-key:") }
    return line?.dropFirst("sec-websocket-key:".count).trimmingCharacters(in: .whitespaces)
  }

  /// FIPS 180-4 section 6.1.
  private static func sha1(_ message: [UInt8]) -> [UInt8] {
    var padded = message + [0x80]
    padded += [UInt8](repeating: 0, count: (120 - padded.count % 64) % 64)
    padded += (0..<8).map { UInt8(truncatingIfNeeded: (message.count * 8) >> (56 - 8 * $0)) }
    var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
    func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word << count | word >> (32 - count) }
    for start in stride(from: 0, to: padded.count, by: 64) {
      var words = (0..<16).map { index in
        padded[(start + 4 * index)...].prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      }
      for index in 16..<80 {
        words.append(
          rotate(words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], 1))
      }
      var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
      for index in 0..<80 {
        let (mix, constant): (UInt32, UInt32) =
          switch index {
          case ..<20: (b & c | ~b & d, 0x5A82_7999)
          case ..<40: (b ^ c ^ d, 0x6ED9_EBA1)
          case ..<60: (b & c | b & d | c & d, 0x8F1B_BCDC)
          default: (b ^ c ^ d, 0xCA62_C1D6)
          }
        let next = rotate(a, 5) &+ mix &+ e &+ constant &+ words[index]
        (e, d, c, b, a) = (d, c, rotate(b, 30), a, next)
      }
      for (index, word) in [a, b, c, d, e].enumerated() { state[index] &+= word }
    }
    return state.flatMap { word in (0..<4).map { UInt8(word >> (24 - 8 * $0) & 255) } }
  }
}

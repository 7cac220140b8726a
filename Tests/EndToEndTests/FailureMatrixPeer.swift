import Foundation
import Glibc

/// A server and its HTTP API that behave until something is to go wrong, once on each connection.
final class FailureMatrixPeer: Sendable {
  /// What goes wrong.
  enum Fault: Sendable {
    case nothing
    /// Nothing is said any more.
    case silence
    /// The connection is reset.
    case reset
    /// These bytes, and whatever comes is read.
    case bytes([UInt8])
    /// These bytes, and the end of what is sent.
    case lastWords(String)
    /// A close frame with this code, answered as RFC 6455 section 7 wants it.
    case close(Int)
    /// An update is not taken: the branch would be too large.
    case tooLarge
    /// This text message, as an answer to every message.
    case message(String)
  }

  /// Up to when it behaves.
  enum Moment: Sendable {
    /// When the connection is there.
    case connected
    /// When something is asked by HTTP, be it the upgrade or anything else.
    case requested
    /// When a login is asked for.
    case login
    /// When anything else is asked for.
    case request
  }

  let port: UInt16
  private let listener: Int32
  /// Signalled when the fault's moment has come.
  private let reached = DispatchSemaphore(value: 0)

  init(_ fault: Fault, at moment: Moment) throws {
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
    port = UInt16(bigEndian: address.sin_port)
    let reached = self.reached
    Thread.detachNewThread {
      while true {
        let connection = accept(listener, nil, nil)
        // Closed here and not by the owner: its number must not be another's while this still accepts.
        guard connection >= 0 else { return _ = close(listener) }
        Thread.detachNewThread { Talk(connection, fault, at: moment, reached).run() }
      }
    }
  }

  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  /// Waits until the fault's moment has come.
  func awaitMoment() -> Bool { reached.wait(timeout: .now() + Program.deadline) == .success }
}

/// One connection, on a thread of its own.
private final class Talk {
  private let socket: Int32
  private let peer: WebSocketPeer
  private let fault: FailureMatrixPeer.Fault
  private let moment: FailureMatrixPeer.Moment
  private let reached: DispatchSemaphore

  init(
    _ socket: Int32, _ fault: FailureMatrixPeer.Fault, at moment: FailureMatrixPeer.Moment,
    _ reached: DispatchSemaphore
  ) {
    self.socket = socket
    peer = WebSocketPeer(owning: socket, masks: false)
    self.fault = fault
    self.moment = moment
    self.reached = reached
  }

  func run() {
    if moment == .connected { return goWrong() }
    guard let head = peer.readHead() else { return }
    if moment == .requested { return goWrong() }
    guard let accept = ScriptedServer.acceptance(for: head) else {
      return send(Self.response(to: head))
    }
    peer.writeHead([
      "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
      "Sec-WebSocket-Accept: \(accept)",
    ])
    while let text = peer.receive() {
      let frame = (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [Any]
      guard let message = frame?.last as? [String: Any] else { continue }
      let now: FailureMatrixPeer.Moment =
        message["type"] as? String == "login" ? .login : .request
      switch fault {
      case .nothing: for frame in HealthyAnswers.frames(to: message) { peer.send(frame) }
      case .tooLarge where message["type"] as? String == "repo/add_updates":
        peer.send(HealthyAnswers.tooLarge(message))
      case .message(let text) where now == moment:
        peer.send(text)
        reached.signal()
      case .silence, .reset, .bytes, .lastWords, .close:
        if now == moment { return goWrong() }
        fallthrough
      default: for frame in HealthyAnswers.frames(to: message) { peer.send(frame) }
      }
    }
  }

  private func goWrong() {
    defer { reached.signal() }
    switch fault {
    case .nothing, .tooLarge: break
    case .silence:
      reached.signal()
      readToTheEnd()
    case .reset:
      var lingering = linger(l_onoff: 1, l_linger: 0)
      setsockopt(socket, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
    case .bytes(let bytes):
      send(bytes)
      readToTheEnd()
    case .lastWords(let text):
      send(text)
      shutdown(socket, Int32(SHUT_WR))
      readToTheEnd()
    case .close(let code):
      send([0x88, 2, UInt8(code >> 8), UInt8(code & 0xFF)])
      while peer.receive() != nil {}
    case .message(let text): send(Self.response(200, text))
    }
  }

  private func readToTheEnd() {
    var chunk = [UInt8](repeating: 0, count: 4096)
    while recv(socket, &chunk, chunk.count, 0) > 0 {}
  }

  private func send(_ text: String) { send(Array(text.utf8)) }

  private func send(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  static func response(_ status: Int, _ body: String) -> String {
    "HTTP/1.1 \(status) Status\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  /// What the HTTP API says when all is well (PROTOCOL section 6).
  private static func response(to head: String) -> String {
    let target = head.split(separator: " ").dropFirst().first ?? ""
    if target.hasSuffix("/login") {
      return response(200, #"{"success":true,"userId":"user1","requestId":"request-1"}"#)
    }
    if target.contains("/insts/list"), !target.contains("&inst=") {
      return response(200, #"{"success":true,"insts":[{"inst":"a"}],"totalCount":1}"#)
    }
    return response(200, #"{"success":true,"insts":[]}"#)
  }
}

/// What a server says when all is well (PROTOCOL sections 4 and 5).
enum HealthyAnswers {
  /// A document with the bot `b`, whose tag `t` is `1`.
  static let update = "AQOMqO/9AQAnAQRib3RzAWIBJwCMqO/9AQABdAIEAIyo7/0BAQExAA=="

  private static func branch(_ message: [String: Any]) -> String {
    // A record key is answered with the record's name.
    let record = (message["recordName"] as? String).map { $0.hasPrefix("vRK") ? "rec" : $0 }
    return #""recordName":\#(json(record)),"inst":\#(json(message["inst"])),"#
      + #""branch":\#(json(message["branch"]))"#
  }

  /// How an update is acknowledged that is not taken (PROTOCOL section 5).
  static func tooLarge(_ message: [String: Any]) -> String {
    frame(
      """
      {"type":"repo/updates_received",\(branch(message)),"updateId":\(json(message["updateId"])),\
      "errorCode":"max_size_reached","maxBranchSizeInBytes":1,"neededBranchSizeInBytes":2}
      """)
  }

  static func frames(to message: [String: Any]) -> [String] {
    let branch = branch(message)
    let someone = #"{"connectionId":"other","sessionId":null,"userId":null}"#
    switch message["type"] as? String ?? "" {
    case "login":
      return [
        """
        {"type":"login_result","success":true,"info":{"connectionId":"c","sessionId":"session1",\
        "userId":"user1"}}
        """
      ].map(frame)
    case "repo/get_updates":
      return [
        #"{"type":"repo/add_updates",\#(branch),"updates":["\#(update)"],"timestamps":[1]}"#
      ].map(frame)
    case "repo/watch_branch":
      return [
        #"{"type":"repo/add_updates",\#(branch),"updates":["\#(update)"],"initial":true}"#,
        #"{"type":"repo/watch_branch_result",\#(branch),"success":true}"#,
        """
        {"type":"permission/request/missing","reason":{"type":"missing_permission",\
        \(branch),"resourceKind":"inst","resourceId":\(json(message["inst"])),"action":"read",\
        "subjectType":"user","subjectId":"user2"},\(branch),"resourceKind":"inst",\
        "resourceId":\(json(message["inst"])),\
        "subjectType":"user","subjectId":"user2"}
        """,
      ].map(frame)
    case "repo/add_updates":
      return [
        #"{"type":"repo/updates_received",\#(branch),"updateId":\#(json(message["updateId"]))}"#
      ].map(frame)
    case "repo/watch_branch_devices":
      return [
        """
        {"type":"repo/connected_to_branch","broadcast":false,\
        "branch":{"type":"repo/watch_branch",\(branch)},"connection":\(someone)}
        """
      ].map(frame)
    case "repo/connection_count":
      return [#"{"type":"repo/connection_count",\#(branch),"count":1}"#].map(frame)
    case "repo/send_action":
      let task = (message["action"] as? [String: Any])?["taskId"]
      return [
        """
        {"type":"repo/receive_action",\(branch),"action":{"type":"device_result","result":1,\
        "taskId":\(json(task)),"connection":\(someone)}}
        """
      ].map(frame)
    case "sync/time":
      return [
        """
        {"type":"sync/time/response","id":\(json(message["id"])),\
        "clientRequestTime":\(json(message["clientRequestTime"])),"serverReceiveTime":1,\
        "serverTransmitTime":1}
        """
      ].map(frame)
    case "http_request":
      return [
        """
        {"type":"http_response","id":\(json(message["id"])),"response":{"statusCode":200,\
        "headers":{},"body":"ok"}}
        """
      ].map(frame)
    default: return []
    }
  }

  private static func frame(_ message: String) -> String { "[1,-1,\(message)]" }

  private static func json(_ value: Any?) -> String {
    let data = try? JSONSerialization.data(
      withJSONObject: value ?? NSNull(), options: .fragmentsAllowed)
    return String(decoding: data ?? Data("null".utf8), as: UTF8.self)
  }
}

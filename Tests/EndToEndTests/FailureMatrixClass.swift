import Foundation
import Glibc
import Testing

/// One way to fail, how it is brought about, and what is to become of it.
struct FailureMatrixClass: Sendable, CustomTestStringConvertible {
  let name: String
  /// By CLI.md section 4.
  let exit: Int32
  /// By CLI.md section 3; nil where several will do.
  var layer: String?
  var place = Place.peer
  /// What happens on the socket; nil where that is none of the socket's.
  var socket: FailureMatrixPeer.Fault?
  /// Nil for when the command's first request is under way.
  var moment: FailureMatrixPeer.Moment?
  /// What happens to a command that uses the HTTP API alone.
  var api: FailureMatrixPeer.Fault?
  var options: [String] = []
  /// Which commands it is for.
  var isFor: @Sendable (FailureMatrixCommand) -> Bool = { _ in true }
  /// Commands to which it is something else.
  var exceptions: [String: Int32] = [:]
  var ending = Ending.own

  var testDescription: String { name }

  /// Without a socket there is neither an upgrade nor a login.
  var apiLayer: String? { layer == "upgrade" || layer == "login" ? "server" : layer }

  /// Where --server leads.
  enum Place: Sendable {
    case peer, unknownName, refused, tlsPeer
    case expired, wrongHost, unknownIssuer
    /// Through the peer.
    case httpProxy, socksProxy
    case proxyGone
  }

  /// What ends the command.
  enum Ending: Sendable {
    case own
    case signal(Int32)
    /// Nobody reads stdout.
    case noReader
    case fullDevice
  }

  static let all = way + upgrade + login + socket + api + waiting + ending

  // MARK: The way to the server

  private static let way = [
    FailureMatrixClass(name: "unknown name", exit: 68, layer: "dns", place: .unknownName),
    FailureMatrixClass(name: "refused", exit: 69, layer: "tcp", place: .refused),
    FailureMatrixClass(
      name: "TLS is never answered", exit: 69, layer: "tls", place: .tlsPeer, socket: .silence,
      moment: .connected, api: .silence, options: ["--connect-timeout", "300ms"]),
    FailureMatrixClass(
      name: "plain text for TLS", exit: 69, layer: "tls", place: .tlsPeer,
      socket: .lastWords("HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n"), moment: .connected,
      api: .lastWords("HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n")),
    FailureMatrixClass(name: "expired certificate", exit: 69, layer: "tls", place: .expired),
    FailureMatrixClass(name: "wrong host", exit: 69, layer: "tls", place: .wrongHost),
    FailureMatrixClass(name: "unknown issuer", exit: 69, layer: "tls", place: .unknownIssuer),
    FailureMatrixClass(name: "proxy gone", exit: 69, layer: "proxy", place: .proxyGone),
    proxy("proxy says 403", 77, .httpProxy, "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"),
    proxy(
      "proxy says 407", 77, .httpProxy,
      "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n"),
    proxy("proxy says 503", 75, .httpProxy, "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"),
    // RFC 1928: no method that we offer.
    FailureMatrixClass(
      name: "SOCKS refuses us", exit: 77, layer: "proxy", place: .socksProxy,
      socket: .bytes([5, 0xFF]), moment: .connected, api: .bytes([5, 0xFF])),
    proxy("SOCKS is none", 76, .socksProxy, "HTTP/1.1 400 Bad\r\n\r\n"),
  ]

  private static func proxy(_ name: String, _ exit: Int32, _ place: Place, _ words: String) -> Self
  {
    FailureMatrixClass(
      name: name, exit: exit, layer: "proxy", place: place, socket: .lastWords(words),
      moment: .connected, api: .lastWords(words))
  }

  // MARK: The upgrade

  private static let upgrade =
    [
      (status: 200, exit: Int32(76)), (302, 76), (401, 77), (403, 77), (404, 76), (429, 75),
      (500, 69), (503, 75),
    ]
    .map { status, exit in
      let answer =
        "HTTP/1.1 \(status) Status\r\nLocation: /elsewhere\r\nContent-Length: 5\r\n\r\nhello"
      return FailureMatrixClass(
        name: "HTTP \(status)", exit: exit, layer: "upgrade", socket: .lastWords(answer),
        moment: .requested, api: .lastWords(answer),
        // The help of logout: a server that offers no such thing is no obstacle.
        exceptions: [401, 403, 404].contains(status) ? ["logout": 0] : [:])
    } + [
      FailureMatrixClass(
        name: "connect timeout", exit: 69, layer: "upgrade", socket: .silence, moment: .requested,
        options: ["--connect-timeout", "300ms"]),
      FailureMatrixClass(
        name: "upgrade without an accept", exit: 76, layer: "upgrade",
        socket: .lastWords(
          "HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
        moment: .requested),
      FailureMatrixClass(
        name: "upgrade with a wrong accept", exit: 76, layer: "upgrade",
        socket: .lastWords(
          "HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n"),
        moment: .requested),
      FailureMatrixClass(
        name: "hung up instead of an answer", exit: 69, socket: .lastWords(""), moment: .requested,
        api: .lastWords("")),
    ]

  // MARK: The server's word

  /// The codes of PROTOCOL section 8 and some that servers add, by CLI.md section 4.
  static let codes: [(exit: Int32, codes: [String])] = [
    (65, ["unacceptable_request", "unacceptable_something"]),
    (67, ["record_not_found", "inst_not_found", "message_not_found", "something_not_found"]),
    (69, ["server_error", "unheard_of"]),
    (73, ["max_size_reached", "subscription_limit_reached"]),
    (75, ["rate_limit_exceeded", "service_unavailable"]),
    (76, ["not_supported", "action_not_supported", "invalid_connection_state"]),
    (
      77,
      [
        "not_logged_in", "not_authorized", "invalid_token", "session_expired", "user_is_banned",
        "unacceptable_connection_token", "unacceptable_connection_id", "invalid_record_key",
      ]
    ),
  ]

  private static let login = codes.flatMap { exit, codes in
    codes.map { code in
      let info = #""success":false,"errorCode":"\#(code)","errorMessage":"no""#
      return FailureMatrixClass(
        name: "login refused: \(code)", exit: exit, layer: "login",
        socket: .message(#"[1,-1,{"type":"login_result",\#(info)}]"#), moment: .login,
        api: .message("{\(info)}"),
        exceptions: [67, 76, 77].contains(exit) ? ["logout": 0] : [:])
    }
  }

  // MARK: The socket, when a request is under way

  /// An action does not go twice: that nobody knows whether it was carried out counts more than why the
  /// connection is gone.
  private static let unknownOutcome: [String: Int32] = ["send-action": 69]

  private static let socket =
    [
      FailureMatrixClass(
        name: "reset", exit: 69, socket: .reset, api: .reset, options: ["--no-reconnect"]),
      FailureMatrixClass(
        name: "bad frame", exit: 76, layer: "websocket", socket: .bytes([0x83, 0]),
        options: ["--no-reconnect"], exceptions: unknownOutcome),
      FailureMatrixClass(
        name: "text that is not UTF-8", exit: 76, layer: "websocket",
        socket: .bytes([0x81, 1, 0xFF]), options: ["--no-reconnect"], exceptions: unknownOutcome),
      FailureMatrixClass(
        name: "message too large", exit: 76, socket: .bytes(frame(70_000)),
        api: .lastWords(
          "HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n"
            + String(repeating: " ", count: 70_000)),
        options: ["--max-message", "64KiB", "--no-reconnect"], exceptions: unknownOutcome),
      FailureMatrixClass(
        name: "max_size_reached", exit: 73, layer: "server",
        socket: .tooLarge, isFor: { $0.writes }),
    ]
    + [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 4000].map { code in
      // Too large, in one direction or the other.
      FailureMatrixClass(
        name: "close code \(code)", exit: code == 1009 ? 76 : 69, layer: "websocket",
        socket: .close(code), options: ["--no-reconnect"], exceptions: unknownOutcome)
    }

  /// A text frame of so many spaces.
  private static func frame(_ count: Int) -> [UInt8] {
    [0x81, 127] + (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - 8 * $0)) }
      + [UInt8](repeating: 0x20, count: count)
  }

  // MARK: Answers that are none

  private static let api = [
    FailureMatrixClass(
      name: "an answer that is not JSON", exit: 76, layer: "server", api: .message("hello")),
    FailureMatrixClass(
      name: "an answer of the wrong shape", exit: 76, layer: "server",
      api: .message(#"{"success":"perhaps"}"#)),
    FailureMatrixClass(
      name: "text that is not JSON, and nothing else", exit: 124, layer: "timeout",
      socket: .message("hello"), options: ["--timeout", "400ms"]),
    FailureMatrixClass(
      name: "messages of the wrong shape, and nothing else", exit: 124, layer: "timeout",
      socket: .message(#"[1,-1,{"type":["repo/add_updates"],"updates":5}]"#),
      options: ["--timeout", "400ms"]),
  ]

  // MARK: Waiting

  private static let waiting = [
    FailureMatrixClass(
      name: "silence", exit: 124, layer: "timeout", socket: .silence, api: .silence,
      options: ["--timeout", "300ms"]),
    FailureMatrixClass(
      name: "silence behind the login", exit: 69, layer: "login", socket: .silence, moment: .login,
      options: ["--connect-timeout", "300ms"]),
    FailureMatrixClass(
      name: "rate limit", exit: 75, layer: "server",
      socket: .message(#"[1,-1,{"type":"rate_limit_exceeded","retryAfter":1}]"#),
      options: ["--timeout", "400ms"]),
  ]

  // MARK: Ends from without

  private static let ending =
    [(signal: SIGHUP, exit: Int32(129)), (SIGINT, 130), (SIGTERM, 143)].map { signal, exit in
      FailureMatrixClass(
        name: "signal \(signal)", exit: exit, socket: .silence, api: .silence,
        ending: .signal(signal))
    } + [
      FailureMatrixClass(
        name: "nobody reads stdout", exit: 0, socket: .nothing,
        api: .nothing, ending: .noReader),
      FailureMatrixClass(
        name: "stdout is full", exit: 74, layer: "io", socket: .nothing,
        api: .nothing,
        // They have nothing to say where nothing differs or is missing.
        exceptions: ["diff": 0, "gaps": 0], ending: .fullDevice),
    ]
}

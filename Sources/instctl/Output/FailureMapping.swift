import InstClient
import InstProtocol
import JSONText
import Transport
import WebSocket

// The one place where errors become codes, hints and exit codes.

extension Failure {
  init(_ error: ClientError) {
    switch error {
    case .connect(.transport(let error)): self.init(error)
    case .connect(.handshake(let error)): self.init(error)
    case .loginTimedOut(let milliseconds):
      self = .connectTimeout(error.description, layer: .login, milliseconds: milliseconds)
    case .loginRefused(let info):
      self.init(info, layer: .login, message: error.description)
    case .refused(let info):
      self.init(info, layer: .server, message: error.description)
    case .connectionLost(let end): self.init(end)
    case .maxSizeReached(let maximum, let needed):
      self.init(
        code: ErrorCode.maxSizeReached.rawValue, layer: .server, message: error.description,
        hint: "the server's limit must be raised, or the branch made smaller", exit: .limitReached)
      facts = Self.sizes(maximum: maximum, needed: needed)
    case .protocolViolation:
      self.init(
        code: "protocol_violation", layer: .protocol, message: error.description,
        exit: .protocolError)
    case .cannotSend:
      self.init(
        code: "cannot_send", layer: .protocol, message: error.description, exit: .unavailable)
    case .storage(let error):
      self.init(
        code: "storage_failed", layer: .protocol, message: error.description,
        hint: "the server's storage for large messages must be reachable from here",
        isRetryable: true, exit: .unavailable)
      if case .status(let status) = error.cause {
        let mapped = Self.exit(forHTTP: status)
        self.exit = mapped == .protocolError ? .unavailable : mapped
        isRetryable = status == 429 || status >= 500
        facts = [JSONMember(name: "status", value: JSONValue(status))]
      }
    case .noForm:
      self.init(
        code: "no_such_form", layer: .protocol, message: error.description,
        hint: "the server speaks another dialect than this needs: choose another form of the "
          + "request, or force one with --dialect", exit: .usage)
    case .interrupted:
      self.init(
        code: "interrupted", layer: .websocket, message: error.description, isRetryable: false,
        exit: .unavailable)
    case .notConnected, .cancelled:
      self.init(
        code: "not_connected", layer: .websocket, message: error.description, isRetryable: true,
        exit: .unavailable)
    }
  }

  /// The time is up, and it was the server that wanted us to wait.
  ///
  /// - Parameter what: has not happened within which time.
  static func rateLimited(_ what: String) -> Failure {
    Failure(
      ErrorInfo(errorCode: .rateLimitExceeded, errorMessage: ""), layer: .server,
      message: "the server limits the rate, and \(what)")
  }

  static func sizes(maximum: Double?, needed: Double?) -> [JSONMember] {
    [("maxBranchSizeInBytes", maximum), ("neededBranchSizeInBytes", needed)].compactMap {
      name, size in size.map { JSONMember(name: name, value: JSONValue($0)) }
    }
  }

  private static func connectTimeout(
    _ message: String, layer: Layer, milliseconds: Int64
  ) -> Failure {
    Failure(
      code: "connect_timeout", layer: layer, message: message,
      hint: "a longer --connect-timeout waits longer; -v shows each step", isRetryable: true,
      exit: .unavailable,
      facts: [JSONMember(name: "timeoutMs", value: JSONValue(Int(milliseconds)))])
  }
}

// MARK: - Below the protocol

extension Failure {
  init(_ error: TransportError) {
    func failure(
      _ code: String, _ layer: Layer, _ exit: ExitStatus = .unavailable, hint: String? = nil,
      isRetryable: Bool = true
    ) -> Failure {
      Failure(
        code: code, layer: layer, message: error.description, hint: hint,
        isRetryable: isRetryable, exit: exit)
    }
    switch error {
    case .nameNotFound:
      self = failure("host_not_found", .dns, .noHost, hint: "check the name in --server")
    case .nameLookupFailed:
      self = failure("dns_failed", .dns, hint: "the resolver of this machine does not answer")
    case .noAddress:
      self = failure("no_address", .dns, .noHost, hint: "without -4 and -6 any address will do")
    case .proxy(let proxyError, let proxy):
      self.init(proxyError, proxy: proxy, message: error.description)
    case .invalidOverride: self = failure("usage", .usage, .usage, isRetryable: false)
    case .connectionRefused:
      self = failure(
        "connection_refused", .tcp, hint: "nothing listens there: check host and port in --server")
    case .unreachable:
      self = failure(
        "unreachable", .tcp,
        hint: "check the network, and the address in --server, --resolve or --unix-socket")
    case .timedOut(let step, let milliseconds):
      self = .connectTimeout(error.description, layer: step.layer, milliseconds: milliseconds)
    case .reset:
      self = failure(
        "connection_reset", .tcp,
        hint: "the server, or something before it, has ended the connection; -v shows each step")
    case .ended(let step): self = failure("connection_closed", step.layer)
    case .io: self = failure("io_error", .tcp)
    case .addressInUse:
      self = failure(
        "address_in_use", .tcp, hint: "another --port, or --port 0 for a free one")
    case .tls(let error): self.init(error)
    case .invalidURL: self = failure("invalid_url", .usage, .usage, isRetryable: false)
    case .cancelled: self = failure("cancelled", .tcp)
    }
  }

  init(_ error: HandshakeError) {
    self.init(
      code: "upgrade_failed", layer: .upgrade, message: error.description, exit: .protocolError)
    switch error {
    case .refused(let status, _, _, let body):
      code = "upgrade_refused"
      self.exit = Self.exit(forHTTP: status)
      isRetryable = status == 429 || status >= 500
      hint = Self.refusalHint(status, body)
      facts = [
        JSONMember(name: "status", value: JSONValue(status)),
        JSONMember(name: "body", value: .string(String(decoding: body, as: UTF8.self))),
      ]
    case .redirected(let status, let location):
      code = "upgrade_redirected"
      hint = "redirects are not followed; use the address that the server names"
      facts = [
        JSONMember(name: "status", value: JSONValue(status)),
        JSONMember(name: "location", value: .string(location)),
      ]
    case .endedEarly:
      code = "connection_closed"
      hint = "a server that wants TLS ends so, too: --server https://… or wss://…"
      isRetryable = true
      self.exit = .unavailable
    default: break
    }
  }

  private static func refusalHint(_ status: Int, _ body: [UInt8]) -> String? {
    switch status {
    // nginx's words to a client whose certificate it does not know, or that has none.
    case 400 where String(decoding: body, as: UTF8.self).contains("SSL certificate"):
      "the server wants another client certificate than it has seen: --cert FILE, and --cert-key FILE"
    case 200, 404:
      "is it an inst server? https:// reaches it at /websocket, wss:// where the URL says"
    case 401, 403:
      "the server, or a gateway before it, wants other credentials: --header and --cookie-file send any"
    case 407: "a proxy wants credentials: --proxy-credentials-file FILE"
    case 429, 503: "the server asks to try again later"
    case 500...: "the server, or a gateway before it, is in trouble; try again later"
    default: nil
    }
  }

  static func exit(forHTTP status: Int) -> ExitStatus {
    switch status {
    case 401, 403, 407: .noPermission
    case 429, 503: .tryLater
    case 500...599: .unavailable
    default: .protocolError
    }
  }

  init(_ end: ChannelEnd) {
    switch end {
    case .transport(let error): self.init(error)
    case .failed(let error):
      self.init(
        code: "websocket_error", layer: .websocket, message: error.description,
        exit: .protocolError)
      switch error {
      case .pingTimeout, .closeTimeout, .peerVanished:
        code = "connection_lost"
        isRetryable = true
        self.exit = .unavailable
      case .messageTooLarge, .frameTooLarge:
        code = "message_too_large"
        hint = "a larger --max-message accepts it"
      default: break
      }
    case .closed(let closure):
      self.init(
        code: "connection_closed", layer: .websocket, message: end.description,
        isRetryable: true, exit: .unavailable)
      facts = [
        JSONMember(name: "closeCode", value: JSONValue(end.closeCode)),
        JSONMember(name: "reason", value: .string(closure.received?.reason ?? "")),
      ]
      if closure.received?.code == .messageTooBig {
        code = "message_too_large"
        hint = "the server takes no message of that size"
        isRetryable = false
        self.exit = .protocolError
      }
    }
  }
}

extension ConnectStep {
  fileprivate var layer: Failure.Layer {
    switch self {
    case .name: .dns
    case .tcp: .tcp
    case .proxy: .proxy
    case .tls: .tls
    case .upgrade: .upgrade
    }
  }
}

// MARK: - The server's word

extension Failure {
  init(_ info: ErrorInfo, layer: Layer, message: String) {
    let exit = Self.exit(for: info.errorCode)
    self.init(
      code: info.errorCode.rawValue, layer: layer, message: message,
      hint: Self.hint(for: info.errorCode),
      isRetryable: exit == .tryLater || info.errorCode == .serverError, exit: exit)
    if let reason = info.reason {
      facts = [JSONMember(name: "reason", value: reason.value)]
    }
  }

  static func exit(for code: ErrorCode) -> ExitStatus { ServerErrorCodes.exit(for: code) }

  private static func hint(for code: ErrorCode) -> String? {
    switch code.rawValue {
    case "not_logged_in":
      "insts of a record need --key-file, --token-file, or 'instctl login --email ADDRESS' first"
    case "session_expired": "sign in again for a new key"
    case "unacceptable_connection_token":
      "the server does not know the key behind the token: is it for this server, and still valid?"
    case "rate_limit_exceeded": "send less at a time, or try again later"
    case "invalid_token": "a token opens one inst: is it for this one, and for this server?"
    default: nil
    }
  }
}

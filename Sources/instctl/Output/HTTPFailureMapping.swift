import InstClient
import InstProtocol
import JSONText
import Transport

// What FailureMapping is for the protocol, this is for its HTTP API.

extension Failure {
  init(_ error: InstAPIError) {
    switch error {
    case .noAnswer(let error): self.init(error)
    case .refused(let info, let status):
      self.init(info, layer: .server, message: error.description)
      if info.errorCode == .notLoggedIn {
        hint =
          "--session-key-file FILE, INSTCTL_SESSION_KEY, or 'instctl login --email ADDRESS' first"
      }
      // A code that says nothing to us comes with a status that may.
      let byStatus = Self.exit(forHTTP: status)
      if exit == .unavailable, info.errorCode != .serverError, byStatus != .protocolError {
        exit = byStatus
        isRetryable = exit == .tryLater
      }
      facts.append(JSONMember(name: "status", value: JSONValue(status)))
    case .unexpectedAnswer(let status, let body):
      self.init(
        code: "http_\(status)", layer: .server, message: error.description,
        hint: Self.hint(forHTTP: status),
        isRetryable: status == 429 || status >= 500, exit: Self.exit(forHTTP: status))
      facts = [
        JSONMember(name: "status", value: JSONValue(status)),
        JSONMember(name: "body", value: .string(body)),
      ]
    case .brokenAnswer:
      self.init(
        code: "protocol_violation", layer: .protocol, message: error.description,
        exit: .protocolError)
    }
  }

  /// What may help where something else than an inst server's API has answered.
  private static func hint(forHTTP status: Int) -> String? {
    switch status {
    case 401, 403: "who answers there wants other credentials: --header and --cookie-file send any"
    case 407: "the proxy wants credentials: --proxy-credentials-file FILE"
    case 429, 503: "the server asks to try again later"
    case 500...: "the server, or a gateway before it, is in trouble; try again later"
    default: "is it an inst server, and does it have this HTTP API?"
    }
  }

  init(_ error: HTTPError) {
    self.init(
      code: "http_failed", layer: .server, message: error.description, exit: .protocolError)
    switch error {
    case .transport(.ended(step: .upgrade)), .truncated:
      code = "connection_closed"
      message = "the server closed the connection before its response was complete"
      isRetryable = true
      self.exit = .unavailable
    case .transport(let error): self.init(error)
    case .timedOut(let milliseconds):
      self = .timeout(error.description, milliseconds: milliseconds)
    case .redirected(let status, let location):
      code = "http_redirected"
      hint = "redirects are not followed; use the address that the server names"
      facts = [
        JSONMember(name: "status", value: JSONValue(status)),
        JSONMember(name: "location", value: .string(location)),
      ]
    case .bodyTooLarge:
      code = "message_too_large"
      hint = "a larger --max-message accepts it"
    case .malformed:
      code = "protocol_violation"
      layer = .protocol
    case .invalidRequest:
      code = "invalid_request"
      self.exit = .bug
    }
  }
}

import JSONText
import Transport

extension Failure {
  /// - Parameters:
  ///   - proxy: the proxy's URL without user and password, where there is one.
  ///   - message: says which proxy it was.
  init(_ error: ProxyError, proxy: String = "http://HOST:PORT", message: String) {
    self.init(
      code: "proxy_failed", layer: .proxy, message: message, isRetryable: error.mayBeRetried,
      exit: .unavailable)
    switch error {
    case .invalidURL(let variable, _):
      code = "invalid_proxy"
      layer = variable == nil ? .usage : .config
      exit = variable == nil ? .usage : .configuration
      hint = "http://HOST:PORT, https://…, socks5h://… or socks5://…"
    case .unreachable(let reason):
      let failure = Failure(reason)
      code = failure.code
      exit = failure.exit
      facts = failure.facts
      hint = "it is named by --proxy, the profile or the environment; '--proxy none' goes without"
    case .authenticationRequired:
      code = "proxy_authentication_required"
      exit = .noPermission
      let url = proxy.replacing("://", with: "://USER:PASSWORD@")
      hint = "INSTCTL_PROXY=\(url), or --proxy-credentials-file FILE"
    case .authenticationRefused:
      code = "proxy_authentication_refused"
      exit = .noPermission
      hint = "check user and password, in INSTCTL_PROXY or --proxy-credentials-file FILE"
    case .unusableCredentials, .unusableTarget:
      code = "proxy_unusable"
      exit = .protocolError
    case .refused(let status, _, let body):
      code = "proxy_refused"
      exit = Self.exit(forHTTP: status)
      hint = "the proxy does not let this through; '--proxy none' goes without it"
      facts = [
        JSONMember(name: "status", value: JSONValue(status)),
        JSONMember(name: "body", value: .string(String(decoding: body, as: UTF8.self))),
      ]
    case .socks(let reply):
      code = "proxy_refused"
      exit = reply == .notAllowed ? .noPermission : .unavailable
      hint = "the proxy does not reach this; '--proxy none' goes without it"
      facts = [JSONMember(name: "reply", value: JSONValue(Int(reply.rawValue)))]
    case .malformed:
      code = "proxy_protocol_error"
      exit = .protocolError
    case .ended:
      code = "connection_closed"
    }
  }
}

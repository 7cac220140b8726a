/// The exit codes, which scripts rely on.
enum ExitStatus: Int32, CaseIterable, Sendable {
  case done = 0
  case no = 1
  case usage = 64
  case badInput = 65
  case noInput = 66
  case notFound = 67
  case noHost = 68
  case unavailable = 69
  case bug = 70
  case limitReached = 73
  case inputOutput = 74
  case tryLater = 75
  case protocolError = 76
  case noPermission = 77
  case configuration = 78
  case timeout = 124
  case hangUp = 129
  case interrupted = 130
  case terminated = 143

  /// The status for ending by a signal.
  init(signal: Int32) {
    self = ExitStatus(rawValue: 128 + signal) ?? .interrupted
  }

  /// When a command ends with it.
  var meaning: String {
    switch self {
    case .done: "done; an end that was asked for; the reader of stdout went away"
    case .no:
      "the answer is no: copies differ, something is missing, no bot is there that was asked for, a device "
        + "reports an error, a permission is denied, --fail-on was met"
    case .usage: "an option or argument is wrong"
    case .badInput: "bad input data, or the server finds the request unacceptable"
    case .noInput: "an input file is missing"
    case .notFound: "a record, an inst, a bot or a message was not found"
    case .noHost: "the host name is unknown"
    case .unavailable:
      "unavailable: refused, timed out while connecting, TLS failed, the connection lost for good, a server's "
        + "error, HTTP 5xx but 503"
    case .bug: "a bug of instctl"
    case .limitReached: "the branch has its maximum size, or the connection its number of branches"
    case .inputOutput: "a local read or write failed"
    case .tryLater:
      "try later, and it was tried: the server limits the rate or is busy, HTTP 429 or 503"
    case .protocolError:
      "protocol: no inst server, a bad frame, a message that is too large, something not supported"
    case .noPermission: "the login or the request was refused; HTTP 401, 403, 407"
    case .configuration:
      "a file of the configuration, a key or a certificate is broken, or others may read it"
    case .timeout: "the time of --timeout has passed"
    case .hangUp: "ended by HUP, after a clean close"
    case .interrupted: "ended by INT, after a clean close"
    case .terminated: "ended by TERM, after a clean close"
    }
  }
}

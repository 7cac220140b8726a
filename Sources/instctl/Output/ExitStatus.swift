/// The exit codes, which scripts rely on.
enum ExitStatus: Int32, Sendable {
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
}

/// The types of lines that there are, and those that will be.
enum LineKind: Hashable, Sendable {
  case connection, updates, sync, action, error, rateLimit, message
  case ack, sent, actionResult, deviceConnected, deviceDisconnected
  case count, timeSync, login, inst, frame, httpResponse, listening
  case permissionResult, permissionRequest
  case bot, change, decoded, difference, gap
  /// Of a type that has no form of its own.
  case other(String)

  /// - Parameter type: the line's member `type`.
  init(_ type: String) { self = Self.named[type] ?? .other(type) }

  private static let named: [String: LineKind] = [
    "connection": .connection, "updates": .updates, "sync": .sync, "action": .action,
    "error": .error, "rate_limit": .rateLimit, "message": .message, "ack": .ack, "sent": .sent,
    "action_result": .actionResult, "device_connected": .deviceConnected,
    "device_disconnected": .deviceDisconnected, "count": .count, "timesync": .timeSync,
    "login": .login, "inst": .inst, "frame": .frame, "http_response": .httpResponse,
    "listening": .listening, "permission_result": .permissionResult,
    "permission_request": .permissionRequest, "bot": .bot, "change": .change, "decoded": .decoded,
    "difference": .difference, "gap": .gap,
  ]

  /// What it is called in a column of ten.
  var label: String {
    switch self {
    case .connection: "connection"
    case .updates: "updates"
    case .sync: "sync"
    case .action: "action"
    case .error: "error"
    case .rateLimit: "rate limit"
    case .message: "message"
    case .ack: "ack"
    case .sent: "sent"
    case .actionResult: "result"
    case .deviceConnected, .deviceDisconnected: "device"
    case .count: "count"
    case .timeSync: "timesync"
    case .login: "login"
    case .inst: "inst"
    case .frame: "frame"
    case .httpResponse: "response"
    case .listening: "listening"
    case .permissionResult: "permission"
    case .permissionRequest: "request"
    case .bot: "bot"
    case .change: "change"
    case .decoded: "update"
    case .difference: "difference"
    case .gap: "gap"
    case .other(let type): type
    }
  }

  /// The label's style.
  var style: Style {
    switch self {
    case .error: .bad
    case .rateLimit, .gap: .warning
    case .updates, .action, .message, .change, .decoded: .arrival
    case .sync, .ack, .sent: .good
    case .deviceConnected, .deviceDisconnected, .permissionRequest: .name
    case .connection: .dim
    default: .strong
    }
  }

  /// Whether its inst says what the line is about, rather than being what it tells.
  var isOfBranch: Bool {
    switch self {
    case .inst, .permissionResult, .permissionRequest: false
    default: true
    }
  }
}

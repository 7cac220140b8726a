import InstProtocol

/// The server's error codes (PROTOCOL section 8), with the exit codes that they make. It is the table by which
/// they are mapped, and the one that is shown.
struct ServerErrorCodes: Sendable {
  let exit: ExitStatus
  /// Codes, or `*` with what codes begin or end with.
  let codes: [String]

  /// The first that fits counts.
  static let table = [
    ServerErrorCodes(
      exit: .noPermission,
      codes: [
        "not_logged_in", "not_authorized", "invalid_token", "session_expired", "user_is_banned",
        "unacceptable_connection_token", "unacceptable_connection_id", "invalid_record_key",
        "unacceptable_session_key", "invalid_key", "invalid_code",
      ]),
    ServerErrorCodes(
      exit: .limitReached, codes: ["max_size_reached", "subscription_limit_reached"]),
    ServerErrorCodes(exit: .tryLater, codes: ["rate_limit_exceeded", "service_unavailable"]),
    ServerErrorCodes(
      exit: .protocolError,
      codes: ["not_supported", "action_not_supported", "invalid_connection_state"]),
    ServerErrorCodes(exit: .notFound, codes: ["*not_found"]),
    ServerErrorCodes(exit: .badInput, codes: ["unacceptable_*"]),
    ServerErrorCodes(exit: .unavailable, codes: ["server_error", "*"]),
  ]

  /// The exit code for a code of the server.
  static func exit(for code: ErrorCode) -> ExitStatus {
    table.first { $0.codes.contains { fits(code.rawValue, $0) } }?.exit ?? .unavailable
  }

  private static func fits(_ code: String, _ pattern: String) -> Bool {
    if pattern.hasPrefix("*") { return code.hasSuffix(pattern.dropFirst()) }
    if pattern.hasSuffix("*") { return code.hasPrefix(pattern.dropLast()) }
    return code == pattern
  }
}

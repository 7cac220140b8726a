import ArgumentParser
import InstClient
import InstProtocol
import JSONText
import Transport
import WebSocket

/// `instctl logout`.
struct Logout: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logout",
    abstract: "End the session that login has stored, and forget its keys.",
    discussion: """
      Revokes the session at the server, removes what is stored for the server's origin, and prints one \
      line of type logout with revoked: whether the server has ended the session now. A server that does \
      not offer that, or that does not know the session any more, is no obstacle. When the server cannot be \
      reached, the keys stay; --local forgets them all the same. Where nothing is stored, logout fails with \
      exit code 77.

      Examples:
        instctl logout --server http://127.0.0.1:3000
      """)

  @Flag(help: "Only forget the keys: the session stays good at the server until it expires.")
  var local = false

  @OptionGroup(title: "Connection") var server: ServerOptions
  @OptionGroup(title: "Waiting") var waiting: TimeoutOption
  @OptionGroup(title: "Output") var output: OutputOptions

  func run() throws {
    let settings = try Settings(server, output, timeout: waiting.timeout)
    try settings.refuseFrames()
    try settings.refuseSocketOptions()
    if local { try settings.refuseConnectionOptions(but: [.server]) }
    let url = try settings.serverURL()
    let store = try CredentialStore.required()
    CommandRun.execute(settings) { run throws(Failure) in
      var isRevoked = false
      if !local, let session = try store.session(forOrigin: url.origin) {
        isRevoked = try await revoke(session, at: url, settings)
      }
      guard try store.forget(origin: url.origin) else {
        throw Failure(
          code: "not_logged_in", layer: .config, message: "nothing is stored for \(url.origin)",
          exit: .noPermission)
      }
      run.diagnostics.tell("the keys for \(url.origin) are removed from '\(store.path)'")
      run.output.line(LineHead("\"type\":\"logout\"")) { writer in
        writer.key("origin")
        writer.string(url.origin)
        writer.key("revoked")
        writer.bool(isRevoked)
      }
    }
  }

  /// - Returns: Whether the server has ended the session.
  @EventLoop
  private func revoke(
    _ session: StoredSession, at url: WebSocketURL, _ settings: Settings
  ) async throws(Failure) -> Bool {
    let diagnostics = settings.diagnostics
    guard let key = session.sessionKey, !key.expiry.isOver else {
      diagnostics.tell("there is nothing to revoke: no session key is stored, or its time is over")
      return false
    }
    let api = try settings.api(at: url, timeout: settings.timeout(default: 10_000))
    do throws(InstAPIError) {
      try await api.revokeSession(key)
      return true
    } catch {
      guard error.leavesNothingToRevoke else {
        var failure = Failure(error)
        failure.hint = "the keys are still stored; --local forgets them without the server"
        throw failure
      }
      diagnostics.warn("the server has not ended the session: \(error)")
      return false
    }
  }
}

extension InstAPIError {
  /// Whether the session is over, or cannot be ended by anybody: the protocol does not describe the call.
  fileprivate var leavesNothingToRevoke: Bool {
    switch self {
    case .refused(let info, let status):
      [401, 403, 404, 405, 501].contains(status)
        || [.noPermission, .notFound, .protocolError].contains(Failure.exit(for: info.errorCode))
    case .unexpectedAnswer(let status, _): [401, 403, 404, 405, 501].contains(status)
    case .noAnswer, .brokenAnswer: false
    }
  }
}

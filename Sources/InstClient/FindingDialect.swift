import InstProtocol

extension InstRecordsClient {
  /// Finds out which dialect the server speaks, before the first message that is not the same in both: a
  /// server may say nothing to a form that it does not know (PROTOCOL section 2). What was found out stays,
  /// over reconnects as well.
  ///
  /// - Throws: ``ClientError``, but for a refusal: a server that tells no time leaves the question open.
  func findDialect() async throws(ClientError) {
    guard connection.mayChangeDialect, !isDialectKnown else { return }
    do throws(ClientError) {
      _ = try await sampleServerTime(givingUpAfterSilence: true)
    } catch {
      guard case .refused = error else { throw error }
    }
    isDialectKnown = true
  }

  /// A refusal that may be a matter of the dialect after all: the request is to be made once more, in the
  /// documented form.
  ///
  /// - Throws: The refusal, where it is none.
  func tryOtherDialect(_ request: LoneRequest, _ info: ErrorInfo) throws(ClientError) {
    if let first = request.firstRefusal {
      // Neither form is accepted, so it was none of their matter.
      connection.dialect = .deployed
      throw .refused(first)
    }
    guard info.errorCode == .unacceptableRequest, connection.mayChangeDialect,
      connection.dialect == .deployed
    else { throw .refused(info) }
    request.firstRefusal = info
    connection.dialect = .documented
  }

  /// The documented dialect has no form for what was refused in the deployed one.
  func refusal(of request: LoneRequest, insteadOf error: ClientError) -> ClientError {
    guard case .noForm = error, let first = request.firstRefusal else { return error }
    connection.dialect = .deployed
    return .refused(first)
  }
}

public import InstProtocol

/// What a client logs in with.
public enum ConnectionIndicator: Hashable, Sendable {
  /// A bare id: nobody in particular.
  case connectionID(String)
  /// The text of a token, which names user, session, connection and inst. The server judges it.
  case token(Secret)
}

/// What a user has for a server, from which clients get their indicators (PROTOCOL section 6).
public enum ConnectionCredentials: Hashable, Sendable {
  /// A bare id: nobody in particular.
  case connectionID(String)
  /// A token as it stands. It opens one inst of a record, and every public inst.
  case token(Secret)
  /// A key, from which a token for the connection's inst is made anew for every login.
  case key(ConnectionKey, connectionID: String)
}

extension ConnectionCredentials {
  /// Makes what to log in with.
  ///
  /// - Parameters:
  ///   - inst: The inst that the connection is for. Nil for none: a token is then made for no record
  ///     and the connection id as inst.
  ///   - now: Milliseconds since the Unix epoch.
  /// - Throws: `ErrorInfo`: `session_expired` for a key whose time is over, `invalid_token` for one
  ///   that cannot sign.
  public func indicator(
    for inst: InstAddress?, atMilliseconds now: Int64
  ) throws(ErrorInfo) -> ConnectionIndicator {
    switch self {
    case .connectionID(let id): return .connectionID(id)
    case .token(let token): return .token(token)
    case .key(let key, let connectionID):
      guard !key.expiry.isExpired(atMilliseconds: now) else {
        throw ErrorInfo(
          errorCode: .sessionExpired, errorMessage: "the connection key has expired")
      }
      do throws(KeyError) {
        let token = try key.makeToken(
          connectionID: connectionID, recordName: inst?.recordName,
          inst: inst?.inst ?? connectionID)
        return .token(Secret(token.formatted))
      } catch {
        throw ErrorInfo(
          errorCode: .invalidToken, errorMessage: "the connection key is unusable: \(error)")
      }
    }
  }

  /// Whether each inst of a record needs a connection of its own, since a token opens only one.
  public var isPerInst: Bool {
    if case .key = self { true } else { false }
  }
}

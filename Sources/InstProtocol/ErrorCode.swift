/// What a server names as the reason of a failure (PROTOCOL section 8). Servers add codes: one that
/// is not among the constants is carried as it came.
public struct ErrorCode: RawRepresentable, Hashable, Sendable {
  /// The code as it is on the wire.
  public var rawValue: String

  /// The code with this text.
  public init(rawValue: String) {
    self.rawValue = rawValue
  }
}

extension ErrorCode {
  /// The server has failed.
  public static let serverError = ErrorCode("server_error")
  /// The server does not do this.
  public static let notSupported = ErrorCode("not_supported")
  /// The record key is not valid.
  public static let invalidRecordKey = ErrorCode("invalid_record_key")
  /// The connection token is not one.
  public static let unacceptableConnectionToken = ErrorCode("unacceptable_connection_token")
  /// The token's signature is wrong, or its user or session unknown.
  public static let invalidToken = ErrorCode("invalid_token")
  /// The session is over.
  public static let sessionExpired = ErrorCode("session_expired")
  /// The user may not sign in any more.
  public static let userIsBanned = ErrorCode("user_is_banned")
  /// There is no connection id to log in with.
  public static let unacceptableConnectionID = ErrorCode("unacceptable_connection_id")
  /// What was to be downloaded is not there.
  public static let messageNotFound = ErrorCode("message_not_found")
  /// The request does not fit its schema.
  public static let unacceptableRequest = ErrorCode("unacceptable_request")
  /// There is no such record.
  public static let recordNotFound = ErrorCode("record_not_found")
  /// A permission is missing.
  public static let notAuthorized = ErrorCode("not_authorized")
  /// The action is not possible on this resource.
  public static let actionNotSupported = ErrorCode("action_not_supported")
  /// The request needs a user.
  public static let notLoggedIn = ErrorCode("not_logged_in")
  /// The subscription does not allow more.
  public static let subscriptionLimitReached = ErrorCode("subscription_limit_reached")
  /// There is no such inst.
  public static let instNotFound = ErrorCode("inst_not_found")
  /// The connection has not logged in.
  public static let invalidConnectionState = ErrorCode("invalid_connection_state")
  /// Too many messages.
  public static let rateLimitExceeded = ErrorCode("rate_limit_exceeded")
  /// The branch is full.
  public static let maxSizeReached = ErrorCode("max_size_reached")

  private init(_ text: StaticString) {
    rawValue = text.description
  }
}

extension ErrorCode: CustomStringConvertible {
  /// The code as it is on the wire.
  public var description: String { rawValue }
}

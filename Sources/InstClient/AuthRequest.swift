public import InstProtocol
public import JSONText

/// A question to whoever holds credentials (PROTOCOL section 7, PartitionAuthSource).
public struct AuthRequest: Hashable, Sendable, Identifiable {
  /// What is wrong.
  public enum Kind: String, Hashable, Sendable {
    /// There is nothing to log in with.
    case needIndicator = "need_indicator"
    /// The server, or the time, has refused what there is.
    case invalidIndicator = "invalid_indicator"
    /// The login is good, but not for this resource.
    case notAuthorized = "not_authorized"
  }

  /// What access is refused to.
  public struct Resource: Hashable, Sendable {
    /// The branch.
    public var address: BranchAddress

    /// A branch of an inst.
    public init(_ address: BranchAddress) { self.address = address }

    /// What kind of resource it is.
    public var type: String { "inst" }
  }

  /// By what the request is answered; given by the ``PartitionAuthSource``.
  public internal(set) var id = 0
  /// The server's origin, `https://host`; empty where the connection has none.
  public var origin: String
  /// What is wrong.
  public var kind: Kind
  /// What the server refuses with.
  public var errorCode: ErrorCode?
  /// The same in words.
  public var errorMessage: String?
  /// Why, as it came.
  public var reason: RawJSON?
  /// What access is refused to; for ``Kind/notAuthorized``.
  public var resource: Resource?

  /// There is nothing to log in with at a server.
  public static func needIndicator(origin: String) -> AuthRequest {
    AuthRequest(origin: origin, kind: .needIndicator)
  }

  /// A login was refused.
  public static func invalidIndicator(origin: String, _ info: ErrorInfo) -> AuthRequest {
    AuthRequest(
      origin: origin, kind: .invalidIndicator, errorCode: info.errorCode,
      errorMessage: info.errorMessage, reason: info.reason)
  }

  /// Access to a branch was refused.
  public static func notAuthorized(
    origin: String, _ info: ErrorInfo, address: BranchAddress
  ) -> AuthRequest {
    AuthRequest(
      origin: origin, kind: .notAuthorized, errorCode: info.errorCode,
      errorMessage: info.errorMessage, reason: info.reason, resource: Resource(address))
  }

  /// As a failure, where nobody answers.
  var failure: ErrorInfo {
    ErrorInfo(
      errorCode: errorCode ?? .notLoggedIn,
      errorMessage: errorMessage ?? "there is nothing to log in with", reason: reason)
  }

  /// Whether both ask the same.
  func asksTheSame(as other: AuthRequest) -> Bool {
    origin == other.origin && kind == other.kind && errorCode == other.errorCode
      && resource == other.resource
  }
}

/// How an ``AuthRequest`` is answered.
public enum AuthAnswer: Hashable, Sendable {
  /// With credentials for its origin.
  case credentials(ConnectionCredentials)
  /// There are none: connections that wait for them fail.
  case refused
}

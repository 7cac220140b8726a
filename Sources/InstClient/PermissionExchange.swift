public import InstProtocol

/// Somebody asks for a permission: this program, or another one by way of the server (PROTOCOL section
/// 7, PartitionAuthSource).
public struct PendingPermission: Hashable, Sendable, Identifiable {
  /// By what the request is answered; given by the ``PartitionAuthSource``.
  public let id: Int
  /// The server's origin.
  public let origin: String
  /// What is asked for; of others also who asks.
  public let request: PermissionRequest
}

/// What was decided about a permission.
public struct PermissionResult: Hashable, Sendable {
  /// The ``PendingPermission/id`` of the request; nil for an answer that names none that is known.
  public var id: Int?
  /// The server's origin.
  public var origin: String
  /// The answer.
  public var response: PermissionResponse
}

/// Whether a permission that somebody else asks for is given.
public enum PermissionAnswer: Hashable, Sendable {
  /// It was given.
  case granted
  /// It was not.
  case denied(ErrorCode, message: String)
}

extension MissingPermission {
  /// What tells its answers from others.
  var subject: PermissionResponse.Subject? {
    guard let resourceID, let subjectID else { return nil }
    return PermissionResponse.Subject(
      recordName: recordName, resourceKind: resourceKind, resourceID: resourceID,
      subjectType: subjectType, subjectID: subjectID)
  }
}

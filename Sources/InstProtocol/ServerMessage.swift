public import JSONText

/// A message from a server to a client (PROTOCOL section 4).
public enum ServerMessage: Hashable, Sendable {
  /// `login_result`
  case loginResult(LoginResult)
  /// `repo/watch_branch_result`
  case watchBranchResult(WatchBranchResult)
  /// `repo/add_updates`
  case addUpdates(AddUpdates)
  /// `repo/updates_received`
  case updatesReceived(UpdatesReceived)
  /// `repo/receive_action`
  case receiveAction(ReceiveAction)
  /// `repo/connected_to_branch`
  case connectedToBranch(ConnectedToBranch)
  /// `repo/disconnected_from_branch`
  case disconnectedFromBranch(DisconnectedFromBranch)
  /// `repo/connection_count`
  case connectionCount(ConnectionCount)
  /// `sync/time/response`, or `repo/time_sync_response`
  case timeSyncResponse(TimeSyncResponse)
  /// `rate_limit_exceeded`
  case rateLimitExceeded(RateLimitExceeded)
  /// `http_response`, or `http/response`
  case httpResponse(HTTPResponseMessage)
  /// `http_partial_response`, or `http/response/part`
  case httpPartialResponse(HTTPPartialResponseMessage)
  /// `permission/request/missing`, relayed
  case permissionRequest(PermissionRequest)
  /// `permission/request/missing/response`, relayed or the server's own
  case permissionResponse(PermissionResponse)
  /// A message of any other type, as it came.
  case unknown(type: String, RawJSON)
}

extension ServerMessage: InstMessageCases {
  init?(_ type: MessageType, from fields: inout FieldReader) {
    switch type {
    case .loginResult: self = .loginResult(LoginResult(from: &fields))
    case .watchBranchResult: self = .watchBranchResult(WatchBranchResult(from: &fields))
    case .addUpdates: self = .addUpdates(AddUpdates(from: &fields))
    case .updatesReceived: self = .updatesReceived(UpdatesReceived(from: &fields))
    case .receiveAction: self = .receiveAction(ReceiveAction(from: &fields))
    case .connectedToBranch: self = .connectedToBranch(ConnectedToBranch(from: &fields))
    case .disconnectedFromBranch:
      self = .disconnectedFromBranch(DisconnectedFromBranch(from: &fields))
    case .connectionCount: self = .connectionCount(ConnectionCount(from: &fields))
    case .timeSyncResponse, .documentedTimeSyncResponse:
      self = .timeSyncResponse(TimeSyncResponse(from: &fields))
    case .rateLimitExceeded: self = .rateLimitExceeded(RateLimitExceeded(from: &fields))
    case .httpResponse, .documentedHTTPResponse:
      self = .httpResponse(HTTPResponseMessage(from: &fields))
    case .httpPartialResponse, .documentedHTTPPartialResponse:
      self = .httpPartialResponse(HTTPPartialResponseMessage(from: &fields))
    case .permissionRequest: self = .permissionRequest(PermissionRequest(from: &fields))
    case .permissionResponse: self = .permissionResponse(PermissionResponse(from: &fields))
    default: return nil
    }
  }

  init(unknownType type: String, _ message: RawJSON) {
    self = .unknown(type: type, message)
  }

  /// Writes the message as one JSON object.
  ///
  /// - Throws: ``DialectError`` when the dialect has no form for it; what has been written by then is
  ///   to be thrown away.
  public func write(
    to writer: inout JSONWriter, dialect: Dialect = .deployed
  ) throws(DialectError) {
    let isDeployed = dialect == .deployed
    switch self {
    case .loginResult(let body): try writer.message(.loginResult, body, dialect)
    case .watchBranchResult(let body): try writer.message(.watchBranchResult, body, dialect)
    case .addUpdates(let body): try writer.message(.addUpdates, body, dialect)
    case .updatesReceived(let body): try writer.message(.updatesReceived, body, dialect)
    case .receiveAction(let body): try writer.message(.receiveAction, body, dialect)
    case .connectedToBranch(let body): try writer.message(.connectedToBranch, body, dialect)
    case .disconnectedFromBranch(let body):
      try writer.message(.disconnectedFromBranch, body, dialect)
    case .connectionCount(let body): try writer.message(.connectionCount, body, dialect)
    case .timeSyncResponse(let body):
      let type: MessageType = isDeployed ? .timeSyncResponse : .documentedTimeSyncResponse
      try writer.message(type, body, dialect)
    case .rateLimitExceeded(let body): try writer.message(.rateLimitExceeded, body, dialect)
    case .httpResponse(let body):
      let type: MessageType = isDeployed ? .httpResponse : .documentedHTTPResponse
      try writer.message(type, body, dialect)
    case .httpPartialResponse(let body):
      let type: MessageType = isDeployed ? .httpPartialResponse : .documentedHTTPPartialResponse
      try writer.message(type, body, dialect)
    case .permissionRequest(let body): try writer.message(.permissionRequest, body, dialect)
    case .permissionResponse(let body): try writer.message(.permissionResponse, body, dialect)
    case .unknown(_, let message): writer.raw(message)
    }
  }
}

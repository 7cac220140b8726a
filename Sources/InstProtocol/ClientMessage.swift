public import JSONText

/// A message from a client to a server (PROTOCOL section 4).
public enum ClientMessage: Hashable, Sendable {
  /// `login`
  case login(Login)
  /// `repo/watch_branch`
  case watchBranch(WatchBranch)
  /// `repo/unwatch_branch`
  case unwatchBranch(BranchRequest)
  /// `repo/get_updates`
  case getUpdates(BranchRequest)
  /// `repo/add_updates`
  case addUpdates(AddUpdates)
  /// `repo/send_action`
  case sendAction(SendAction)
  /// `repo/watch_branch_devices`
  case watchBranchDevices(BranchRequest)
  /// `repo/unwatch_branch_devices`
  case unwatchBranchDevices(BranchRequest)
  /// `repo/connection_count`
  case connectionCount(ConnectionCountRequest)
  /// `sync/time`, or `repo/time_sync`
  case timeSync(TimeSyncRequest)
  /// `http_request`, or `http/request`
  case httpRequest(HTTPRequestMessage)
  /// `permission/request/missing`
  case permissionRequest(PermissionRequest)
  /// `permission/request/missing/response`
  case permissionResponse(PermissionResponse)
  /// A message of any other type, as it came.
  case unknown(type: String, RawJSON)
}

extension ClientMessage: InstMessageCases {
  init?(_ type: MessageType, from fields: inout FieldReader) {
    switch type {
    case .login: self = .login(Login(from: &fields))
    case .watchBranch: self = .watchBranch(WatchBranch(from: &fields))
    case .unwatchBranch: self = .unwatchBranch(BranchRequest(from: &fields))
    case .getUpdates: self = .getUpdates(BranchRequest(from: &fields))
    case .addUpdates: self = .addUpdates(AddUpdates(from: &fields))
    case .sendAction: self = .sendAction(SendAction(from: &fields))
    case .watchBranchDevices: self = .watchBranchDevices(BranchRequest(from: &fields))
    case .unwatchBranchDevices: self = .unwatchBranchDevices(BranchRequest(from: &fields))
    case .connectionCount: self = .connectionCount(ConnectionCountRequest(from: &fields))
    case .timeSync, .documentedTimeSync: self = .timeSync(TimeSyncRequest(from: &fields))
    case .httpRequest, .documentedHTTPRequest:
      self = .httpRequest(HTTPRequestMessage(from: &fields))
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
    switch self {
    case .login(let body): try writer.message(.login, body, dialect)
    case .watchBranch(let body): try writer.message(.watchBranch, body, dialect)
    case .unwatchBranch(let body): try writer.message(.unwatchBranch, body, dialect)
    case .getUpdates(let body): try writer.message(.getUpdates, body, dialect)
    case .addUpdates(let body): try writer.message(.addUpdates, body, dialect)
    case .sendAction(let body): try writer.message(.sendAction, body, dialect)
    case .watchBranchDevices(let body): try writer.message(.watchBranchDevices, body, dialect)
    case .unwatchBranchDevices(let body):
      try writer.message(.unwatchBranchDevices, body, dialect)
    case .connectionCount(let body): try writer.message(.connectionCount, body, dialect)
    case .timeSync(let body):
      try writer.message(dialect == .deployed ? .timeSync : .documentedTimeSync, body, dialect)
    case .httpRequest(let body):
      let type: MessageType = dialect == .deployed ? .httpRequest : .documentedHTTPRequest
      try writer.message(type, body, dialect)
    case .permissionRequest(let body): try writer.message(.permissionRequest, body, dialect)
    case .permissionResponse(let body): try writer.message(.permissionResponse, body, dialect)
    case .unknown(_, let message): writer.raw(message)
    }
  }
}

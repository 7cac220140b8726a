public import JSONText

/// The types of message that this library knows, from clients and from servers, in both dialects.
public enum MessageType: UInt8, Hashable, Sendable, CaseIterable {
  /// Any other type, or none.
  case unknown
  /// `login`
  case login
  /// `login_result`
  case loginResult
  /// `repo/watch_branch`
  case watchBranch
  /// `repo/watch_branch_result`
  case watchBranchResult
  /// `repo/unwatch_branch`
  case unwatchBranch
  /// `repo/get_updates`
  case getUpdates
  /// `repo/add_updates`
  case addUpdates
  /// `repo/updates_received`
  case updatesReceived
  /// `repo/send_action`
  case sendAction
  /// `repo/receive_action`
  case receiveAction
  /// `repo/watch_branch_devices`
  case watchBranchDevices
  /// `repo/unwatch_branch_devices`
  case unwatchBranchDevices
  /// `repo/connected_to_branch`
  case connectedToBranch
  /// `repo/disconnected_from_branch`
  case disconnectedFromBranch
  /// `repo/connection_count`
  case connectionCount
  /// `sync/time`, deployed
  case timeSync
  /// `sync/time/response`, deployed
  case timeSyncResponse
  /// `repo/time_sync`, documented
  case documentedTimeSync
  /// `repo/time_sync_response`, documented
  case documentedTimeSyncResponse
  /// `http_request`, deployed
  case httpRequest
  /// `http_response`, deployed
  case httpResponse
  /// `http_partial_response`, deployed
  case httpPartialResponse
  /// `http/request`, documented
  case documentedHTTPRequest
  /// `http/response`, documented
  case documentedHTTPResponse
  /// `http/response/part`, documented
  case documentedHTTPPartialResponse
  /// `permission/request/missing`
  case permissionRequest
  /// `permission/request/missing/response`
  case permissionResponse
  /// `rate_limit_exceeded`
  case rateLimitExceeded

  /// The type as it is on the wire; empty for ``unknown``.
  public var name: StaticString {
    switch self {
    case .unknown: ""
    case .login: "login"
    case .loginResult: "login_result"
    case .watchBranch: "repo/watch_branch"
    case .watchBranchResult: "repo/watch_branch_result"
    case .unwatchBranch: "repo/unwatch_branch"
    case .getUpdates: "repo/get_updates"
    case .addUpdates: "repo/add_updates"
    case .updatesReceived: "repo/updates_received"
    case .sendAction: "repo/send_action"
    case .receiveAction: "repo/receive_action"
    case .watchBranchDevices: "repo/watch_branch_devices"
    case .unwatchBranchDevices: "repo/unwatch_branch_devices"
    case .connectedToBranch: "repo/connected_to_branch"
    case .disconnectedFromBranch: "repo/disconnected_from_branch"
    case .connectionCount: "repo/connection_count"
    case .timeSync: "sync/time"
    case .timeSyncResponse: "sync/time/response"
    case .documentedTimeSync: "repo/time_sync"
    case .documentedTimeSyncResponse: "repo/time_sync_response"
    case .httpRequest: "http_request"
    case .httpResponse: "http_response"
    case .httpPartialResponse: "http_partial_response"
    case .documentedHTTPRequest: "http/request"
    case .documentedHTTPResponse: "http/response"
    case .documentedHTTPPartialResponse: "http/response/part"
    case .permissionRequest: "permission/request/missing"
    case .permissionResponse: "permission/request/missing/response"
    case .rateLimitExceeded: "rate_limit_exceeded"
    }
  }

  /// The dialect that alone has this type; nil when both have it.
  public var dialect: Dialect? {
    switch self {
    case .timeSync, .timeSyncResponse, .httpRequest, .httpResponse, .httpPartialResponse:
      .deployed
    case .documentedTimeSync, .documentedTimeSyncResponse, .documentedHTTPRequest,
      .documentedHTTPResponse, .documentedHTTPPartialResponse:
      .documented
    default: nil
    }
  }

  /// The type that a string in a text names.
  public init(_ name: JSONStringRange, in text: UnsafeRawBufferPointer) {
    // What comes by the million is asked for first; the rest by one look through the table.
    if name.equals("repo/add_updates", in: text) {
      self = .addUpdates
    } else if name.equals("repo/receive_action", in: text) {
      self = .receiveAction
    } else if name.equals("repo/updates_received", in: text) {
      self = .updatesReceived
    } else {
      self =
        Self.allCases.first { $0 != .unknown && name.equals($0.name, in: text) } ?? .unknown
    }
  }
}

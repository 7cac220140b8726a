import InstProtocol
import JSONText

/// Makes messages of every kind, with odd names and unknown fields.
struct RandomMessages {
  var random: SeededGenerator

  mutating func clientMessage() -> ClientMessage {
    switch Int.random(in: 0..<13, using: &random) {
    case 0:
      .login(
        Login(
          connectionToken: maybe { Secret($0.text()) }, connectionID: maybe { $0.text() },
          unknownFields: unknownFields()))
    case 1: .watchBranch(watchBranch())
    case 2: .unwatchBranch(BranchRequest(address(), unknownFields: unknownFields()))
    case 3: .getUpdates(BranchRequest(address(), unknownFields: unknownFields()))
    case 4: .addUpdates(addUpdates())
    case 5:
      .sendAction(SendAction(address(), action: remoteAction(), unknownFields: unknownFields()))
    case 6: .watchBranchDevices(BranchRequest(address(), unknownFields: unknownFields()))
    case 7: .unwatchBranchDevices(BranchRequest(address(), unknownFields: unknownFields()))
    case 8: .connectionCount(countRequest())
    case 9:
      .timeSync(
        TimeSyncRequest(id: number(), clientRequestTime: number(), unknownFields: unknownFields()))
    case 10: .httpRequest(httpRequest())
    case 11: .permissionRequest(permissionRequest())
    default: .permissionResponse(permissionResponse())
    }
  }

  mutating func serverMessage() -> ServerMessage {
    switch Int.random(in: 0..<14, using: &random) {
    case 0:
      .loginResult(
        flip()
          ? LoginResult(.success(connection()), unknownFields: unknownFields())
          : LoginResult(.failure(error())))
    case 1:
      .watchBranchResult(
        flip()
          ? WatchBranchResult(address(), unknownFields: unknownFields())
          : WatchBranchResult(address(), failure: error(hasAddress: false)))
    case 2: .addUpdates(addUpdates())
    case 3: .updatesReceived(updatesReceived())
    case 4:
      .receiveAction(
        ReceiveAction(address(), action: deviceAction(), unknownFields: unknownFields()))
    case 5:
      .connectedToBranch(
        ConnectedToBranch(
          broadcast: flip(), branch: watchBranch(), connection: connection(),
          unknownFields: unknownFields()))
    case 6:
      .disconnectedFromBranch(
        DisconnectedFromBranch(
          broadcast: flip(), address(), connection: connection(), unknownFields: unknownFields()))
    case 7: .connectionCount(ConnectionCount(countRequest(), count: number()))
    case 8:
      .timeSyncResponse(
        TimeSyncResponse(
          id: number(), clientRequestTime: number(), serverReceiveTime: number(),
          serverTransmitTime: number(), unknownFields: unknownFields()))
    case 9:
      .rateLimitExceeded(
        RateLimitExceeded(
          retryAfter: number(), totalHits: maybe { $0.number() }, unknownFields: unknownFields()))
    case 10:
      .httpResponse(
        HTTPResponseMessage(
          id: maybe { $0.number() }, response: response(), unknownFields: unknownFields()))
    case 11:
      .httpPartialResponse(
        HTTPPartialResponseMessage(
          id: maybe { $0.number() }, index: maybe { $0.number() }, final: maybe { $0.flip() },
          response: maybe { $0.response() }, unknownFields: unknownFields()))
    case 12: .permissionRequest(permissionRequest())
    default: .permissionResponse(permissionResponse())
    }
  }

  // MARK: Parts

  mutating func address() -> BranchAddress {
    BranchAddress(recordName: maybe { "r" + $0.text() }, inst: text(), branch: text())
  }

  private mutating func watchBranch() -> WatchBranch {
    WatchBranch(
      address(), temporary: maybe { $0.flip() }, protocol: maybe { $0.text() },
      markers: maybe { $0.list { $0.text() } }, unknownFields: unknownFields())
  }

  private mutating func addUpdates() -> AddUpdates {
    AddUpdates(
      address(), updates: list { $0.text() }, updateID: maybe { $0.number() },
      initial: maybe { $0.flip() }, timestamps: maybe { $0.list { $0.number() } },
      unknownFields: unknownFields())
  }

  private mutating func updatesReceived() -> UpdatesReceived {
    UpdatesReceived(
      address(), updateID: maybe { $0.number() },
      errorCode: maybe { ErrorCode(rawValue: $0.text()) },
      maxBranchSizeInBytes: maybe { $0.number() }, neededBranchSizeInBytes: maybe { $0.number() },
      unknownFields: unknownFields())
  }

  private mutating func content() -> ActionContent {
    switch Int.random(in: 0..<4, using: &random) {
    case 0: .result(maybe { $0.value() })
    case 1: .error(maybe { $0.value() })
    default: .event(maybe { $0.value() })
    }
  }

  private mutating func taskID() -> RawJSON {
    flip() ? RawJSON(string: text()) : RawJSON(.number(number()))
  }

  private mutating func remoteAction() -> RemoteAction {
    let selector =
      flip()
      ? DeviceSelector.everyone
      : DeviceSelector(
        connectionID: maybe { $0.text() }, sessionID: maybe { $0.text() },
        userID: maybe { $0.text() }, broadcast: maybe { $0.flip() })
    return RemoteAction(
      content(), to: selector, taskID: taskID(), allowBatching: maybe { $0.flip() },
      unknownFields: unknownFields())
  }

  private mutating func deviceAction() -> DeviceAction {
    DeviceAction(
      content(), from: maybe { $0.connection() }, taskID: maybe { $0.taskID() },
      unknownFields: unknownFields())
  }

  private mutating func connection() -> ConnectionInfo {
    ConnectionInfo(
      connectionID: text(), sessionID: maybe { $0.text() }, userID: maybe { $0.text() },
      unknownFields: unknownFields())
  }

  private mutating func countRequest() -> ConnectionCountRequest {
    ConnectionCountRequest(
      recordName: maybe { "r" + $0.text() }, inst: maybe { $0.text() },
      branch: maybe { $0.text() }, unknownFields: unknownFields())
  }

  private mutating func error(hasAddress: Bool = true) -> ErrorInfo {
    ErrorInfo(
      errorCode: ErrorCode(rawValue: text()), errorMessage: text(),
      address: hasAddress ? maybe { $0.address() } : nil, reason: maybe { $0.value() },
      issues: maybe { $0.value() }, unknownFields: unknownFields())
  }

  private mutating func httpRequest() -> HTTPRequestMessage {
    HTTPRequestMessage(
      id: maybe { $0.number() },
      request: HTTPRequestMessage.Request(
        path: text(), method: text(), query: RawJSON(.object([])),
        pathParams: RawJSON(.object([])), headers: RawJSON(.object([])), body: maybe { $0.text() },
        unknownFields: unknownFields()),
      unknownFields: unknownFields())
  }

  private mutating func response() -> TunnelledResponse {
    TunnelledResponse(
      statusCode: maybe { $0.number() }, headers: maybe { $0.value() }, body: maybe { $0.value() },
      unknownFields: unknownFields())
  }

  private mutating func permissionRequest() -> PermissionRequest {
    PermissionRequest(
      reason: MissingPermission(
        recordName: text(), resourceKind: text(), resourceID: maybe { $0.text() }, action: text(),
        subjectType: text(), subjectID: maybe { $0.text() }, unknownFields: unknownFields()),
      connection: maybe { $0.connection() }, user: maybe { $0.value() },
      unknownFields: unknownFields())
  }

  private mutating func permissionResponse() -> PermissionResponse {
    PermissionResponse(
      success: flip(),
      subject: maybe {
        PermissionResponse.Subject(
          recordName: $0.text(), resourceKind: $0.text(), resourceID: $0.text(),
          subjectType: $0.text(), subjectID: $0.text())
      },
      errorCode: maybe { ErrorCode(rawValue: $0.text()) }, errorMessage: maybe { $0.text() },
      connection: maybe { $0.connection() }, unknownFields: unknownFields())
  }

  private mutating func unknownFields() -> [UnknownField] {
    guard Int.random(in: 0..<3, using: &random) == 0 else { return [] }
    return [UnknownField(name: "x-" + text(), value: value())]
  }

  private mutating func value() -> RawJSON {
    switch Int.random(in: 0..<5, using: &random) {
    case 0: .null
    case 1: .true
    case 2: RawJSON(string: text())
    case 3: RawJSON(.array([.number(number()), .string(text())]))
    default: RawJSON(.object([JSONMember(name: text(), value: .number(number()))]))
    }
  }

  mutating func number() -> JSONNumber {
    flip()
      ? JSONNumber(Int.random(in: -1_000...1_000, using: &random))
      : JSONNumber(Double.random(in: -1e9...1e9, using: &random)) ?? 0
  }

  mutating func text() -> String {
    let alphabet: [Character] = [
      "a", "Z", "0", "/", "\"", "\\", "\n", "\u{1}", "\u{7F}", "é", "\u{2028}", "日", "😀",
    ]
    return String(list { alphabet.randomElement(using: &$0.random) ?? "a" })
  }

  private mutating func flip() -> Bool { Bool.random(using: &random) }

  private mutating func maybe<Value>(_ make: (inout Self) -> Value) -> Value? {
    flip() ? make(&self) : nil
  }

  private mutating func list<Value>(_ make: (inout Self) -> Value) -> [Value] {
    (0..<Int.random(in: 0...4, using: &random)).map { _ in make(&self) }
  }
}

import InstProtocol
import JSONText
import Testing

/// Each row of PROTOCOL section 2.
@Suite struct DialectTests {
  private let main = BranchAddress(recordName: nil, inst: "i", branch: "main")
  private let names = #""recordName":null,"inst":"i","branch":"main""#

  @Test func timeSync() throws {
    let request = ClientMessage.timeSync(TimeSyncRequest(id: 1, clientRequestTime: 2))
    try check(
      request, deployed: #"{"type":"sync/time","id":1,"clientRequestTime":2}"#,
      documented: #"{"type":"repo/time_sync","id":1,"clientRequestTime":2}"#)
    let times = #""id":1,"clientRequestTime":2,"serverReceiveTime":3,"serverTransmitTime":4}"#
    let response = TimeSyncResponse(
      id: 1, clientRequestTime: 2, serverReceiveTime: 3, serverTransmitTime: 4)
    try check(
      ServerMessage.timeSyncResponse(response),
      deployed: #"{"type":"sync/time/response",\#(times)"#,
      documented: #"{"type":"repo/time_sync_response",\#(times)"#)
  }

  @Test func actionForADevice() throws {
    let action = RemoteAction(
      .event(RawJSON(string: "x")), to: DeviceSelector(connectionID: "c"),
      taskID: RawJSON(number: 5))
    try check(
      ClientMessage.sendAction(SendAction(main, action: action)),
      deployed: """
        {"type":"repo/send_action",\(names),"action":{"type":"remote","event":"x",
        "connectionId":"c","taskId":5}}
        """,
      documented: """
        {"type":"repo/send_action",\(names),"action":{"type":"device","device":{"connectionId":"c"},
        "event":"x","taskId":5}}
        """)
  }

  @Test func actionForEveryone() throws {
    let action = RemoteAction(.event(.true), to: .everyone)
    try check(
      ClientMessage.sendAction(SendAction(main, action: action)),
      deployed: """
        {"type":"repo/send_action",\(names),"action":{"type":"remote","event":true,
        "broadcast":true}}
        """,
      documented: """
        {"type":"repo/send_action",\(names),"action":{"type":"device","event":true}}
        """)
  }

  @Test(arguments: [
    RemoteAction(.event(nil)), RemoteAction(.event(nil), to: DeviceSelector(userID: "u")),
    RemoteAction(.event(nil), to: DeviceSelector(broadcast: false)),
    RemoteAction(.event(nil), to: .everyone, allowBatching: true),
    RemoteAction(.result(.null), to: .everyone, taskID: RawJSON(number: 1)),
    RemoteAction(.error(.null), to: .everyone, taskID: RawJSON(number: 1)),
  ])
  func onlyDeployedActions(action: RemoteAction) {
    #expect(throws: DialectError.self) {
      try text(ClientMessage.sendAction(SendAction(main, action: action)), .documented)
    }
  }

  @Test func receivedAction() throws {
    let connection = ConnectionInfo(connectionID: "c")
    let action = DeviceAction(.event(.null), from: connection)
    let sender = #"{"connectionId":"c","sessionId":null,"userId":null}"#
    let form = """
      {"type":"repo/receive_action",\(names),"action":{"type":"device","event":null,
      "connection":\(sender)}}
      """
    try check(
      ServerMessage.receiveAction(ReceiveAction(main, action: action)), deployed: form,
      documented: form)
    #expect(throws: DialectError.self) {
      let nobody = DeviceAction(.event(nil), from: nil)
      return try text(ServerMessage.receiveAction(ReceiveAction(main, action: nobody)), .deployed)
    }
  }

  @Test func tunnelledHTTP() throws {
    let parts = #""path":"/p","method":"GET","query":{},"pathParams":{},"headers":{},"body":null"#
    var message = HTTPRequestMessage(
      id: 7,
      request: HTTPRequestMessage.Request(
        path: "/p", method: "GET", query: RawJSON([:]), pathParams: RawJSON([:]),
        headers: RawJSON([:]), body: nil))
    #expect(
      try same(
        text(ClientMessage.httpRequest(message), .deployed),
        #"{"type":"http_request","id":7,"request":{\#(parts)}}"#))
    #expect(throws: DialectError.self) {
      try text(ClientMessage.httpRequest(message), .documented)
    }
    message.id = nil
    let documented = #"{"type":"http/request","request":{\#(parts)}}"#
    #expect(try same(text(ClientMessage.httpRequest(message), .documented), documented))
    #expect(try parse(documented, as: ClientMessage.self) == .httpRequest(message))
    #expect(throws: DialectError.self) {
      try text(ClientMessage.httpRequest(message), .deployed)
    }

    let response = TunnelledResponse(statusCode: 200, headers: RawJSON([:]), body: .null)
    let content = #"{"statusCode":200,"headers":{},"body":null}"#
    #expect(
      try parse(#"{"type":"http/response","response":\#(content)}"#, as: ServerMessage.self)
        == .httpResponse(HTTPResponseMessage(id: nil, response: response)))
    #expect(
      try parse(#"{"type":"http/response/part","response":\#(content)}"#, as: ServerMessage.self)
        == .httpPartialResponse(
          HTTPPartialResponseMessage(id: nil, index: nil, final: nil, response: response)))
    let part = HTTPPartialResponseMessage(id: 7, index: 1, final: true, response: nil)
    #expect(
      try parse(
        #"{"type":"http_partial_response","id":7,"index":1,"final":true}"#,
        as: ServerMessage.self) == .httpPartialResponse(part))
  }

  @Test func rateLimit() throws {
    let deployed = RateLimitExceeded(retryAfter: 2, totalHits: 4)
    #expect(deployed.retryAfterMilliseconds(dialect: .deployed) == 2_000)
    #expect(deployed.retryAfterMilliseconds(dialect: .documented) == 2_000)
    let other = RateLimitExceeded(retryAfter: 2)
    #expect(other.retryAfterMilliseconds(dialect: .deployed) == 2_000)
    #expect(other.retryAfterMilliseconds(dialect: .documented) == 2)
    #expect(RateLimitExceeded(retryAfter: -1).retryAfterMilliseconds(dialect: .deployed) == 0)
    #expect(throws: DialectError.self) {
      try text(ServerMessage.rateLimitExceeded(deployed), .documented)
    }
  }

  @Test func permissions() throws {
    let documented = """
      {"type":"permission/request/missing","reason":{"type":"missing_permission","recordName":"r",
      "resourceKind":"inst","action":"create","subjectType":"user"}}
      """
    let message = try parse(documented, as: ClientMessage.self)
    #expect(try same(text(message, .documented), documented))
    #expect(throws: DialectError.self) { try text(message, .deployed) }
    #expect(
      throws: MessageError.invalidFields([
        issue(["reason", "resourceId"]), issue(["reason", "subjectId"]),
      ])
    ) { try parse(documented, as: ClientMessage.self, only: .deployed) }

    let answer = #"{"type":"permission/request/missing/response","success":true}"#
    let response = try parse(answer, as: ServerMessage.self)
    #expect(response == .permissionResponse(PermissionResponse(success: true, subject: nil)))
    #expect(throws: DialectError.self) { try text(response, .deployed) }
  }

  @Test func refusedUpdates() {
    let refusal = UpdatesReceived(main, updateID: 1, errorCode: .maxSizeReached)
    #expect(throws: DialectError.self) {
      try text(ServerMessage.updatesReceived(refusal), .documented)
    }
  }

  @Test func countOfAll() {
    let all = ConnectionCountRequest(recordName: nil, inst: nil, branch: nil)
    #expect(throws: DialectError.self) {
      try text(ClientMessage.connectionCount(all), .documented)
    }
  }

  /// A server of one dialect takes the other one's types for unknown ones.
  @Test func strictness() throws {
    let deployed = #"{"type":"sync/time","id":1,"clientRequestTime":2}"#
    guard
      case .unknown("sync/time", _) = try parse(deployed, as: ClientMessage.self, only: .documented)
    else { return #expect(Bool(false)) }
    #expect(throws: MessageError.invalidFields([issue(["action", "type"], .unknownValue)])) {
      try parse(
        #"{"type":"repo/send_action",\#(names),"action":{"type":"remote"}}"#,
        as: ClientMessage.self, only: .documented)
    }
  }

  // MARK: Help

  private func issue(
    _ path: [String], _ problem: FieldIssue.Problem = .wrongType(expected: "string", found: nil)
  ) -> FieldIssue {
    FieldIssue(path: path.map(FieldIssue.Step.name), problem: problem)
  }

  private func check<Message: InstMessage>(
    _ message: Message, deployed: String, documented: String
  ) throws {
    #expect(try same(text(message, .deployed), deployed))
    #expect(try same(text(message, .documented), documented))
    #expect(try parse(deployed, as: Message.self) == message)
    #expect(try parse(documented, as: Message.self) == message)
  }

  private func text(_ message: some InstMessage, _ dialect: Dialect) throws -> [UInt8] {
    try written { try message.write(to: &$0, dialect: dialect) }
  }

  private func parse<Message: InstMessage>(
    _ text: String, as type: Message.Type, only: Dialect? = nil
  ) throws -> Message {
    try Array(text.utf8).withUnsafeBytes { try Message(parsing: $0, only: only) }
  }

  private func same(_ one: [UInt8], _ other: String) throws -> Bool {
    isSameJSON(try JSONValue(parsing: one), try JSONValue(parsing: other))
  }
}

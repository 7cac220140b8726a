import InstProtocol
import JSONText
import Testing

/// Whatever a dialect can express comes back as it was.
@Suite struct RandomMessageTests {
  @Test(arguments: Dialect.allCases)
  func clientMessages(dialect: Dialect) throws {
    try check(dialect) { $0.clientMessage() }
  }

  @Test(arguments: Dialect.allCases)
  func serverMessages(dialect: Dialect) throws {
    try check(dialect) { $0.serverMessage() }
  }

  private func check<Message: InstMessage>(
    _ dialect: Dialect, _ make: (inout RandomMessages) -> Message
  ) throws {
    var count = 0
    for seed in UInt64(1)...2_000 {
      var messages = RandomMessages(random: SeededGenerator(seed: seed))
      let message = make(&messages)
      let text: [UInt8]
      do throws(DialectError) {
        text = try written { (writer) throws(DialectError) in
          try message.write(to: &writer, dialect: dialect)
        }
      } catch { continue }
      let read = try text.withUnsafeBytes { try Message(parsing: $0, only: dialect) }
      #expect(read == message, "seed \(seed)")
      #expect(
        try written { try read.write(to: &$0, dialect: dialect) } == text, "seed \(seed)")
      count += 1
    }
    #expect(count > 500)
  }

  /// A message of a type that nobody knows is kept to the byte.
  @Test func unknownTypes() throws {
    let text = Array(#"{"type":"repo/new","a" : [1.0, "\u00e9"],"a":2}"#.utf8)
    let message = try text.withUnsafeBytes { try ServerMessage(parsing: $0) }
    guard case .unknown("repo/new", _) = message else { return #expect(Bool(false)) }
    #expect(try written { try message.write(to: &$0) } == text)
  }

  @Test(
    arguments: [
      ("5", [], .wrongType(expected: "object", found: .number)),
      ("[]", [], .wrongType(expected: "object", found: .array)),
      ("{}", ["type"], .wrongType(expected: "string", found: nil)),
      (#"{"type":5}"#, ["type"], .wrongType(expected: "string", found: .number)),
      (
        #"{"type":"rate_limit_exceeded","retryAfter":"1"}"#, ["retryAfter"],
        .wrongType(expected: "number", found: .string)
      ),
      (
        #"{"type":"repo/receive_action","recordName":null,"inst":"","branch":"","action":{"type":"device","connection":{}}}"#,
        ["action", "connection", "connectionId"], .wrongType(expected: "string", found: nil)
      ),
      (
        #"{"type":"repo/updates_received","recordName":"","inst":"","branch":"","updateId":1}"#,
        ["recordName"], .emptyString
      ),
      (#"{"type":"rate_limit_exceeded","retryAfter":1e999}"#, ["retryAfter"], .numberOutOfRange),
    ] as [(String, [String], FieldIssue.Problem)])
  func wrongFields(text: String, path: [String], problem: FieldIssue.Problem) {
    let issue = FieldIssue(path: path.map(FieldIssue.Step.name), problem: problem)
    #expect(throws: MessageError.invalidFields([issue])) {
      try Array(text.utf8).withUnsafeBytes { try ServerMessage(parsing: $0) }
    }
  }

  @Test func notJSON() {
    #expect(throws: MessageError.notJSON(JSONError(.invalidUTF8, at: 1))) {
      try ([0x22, 0xFF, 0x22] as [UInt8]).withUnsafeBytes { try ServerMessage(parsing: $0) }
    }
    #expect(throws: EnvelopeError.notJSON(JSONError(.trailingText, at: 3))) {
      try Array("[] x".utf8).withUnsafeBytes { try Envelope<ServerMessage>(parsing: $0) }
    }
  }

  @Test func storageRequests() throws {
    let text = Array(#"[3,2,"https://s/x?q","PUT",{"a":"b"}]"#.utf8)
    let frame = try text.withUnsafeBytes { try Envelope<ServerMessage>(parsing: $0) }
    let request = StorageRequest(
      url: "https://s/x?q", method: "PUT", headers: [StorageRequest.Header(name: "a", value: "b")])
    #expect(frame == .uploadResponse(id: 2, request))
    #expect(try written { try frame.write(to: &$0) } == text)
    let broken = Array(#"[4,2,5,"GET",{"a":1}]"#.utf8)
    #expect(
      throws: EnvelopeError.invalidEnvelope([
        FieldIssue(path: [.index(2)], problem: .wrongType(expected: "string", found: .number)),
        FieldIssue(
          path: [.index(4), .name("a")], problem: .wrongType(expected: "string", found: .number)),
      ])
    ) { try broken.withUnsafeBytes { try Envelope<ServerMessage>(parsing: $0) } }
  }

  @Test func missingPermissionOfADenial() throws {
    let reason = try RawJSON(
      validating: """
        {"type":"missing_permission","recordName":"r","resourceKind":"inst","resourceId":"i",
        "action":"read","subjectType":"user","subjectId":"u"}
        """)
    let error = ErrorInfo(errorCode: .notAuthorized, errorMessage: "no", reason: reason)
    #expect(error.missingPermission?.resourceID == "i")
    let other = ErrorInfo(
      errorCode: .notAuthorized, errorMessage: "no",
      reason: try RawJSON(validating: #"{"type":"invalid_token"}"#))
    #expect(other.missingPermission == nil)
  }
}

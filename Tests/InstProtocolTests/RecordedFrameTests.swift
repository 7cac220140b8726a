import InstProtocol
import JSONText
import Testing

/// Every frame that was recorded is understood, and written again as it was.
@Suite struct RecordedFrameTests {
  @Test func serverFrames() throws {
    var count = 0
    for exchange in try Exchange.all() {
      for step in exchange.steps where step.isFrame && !step.isSent {
        let text = try #require(step.text)
        let frame = try text.withUnsafeBytes { try Envelope<ServerMessage>(parsing: $0) }
        if case .message(_, .unknown(let type, _)) = frame {
          Issue.record("\(exchange.name): unknown type \(type)")
        }
        #expect(isSame(try written { try frame.write(to: &$0) }, text), "\(exchange.name)")
        count += 1
      }
    }
    #expect(count > 200)
  }

  /// What a client has sent is written again as it was, unless the server has refused it.
  @Test func clientFrames() throws {
    var count = 0
    for exchange in try Exchange.all() where exchange.name != "G19" {
      for step in exchange.steps where step.isSent && step.isFrame {
        guard let text = step.text, let frame = try? client(text, only: .deployed) else { continue }
        #expect(isSame(try written { try frame.write(to: &$0) }, text), "\(exchange.name)")
        count += 1
      }
    }
    #expect(count > 120)
  }

  /// G19: what stands behind the message is ignored.
  @Test func furtherElements() throws {
    let frame = try client(#"[1,1,{"type":"sync/time","id":1,"clientRequestTime":1},"extra",2]"#)
    #expect(
      frame == .message(id: 1, .timeSync(TimeSyncRequest(id: 1, clientRequestTime: 1))))
  }

  /// G35: of members with the same name the last one counts.
  @Test func repeatedNames() throws {
    let frame = try client(
      #"[1,1,{"type":"nope","type":"sync/time","id":5,"id":1,"clientRequestTime":1}]"#)
    #expect(
      frame == .message(id: 1, .timeSync(TimeSyncRequest(id: 1, clientRequestTime: 1))))
  }

  /// A frame is refused, strictly by the deployed dialect, exactly when the recorded server has
  /// refused it, and for the same fields.
  @Test func refusals() throws {
    var count = 0
    for exchange in try Exchange.all() {
      for (step, answer) in zip(exchange.steps, exchange.steps.dropFirst()) where step.isSent {
        guard let text = step.text, let answerText = answer.text, !answer.isSent else { continue }
        let recorded = try recordedPaths(answerText)
        #expect(
          paths(refusing: text) == recorded,
          "\(exchange.name): \(String(decoding: text, as: UTF8.self))")
        if recorded != nil { count += 1 }
      }
    }
    #expect(count > 30)
  }

  private func recordedPaths(_ answer: [UInt8]) throws -> [String]? {
    let frame = try JSONValue(parsing: answer)
    guard frame[0]?.intValue == 5, let issues = frame[2]?["issues"]?.arrayValue else { return nil }
    return issues.map { "\($0["path"] ?? .null)" }
  }

  private func paths(refusing text: [UInt8]) -> [String]? {
    do throws(EnvelopeError) {
      let frame = try client(text, only: .deployed)
      if case .message(_, .unknown) = frame { return [#"["type"]"#] }
      return nil
    } catch {
      switch error {
      case .notJSON: return nil
      case .invalidEnvelope(let issues), .invalidContent(_, let issues):
        return issues.map { issue in
          let steps = issue.path.map { step in
            switch step {
            case .name(let name): JSONValue.string(name)
            case .index(let index): JSONValue(index)
            }
          }
          return "\(JSONValue.array(steps))"
        }
      }
    }
  }

  private func client(
    _ text: [UInt8], only: Dialect? = nil
  ) throws(EnvelopeError) -> Envelope<ClientMessage> {
    try text.span.withUnsafeBytes { (text) throws(EnvelopeError) in
      try Envelope<ClientMessage>(parsing: text, only: only)
    }
  }

  private func client(_ text: String) throws(EnvelopeError) -> Envelope<ClientMessage> {
    try client(Array(text.utf8))
  }

  private func isSame(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    guard let one = try? JSONValue(parsing: one), let other = try? JSONValue(parsing: other)
    else { return false }
    return isSameJSON(one, other)
  }
}

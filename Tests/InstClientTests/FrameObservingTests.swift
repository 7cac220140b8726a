import InstClient
import InstProtocol
import JSONText
import Testing
import Transport

/// Every frame is shown, the login's too, and nothing else changes (PROTOCOL section 7, ConnectionClient).
@EventLoop
@Suite struct FrameObservingTests {
  @EventLoop
  private final class Frames {
    var texts: [String] = []
  }

  @Test func framesOfBothDirectionsAreShownInOrder() throws {
    let memory = MemoryConnectionClient()
    let frames = Frames()
    let observing = FrameObservingConnectionClient(memory) { direction, text in
      frames.texts.append("\(direction.rawValue) \(String(decoding: text, as: UTF8.self))")
    }
    let client = AuthenticatedConnectionClient(
      observing, credentials: .connectionID("me"))
    client.connect()
    memory.open()
    #expect(memory.sentMessages == [.login(Login(connectionID: "me"))])
    memory.receive(
      #"[1, -1, {"type":"login_result","success":true,"info":{"connectionId":"me"}}]"#)
    #expect(client.isConnected)
    _ = try client.send(
      .connectionCount(ConnectionCountRequest(recordName: nil, inst: "i", branch: "b")))
    #expect(
      frames.texts == [
        #"out [1,1,{"type":"login","connectionId":"me"}]"#,
        #"in [1, -1, {"type":"login_result","success":true,"info":{"connectionId":"me"}}]"#,
        #"out [1,2,{"type":"repo/connection_count","recordName":null,"inst":"i","branch":"b"}]"#,
      ])
    client.disconnect()
    #expect(memory.delegate == nil)
  }

  @Test func itIsShownInTheDialectInWhichItIsSent() throws {
    let memory = MemoryConnectionClient()
    let frames = Frames()
    let observing = FrameObservingConnectionClient(memory) { _, text in
      frames.texts.append(String(decoding: text, as: UTF8.self))
    }
    observing.connect()
    memory.open()
    observing.dialect = .documented
    _ = try observing.send(.timeSync(TimeSyncRequest(id: 1, clientRequestTime: 0)))
    #expect(frames.texts == [#"[1,1,{"type":"repo/time_sync","id":1,"clientRequestTime":0}]"#])
    // What has no form is not sent, and so not shown.
    #expect(throws: ClientError.self) {
      _ = try observing.send(
        .connectionCount(ConnectionCountRequest(recordName: nil, inst: nil, branch: nil)))
    }
    #expect(frames.texts.count == 1)
  }

  @Test func theDelegateIsTakenBack() {
    let memory = MemoryConnectionClient()
    let observing = FrameObservingConnectionClient(memory) { _, _ in }
    let client = AuthenticatedConnectionClient(observing, credentials: .connectionID("me"))
    client.connect()
    #expect(memory.delegate != nil)
    client.disconnect()
    #expect(memory.delegate == nil)
  }
}

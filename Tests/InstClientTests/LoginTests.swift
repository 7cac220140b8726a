import InstClient
import InstProtocol
import Testing
import Transport
import WebSocket

/// Logging in on every connection (PROTOCOL section 7, AuthenticatedConnectionClient).
@EventLoop
@Suite struct LoginTests {
  private let inner = MemoryConnectionClient()
  private let delegate = RecordingDelegate()

  private func client(
    _ indicator: @escaping @EventLoop () throws(ClientError) -> ConnectionIndicator
  ) -> AuthenticatedConnectionClient {
    let client = AuthenticatedConnectionClient(inner, indicator: indicator)
    client.delegate = delegate
    client.connect()
    return client
  }

  private let success =
    #"[1,-1,{"type":"login_result","success":true,"info":{"userId":null,"sessionId":null,"connectionId":"c"}}]"#

  @Test func connectedMeansThatTheLoginSucceeded() throws {
    let client = client { .connectionID("c") }
    inner.open()
    #expect(inner.sentMessages == [.login(Login(connectionID: "c"))])
    #expect(!client.isConnected)
    #expect(throws: ClientError.notConnected) { try client.send(.login(Login())) }
    inner.receive(success)
    #expect(client.isConnected)
    #expect(client.info?.connectionID == "c")
    #expect(inner.isEstablished)
    #expect(delegate.log == ["connecting", "authenticating", "connected"])
  }

  @Test func everyConnectionLogsInWithAnIndicatorMadeAnew() {
    var count = 0
    let client = client {
      count += 1
      return .token(Secret("token \(count)"))
    }
    inner.open()
    inner.receive(success)
    inner.lose()
    #expect(!client.isConnected)
    inner.open()
    #expect(
      inner.sentMessages == [
        .login(Login(connectionToken: Secret("token 1"))),
        .login(Login(connectionToken: Secret("token 2"))),
      ])
  }

  @Test func aRefusedLoginIsTheEnd() {
    let client = client { .connectionID("c") }
    inner.open()
    inner.receive(
      #"[1,-1,{"type":"login_result","success":false,"errorCode":"invalid_token","errorMessage":"no"}]"#
    )
    #expect(!client.isConnected)
    #expect(delegate.log.last == "failed the login was refused: no")
    #expect(!inner.isEstablished)
  }

  @Test func withoutAnIndicatorThereIsNoLogin() {
    let client = client { () throws(ClientError) in throw .cancelled }
    inner.open()
    #expect(inner.sentMessages.isEmpty)
    #expect(!client.isConnected)
    #expect(delegate.log.last == "failed cancelled")
  }

  @Test func aLoginThatTheLimitOfRatesDroppedGoesAgain() async {
    let client = client { .connectionID("c") }
    inner.open()
    inner.receive(#"[1,-1,{"type":"rate_limit_exceeded","retryAfter":0,"totalHits":4}]"#)
    let end = MonotonicTime.current().advanced(byMilliseconds: 10_000)
    while inner.sentMessages.count < 2, MonotonicTime.current() < end { await Task.yield() }
    #expect(inner.sentMessages.count == 2)
    #expect(!client.isConnected)
  }
}

@EventLoop
private final class RecordingDelegate: ConnectionClientDelegate {
  var log: [String] = []

  func connectionChanged(to state: ConnectionState) { log.append(state.phase.rawValue) }
  func received(_ frame: ReceivedFrame) {}
  func receivedAll() {}
  func canSend() {}
  func receivedUnreadable(_ reason: String) {}
  func sendingFailed(frameID: Int, because error: ClientError) {}
  func failed(_ error: ClientError) { log.append("failed \(error)") }
}

import InstClient
import InstProtocol
import JSONText
import Testing
import Transport
import WebSocket

private let origin = "https://host"

/// Logging in on every connection (PROTOCOL section 7, AuthenticatedConnectionClient).
@EventLoop
@Suite struct LoginTests {
  private let inner = MemoryConnectionClient()
  private let delegate = RecordingDelegate()
  private let source = PartitionAuthSource { 1000 }
  private let client: AuthenticatedConnectionClient

  init() {
    inner.origin = origin
    client = AuthenticatedConnectionClient(
      inner, authSource: source, inst: InstAddress(recordName: "rec", inst: "inst/1"))
    client.delegate = delegate
  }

  private let success =
    #"[1,-1,{"type":"login_result","success":true,"info":{"userId":null,"sessionId":null,"connectionId":"c"}}]"#
  private let failure =
    #"[1,-1,{"type":"login_result","success":false,"errorCode":"invalid_token","errorMessage":"no","reason":{"type":"invalid_token"}}]"#

  private func connect(as credentials: ConnectionCredentials = .connectionID("c")) {
    source.setCredentials(credentials, forOrigin: origin)
    client.connect()
  }

  /// Connected and logged in as `c`.
  private func logIn() {
    connect()
    inner.open()
    inner.receive(success)
  }

  // MARK: Each connection

  @Test func connectedMeansThatTheLoginSucceeded() throws {
    connect()
    inner.open()
    #expect(inner.sentMessages == [.login(Login(connectionID: "c"))])
    #expect(!client.isConnected)
    #expect(throws: ClientError.notConnected) { try client.send(.login(Login())) }
    inner.receive(success)
    #expect(client.isConnected)
    #expect(client.info?.connectionID == "c")
    #expect(client.indicator == .connectionID("c"))
    #expect(inner.isEstablished)
    #expect(delegate.log == ["connecting", "authenticating", "connected"])
  }

  @Test func everyConnectionLogsInWithTheSourcesPresentIndicator() {
    logIn()
    inner.lose()
    #expect(!client.isConnected)
    source.setCredentials(.token(Secret("t")), forOrigin: origin)
    inner.open()
    #expect(
      inner.sentMessages == [
        .login(Login(connectionID: "c")), .login(Login(connectionToken: Secret("t"))),
      ])
  }

  /// The key and the hash of PROTOCOL section 6.
  @Test func fromAKeyATokenIsMadeForTheConnectionsInst() throws {
    connect(as: .key(try key(expiry: "SW5maW5pdHk="), connectionID: "conn-1"))
    inner.open()
    guard case .login(let login)? = inner.sentMessages.first else {
      Issue.record("no login")
      return
    }
    let token = try ConnectionToken(parsing: login.connectionToken?.text ?? "")
    #expect(token.recordName == "rec")
    #expect(token.inst == "inst/1")
    #expect(token.connectionID == "conn-1")
    #expect(
      token.hash.text == "ca3b641e26483cd5f60da28b40399b71ffb689efdefa0075ecae17e7ebaf7c0b")
  }

  @Test func anotherOriginsCredentialsGoNowhere() async {
    source.setCredentials(.token(Secret("t")), forOrigin: "https://other")
    source.setCredentials(.token(Secret("t")), forOrigin: "http://host")
    source.setCredentials(.token(Secret("t")), forOrigin: "https://host:8443")
    client.connect()
    inner.open()
    #expect(inner.sentMessages.isEmpty)
    await delegate.wait { $0.hasPrefix("failed") }
    #expect(inner.sentMessages.isEmpty)
  }

  @Test func consecutiveDisconnectedStatesAreOne() {
    logIn()
    client.disconnect()
    client.disconnect()
    #expect(delegate.log == ["connecting", "authenticating", "connected", "disconnected"])
  }

  @Test func anEndAfterAFailureIsNoOtherState() {
    logIn()
    inner.dropConnection(because: .notConnected)
    client.disconnect()
    #expect(
      delegate.log == [
        "connecting", "authenticating", "connected", "disconnected", "failed not connected",
      ])
  }

  @Test func aLoginThatTheLimitOfRatesDroppedGoesAgain() async {
    connect()
    inner.open()
    inner.receive(#"[1,-1,{"type":"rate_limit_exceeded","retryAfter":0,"totalHits":4}]"#)
    await wait { inner.sentMessages.count == 2 }
    #expect(inner.sentMessages.count == 2)
    #expect(!client.isConnected)
  }

  @Test func aLoginThatWasDroppedWithoutAWordGoesAgainAndItsSecondAnswerIsNoNews() async {
    connect()
    inner.open()
    await wait { inner.sentMessages.count == 2 }
    #expect(Set(inner.sentMessages).count == 1)
    inner.receive(success)
    inner.receive(success)
    #expect(client.isConnected)
    #expect(delegate.log == ["connecting", "authenticating", "connected"])
  }

  @Test func aLoginThatIsNotAnsweredIsTheEndOfTheConnection() async {
    inner.openingDeadline = Deadline(milliseconds: 1)
    connect()
    inner.open()
    await delegate.wait { $0.hasPrefix("failed") }
    #expect(delegate.log.last == "failed the login was not answered within 1 ms")
  }

  @Test func everythingElsePassesThrough() throws {
    logIn()
    inner.receive(#"[1,-1,{"type":"something/new"}]"#)
    inner.receive(#"[1,-1,{"type":"login_result","success":true,"info":{"connectionId":"c"}}]"#)
    inner.receive("[9]")
    #expect(delegate.log.suffix(3) == ["something/new", "login_result", "unreadable"])
    #expect(try client.send(.unknown(type: "x", .null)) == 2)
  }

  // MARK: Where nobody answers

  @Test func aRefusedLoginIsTheEnd() {
    connect()
    inner.open()
    inner.receive(failure)
    #expect(!client.isConnected)
    #expect(delegate.log.suffix(2) == ["disconnected", "failed the login was refused: no"])
    #expect(!inner.isEstablished)
  }

  @Test func anErrorAboutTheLoginsFrameIsARefusal() {
    connect()
    inner.open()
    inner.receive(
      #"[5,1,{"success":false,"errorCode":"unacceptable_request","errorMessage":"bad"}]"#)
    #expect(delegate.log.last == "failed the login was refused: bad")
  }

  @Test func withoutCredentialsNoConnectionIsMade() async {
    client.connect()
    #expect(inner.connectionState.phase == .disconnected)
    await delegate.wait { $0.hasPrefix("failed") }
    #expect(
      delegate.log == [
        "connecting", "disconnected",
        "failed the login was refused: there is nothing to log in with",
      ])
    #expect(client.connectionState.phase == .disconnected)
  }

  @Test func anExpiredKeyIsNoticedBeforeAnythingIsSent() async throws {
    // 1000, which is the clock's time.
    connect(as: .key(try key(expiry: "MTAwMA=="), connectionID: "conn-1"))
    #expect(inner.connectionState.phase == .disconnected)
    await delegate.wait { $0.hasPrefix("failed") }
    #expect(delegate.log.last == "failed the login was refused: the connection key has expired")
    #expect(inner.sentMessages.isEmpty)
  }

  // MARK: Where somebody answers

  @Test func withoutAnIndicatorTheSourceIsAsked() {
    var requests: [AuthRequest] = []
    source.authRequestHandler = { requests.append($0) }
    client.connect()
    #expect(requests.map(\.kind) == [.needIndicator])
    #expect(requests.first?.origin == origin)
    #expect(inner.connectionState.phase == .disconnected)
    source.respondToAuthRequest(requests[0].id, .credentials(.connectionID("d")))
    #expect(inner.connectionState.phase == .connecting)
    inner.open()
    #expect(inner.sentMessages == [.login(Login(connectionID: "d"))])
  }

  @Test func anAnswerMayComeWithinTheQuestion() {
    source.authRequestHandler = { [source] in
      source.respondToAuthRequest($0.id, .credentials(.connectionID("d")))
    }
    client.connect()
    inner.open()
    inner.receive(success)
    #expect(client.isConnected)
  }

  @Test func afterAFailedLoginTheSourceIsAskedAndTheNextTryIsOnTheSameSocket() {
    var requests: [AuthRequest] = []
    source.authRequestHandler = { requests.append($0) }
    connect()
    inner.open()
    inner.receive(failure)
    #expect(requests.map(\.kind) == [.invalidIndicator])
    #expect(requests[0].errorCode == ErrorCode(rawValue: "invalid_token"))
    #expect(requests[0].errorMessage == "no")
    #expect(requests[0].reason?.description == #"{"type":"invalid_token"}"#)
    #expect(inner.isConnected)
    source.respondToAuthRequest(requests[0].id, .credentials(.connectionID("d")))
    #expect(inner.sentMessages.last == .login(Login(connectionID: "d")))
    inner.receive(success)
    #expect(delegate.log == ["connecting", "authenticating", "connected"])
  }

  @Test func anExpiredKeyIsAskedForAnew() throws {
    var requests: [AuthRequest] = []
    source.authRequestHandler = { requests.append($0) }
    connect(as: .key(try key(expiry: "MTAwMA=="), connectionID: "conn-1"))
    #expect(requests.map(\.errorCode) == [.sessionExpired])
    #expect(requests.map(\.kind) == [.invalidIndicator])
    #expect(inner.connectionState.phase == .disconnected)
  }

  @Test func whatWasRefusedIsNotTriedAgainByTheNextConnection() {
    source.authRequestHandler = { _ in }
    connect()
    inner.open()
    inner.receive(failure)
    inner.lose()
    inner.open()
    #expect(inner.sentMessages.count == 1)
    source.setCredentials(.connectionID("d"), forOrigin: origin)
    #expect(inner.sentMessages.count == 2)
  }

  @Test func aServerThatHangsUpOnAWaitingHumanIsNoEnd() {
    source.authRequestHandler = { _ in }
    connect()
    inner.open()
    inner.receive(failure)
    inner.dropConnection(because: .connectionLost(.transport(.reset)))
    #expect(delegate.log == ["connecting", "authenticating", "connecting"])
    source.setCredentials(.connectionID("d"), forOrigin: origin)
    inner.open()
    inner.receive(success)
    #expect(client.isConnected)
  }

  @Test func theLoginsDeadlineStandsStillWhileAnAnswerIsDue() async {
    source.authRequestHandler = { _ in }
    inner.openingDeadline = Deadline(milliseconds: 20)
    connect()
    inner.open()
    inner.receive(failure)
    // Another timer for a later time has run, so the deadline's would have.
    var hasPassed = false
    Reactor.shared.schedule(at: MonotonicTime.current().advanced(byMilliseconds: 40)) {
      hasPassed = true
    }
    await wait { hasPassed }
    #expect(client.connectionState.phase == .authenticating)
    // The next login has a deadline again.
    source.setCredentials(.connectionID("d"), forOrigin: origin)
    await delegate.wait { $0.hasPrefix("failed") }
    #expect(delegate.log.last == "failed the login was not answered within 20 ms")
  }

  @Test func noAnswerIsAnAnswer() {
    source.authRequestHandler = { [source] in source.respondToAuthRequest($0.id, .refused) }
    connect()
    inner.open()
    inner.receive(failure)
    #expect(delegate.log.last == "failed the login was refused: no")
  }

  // MARK: While connected

  @Test func newCredentialsWhileConnectedLogInAgainOnTheSameConnection() {
    logIn()
    source.setCredentials(.connectionID("d"), forOrigin: origin)
    #expect(inner.sentMessages.last == .login(Login(connectionID: "d")))
    #expect(client.isConnected)
    inner.receive(success.replacing(#""c""#, with: #""d""#))
    #expect(client.info?.connectionID == "d")
    #expect(delegate.log == ["connecting", "authenticating", "connected", "connected"])
    // The same ones are no news.
    source.setCredentials(.connectionID("d"), forOrigin: origin)
    #expect(inner.sentMessages.count == 2)
  }

  @Test func aRefusedSecondLoginLeavesTheFirstInForceAndAsks() {
    var requests: [AuthRequest] = []
    source.authRequestHandler = { requests.append($0) }
    logIn()
    source.setCredentials(.connectionID("d"), forOrigin: origin)
    inner.receive(failure)
    #expect(client.isConnected)
    #expect(requests.map(\.kind) == [.invalidIndicator])
  }

  private func key(expiry: String) throws -> ConnectionKey {
    try ConnectionKey(
      parsing: "vCK1.dXNlcjE=.c2Vzc2lvbjE=.TURFeU16UTFOamM0T1dGaVkyUmxaZz09.\(expiry)")
  }
}

@EventLoop
private func wait(until isMet: () -> Bool) async {
  let end = MonotonicTime.current().advanced(byMilliseconds: 10_000)
  while !isMet(), MonotonicTime.current() < end { await Task.yield() }
}

@EventLoop
private final class RecordingDelegate: ConnectionClientDelegate {
  var log: [String] = []

  func connectionChanged(to state: ConnectionState) { log.append(state.phase.rawValue) }
  func received(_ frame: ReceivedFrame) { log.append(frame.typeText) }
  func receivedAll() {}
  func canSend() {}
  func receivedUnreadable(_ reason: String) { log.append("unreadable") }
  func sendingFailed(frameID: Int, because error: ClientError) {}
  func failed(_ error: ClientError) { log.append("failed \(error)") }

  func wait(for isMeant: (String) -> Bool) async {
    await InstClientTests.wait { log.contains(where: isMeant) }
  }
}

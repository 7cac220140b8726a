import InstClient
import InstProtocol
import JSONText
import Testing
import Transport
import WebSocket

private let origin = "https://host"

/// Requests for credentials and permissions (PROTOCOL section 7, PartitionAuthSource).
@EventLoop
@Suite struct PartitionAuthSourceTests {
  private let source = PartitionAuthSource { 1000 }
  private let inner = MemoryConnectionClient()
  private let delegate = CountingDelegate()
  private let client: AuthenticatedConnectionClient

  init() {
    inner.origin = origin
    source.setCredentials(.connectionID("c"), forOrigin: origin)
    client = AuthenticatedConnectionClient(inner, authSource: source)
    client.delegate = delegate
  }

  private func logIn() {
    client.connect()
    inner.open()
    inner.receive(
      #"[1,-1,{"type":"login_result","success":true,"info":{"connectionId":"c"}}]"#)
  }

  // MARK: Requests for credentials

  private let denial = ErrorInfo(errorCode: .notAuthorized, errorMessage: "no")

  private func notAuthorized(_ branch: String, at origin: String = origin) -> AuthRequest {
    .notAuthorized(
      origin: origin, denial,
      address: BranchAddress(recordName: "r", inst: "i", branch: branch))
  }

  @Test func identicalPendingRequestsAreOne() {
    var told: [Int] = []
    source.authRequestHandler = { told.append($0.id) }
    let first = source.sendAuthRequest(notAuthorized("a"))
    #expect(source.sendAuthRequest(notAuthorized("a")) == first)
    // Another resource, origin, kind or code makes another one.
    var expired = AuthRequest.invalidIndicator(origin: origin, denial)
    source.sendAuthRequest(notAuthorized("b"))
    source.sendAuthRequest(notAuthorized("a", at: "https://other"))
    source.sendAuthRequest(expired)
    expired.errorCode = .sessionExpired
    source.sendAuthRequest(expired)
    source.sendAuthRequest(.needIndicator(origin: origin))
    #expect(told.count == 6)
    #expect(Set(told).count == 6)
    #expect(source.pendingAuthRequests.map(\.id) == told)
    // Once it is answered, the same is a new request.
    source.respondToAuthRequest(first, .refused)
    #expect(source.sendAuthRequest(notAuthorized("a")) != first)
  }

  @Test func aDenialNamesItsResource() {
    var told: [AuthRequest] = []
    source.authRequestHandler = { told.append($0) }
    source.sendAuthRequest(notAuthorized("a"))
    #expect(told[0].kind.rawValue == "not_authorized")
    #expect(told[0].resource?.type == "inst")
    #expect(told[0].resource?.address.recordName == "r")
    #expect(told[0].errorCode == .notAuthorized)
  }

  @Test func readersOfTheStreamAreToldAndCountAsListeners() async {
    #expect(!source.answersAuthRequests)
    var requests = source.onAuthRequest().elements.makeAsyncIterator()
    #expect(source.answersAuthRequests)
    source.sendAuthRequest(.needIndicator(origin: origin))
    #expect(await requests.next()?.kind == .needIndicator)
  }

  @Test func anAnswerIsForItsOriginAlone() {
    source.authRequestHandler = { _ in }
    let id = source.sendAuthRequest(.needIndicator(origin: "https://other"))
    source.respondToAuthRequest(id, .credentials(.connectionID("d")))
    #expect(source.credentials(forOrigin: "https://other") == .connectionID("d"))
    #expect(source.credentials(forOrigin: origin) == .connectionID("c"))
    // A request that was answered is no request any more.
    source.respondToAuthRequest(id, .credentials(.connectionID("e")))
    #expect(source.credentials(forOrigin: "https://other") == .connectionID("d"))
  }

  @Test func anAnswerToADenialLogsInAgain() {
    source.authRequestHandler = { _ in }
    logIn()
    let id = source.sendAuthRequest(notAuthorized("a"))
    source.respondToAuthRequest(id, .credentials(.connectionID("d")))
    #expect(inner.sentMessages.last == .login(Login(connectionID: "d")))
  }

  // MARK: Permissions

  private let reason = MissingPermission(
    recordName: "r", resourceKind: "inst", resourceID: "i", action: "read", subjectType: "user",
    subjectID: "u")
  private let fields =
    #""recordName":"r","resourceKind":"inst","resourceId":"i","subjectType":"user","subjectId":"u""#

  @Test func aPermissionIsAskedForOnceOnEachConnectionUntilItIsAnswered() {
    var results: [PermissionResult] = []
    source.permissionResultHandler = { results.append($0) }
    let id = source.requestPermission(reason, fromOrigin: origin)
    #expect(source.requestPermission(reason, fromOrigin: origin) == id)
    #expect(inner.sentMessages.isEmpty)
    logIn()
    let request = ClientMessage.permissionRequest(PermissionRequest(reason: reason))
    #expect(inner.sentMessages.filter { $0 == request }.count == 1)
    logInAnew()
    #expect(inner.sentMessages.filter { $0 == request }.count == 2)
    inner.receive(
      #"[1,-1,{"type":"permission/request/missing/response","success":true,\#(fields)}]"#)
    #expect(results.map(\.id) == [id])
    #expect(results[0].response.success)
    #expect(source.pendingPermissions.isEmpty)
    logInAnew()
    #expect(inner.sentMessages.filter { $0 == request }.count == 2)
    #expect(delegate.frames == 0)
  }

  @Test func aRequestThatTheServerMayHaveDroppedGoesAgainAfterTheSilence() async {
    logIn()
    source.requestPermission(reason, fromOrigin: origin)
    let before = inner.sentMessages.count
    let began = ContinuousClock.now
    inner.receive(#"[1,-1,{"type":"rate_limit_exceeded","retryAfter":0,"totalHits":4}]"#)
    inner.receive(#"[1,-1,{"type":"rate_limit_exceeded","retryAfter":0,"totalHits":5}]"#)
    #expect(inner.sentMessages.count == before)
    while inner.sentMessages.count == before, ContinuousClock.now - began < .seconds(30) {
      await Task.yield()
    }
    #expect(
      inner.sentMessages.suffix(from: before)
        == [.permissionRequest(PermissionRequest(reason: reason))])
  }

  @Test func whatNobodyAnswersDoesNotBlockWhatOthersAskFor() {
    var requests: [PendingPermission] = []
    source.permissionRequestHandler = { requests.append($0) }
    logIn()
    for number in 0..<300 {
      inner.receive(external.replacing("\"x\"", with: "\"x\(number)\""))
    }
    #expect(requests.count == 300)
    #expect(source.pendingExternalPermissions.count == 256)
    #expect(source.pendingExternalPermissions.last == requests.last)
  }

  private func logInAnew() {
    inner.lose()
    inner.open()
    inner.receive(
      #"[1,-1,{"type":"login_result","success":true,"info":{"connectionId":"c"}}]"#)
  }

  @Test func anErrorAboutAPermissionRequestIsItsAnswer() {
    var results: [PermissionResult] = []
    source.permissionResultHandler = { results.append($0) }
    logIn()
    let id = source.requestPermission(reason, fromOrigin: origin)
    inner.receive(
      #"[5,2,{"success":false,"errorCode":"inst_not_found","errorMessage":"none"}]"#)
    #expect(results.map(\.id) == [id])
    #expect(results[0].response.errorCode == .instNotFound)
    #expect(delegate.frames == 0)
  }

  @Test func aPermissionIsAskedForAtItsOriginAlone() {
    logIn()
    source.requestPermission(reason, fromOrigin: "https://other")
    #expect(inner.sentMessages.count == 1)
  }

  @Test func theConnectionOfTheInstCarriesTheRequest() {
    let other = MemoryConnectionClient()
    other.origin = origin
    let forInst = AuthenticatedConnectionClient(
      other, authSource: source, inst: InstAddress(recordName: "r", inst: "i"))
    logIn()
    forInst.connect()
    other.open()
    other.receive(
      #"[1,-1,{"type":"login_result","success":true,"info":{"connectionId":"c"}}]"#)
    source.requestPermission(reason, fromOrigin: origin)
    #expect(inner.sentMessages.count == 1)
    #expect(other.sentMessages.count == 2)
  }

  private let external =
    #"[1,-1,{"type":"permission/request/missing","reason":{"type":"missing_permission","recordName":"r","resourceKind":"inst","resourceId":"i","action":"read","subjectType":"user","subjectId":"u"},"connection":{"connectionId":"x","sessionId":null,"userId":"u"}}]"#

  @Test func anothersRequestIsToldOnceAndAnsweredOverItsConnection() {
    var requests: [PendingPermission] = []
    source.permissionRequestHandler = { requests.append($0) }
    logIn()
    inner.receive(external)
    inner.receive(external)
    #expect(requests.count == 1)
    #expect(requests[0].request.reason == reason)
    #expect(requests[0].request.connection?.connectionID == "x")
    #expect(source.respondToPermissionRequest(requests[0].id, .granted))
    let subject = PermissionResponse.Subject(
      recordName: "r", resourceKind: "inst", resourceID: "i", subjectType: "user",
      subjectID: "u")
    #expect(
      inner.sentMessages.last
        == .permissionResponse(PermissionResponse(success: true, subject: subject)))
    #expect(!source.respondToPermissionRequest(requests[0].id, .granted))
    #expect(delegate.frames == 0)
  }

  @Test func aDenialOfAPermissionSaysWhy() {
    var requests: [PendingPermission] = []
    source.permissionRequestHandler = { requests.append($0) }
    logIn()
    inner.receive(external)
    #expect(
      source.respondToPermissionRequest(
        requests[0].id, .denied(.notAuthorized, message: "not you")))
    guard case .permissionResponse(let response)? = inner.sentMessages.last else {
      Issue.record("no answer was sent")
      return
    }
    #expect(!response.success)
    #expect(response.errorCode == .notAuthorized)
    #expect(response.errorMessage == "not you")
  }

  @Test func anAnswerInTheDocumentedDialectNamesNoRequest() {
    source.permissionRequestHandler = { [source] in
      source.respondToPermissionRequest($0.id, .granted)
    }
    inner.dialect = .documented
    logIn()
    inner.receive(
      external.replacing(
        #","connection":{"connectionId":"x","sessionId":null,"userId":"u"}"#, with: ""))
    #expect(
      inner.sentMessages.last
        == .permissionResponse(PermissionResponse(success: true, subject: nil)))
  }

  @Test func whereNobodyListensPermissionsPassThrough() {
    logIn()
    inner.receive(external)
    inner.receive(
      #"[1,-1,{"type":"permission/request/missing/response","success":true,\#(fields)}]"#)
    #expect(delegate.frames == 2)
  }
}

@EventLoop
private final class CountingDelegate: ConnectionClientDelegate {
  var frames = 0

  func connectionChanged(to state: ConnectionState) {}
  func received(_ frame: ReceivedFrame) { frames += 1 }
  func receivedAll() {}
  func canSend() {}
  func receivedUnreadable(_ reason: String) { frames += 1 }
  func sendingFailed(frameID: Int, because error: ClientError) {}
  func failed(_ error: ClientError) {}
}

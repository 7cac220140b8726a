import InstClient
import InstProtocol
import JSONText
import Transport
import WebSocket

/// Tries to watch a branch, and asks for the permission that it lacks.
@EventLoop
final class PermissionAsking: BranchPresence {
  let run: CommandRun
  let arrivals = Arrivals()
  private let client: InstRecordsClient
  private let authSource: PartitionAuthSource
  private let origin: String
  private let address: BranchAddress
  private let resultHead = LineHead("\"type\":\"permission_result\"")

  private var missing: MissingPermission?
  private var requestID: Int?

  /// - Parameters:
  ///   - authSource: what the client asks by.
  ///   - origin: the server's.
  init(
    _ run: CommandRun, _ client: InstRecordsClient, _ authSource: PartitionAuthSource,
    origin: String, _ address: BranchAddress
  ) {
    self.run = run
    self.client = client
    self.authSource = authSource
    self.origin = origin
    self.address = address
  }

  func start(timeout: DurationArgument) {
    let due = Reactor.shared.now.advanced(byMilliseconds: timeout.milliseconds)
    Reactor.shared.schedule(at: due) { [weak self] in self?.timeIsUp(timeout) }
    authSource.permissionResultHandler = { [weak self] in self?.answered($0) }
    appear(on: address, by: client)
  }

  private func timeIsUp(_ timeout: DurationArgument) {
    let what =
      requestID == nil ? "the server did not answer" : "nobody answered the request"
    let whole = "\(what) within \(timeout.milliseconds) ms"
    run.fail(
      arrivals.isRateLimited
        ? .rateLimited(whole) : .timeout(whole, milliseconds: timeout.milliseconds))
  }

  // MARK: Asking

  /// The branch is here: nothing is missing.
  func synced() {
    let named = address.answered
    run.output.line(resultHead) { writer in
      writer.literal(#""success":true,"alreadyGranted":true"#)
      writer.key("recordName")
      if let record = named.recordName { writer.string(record) } else { writer.null() }
      writer.literal(#""resourceKind":"inst""#)
      writer.key("resourceId")
      writer.string(named.inst)
    }
    run.end(.status(.done))
  }

  func received(_ error: BranchError, isFinal: Bool) {
    guard case .permissionDenied(let info) = error, let missing = info.missingPermission else {
      if isFinal { run.fail(Failure(error)) }
      return
    }
    arrivals.note()
    self.missing = missing
    run.diagnostics.note("asking for the permission to \(missing.action)")
    ask()
  }

  private func ask() {
    guard let missing else { return }
    requestID = authSource.requestPermission(missing, fromOrigin: origin)
  }

  private func answered(_ result: PermissionResult) {
    guard let requestID, result.id == requestID, let missing else { return }
    var response = result.response
    // The documented dialect's answers do not say to what.
    if response.subject == nil, let resourceID = missing.resourceID,
      let subjectID = missing.subjectID
    {
      response.subject = PermissionResponse.Subject(
        recordName: missing.recordName, resourceKind: missing.resourceKind,
        resourceID: resourceID, subjectType: missing.subjectType, subjectID: subjectID)
    }
    run.output.line(resultHead) { $0.fields(of: .permissionResponse(response)) }
    run.end(.status(response.success ? .done : .no))
  }
}

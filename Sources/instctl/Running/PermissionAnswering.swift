import InstClient
import InstProtocol
import JSONText
import Transport
import WebSocket

/// Is on an inst, and gives the same answer to everybody who asks for a permission there.
@EventLoop
final class PermissionAnswering: BranchPresence {
  let run: CommandRun
  private let client: InstRecordsClient
  private let authSource: PartitionAuthSource
  private let address: BranchAddress
  private let answer: PermissionAnswer
  private let user: String?
  private let count: Int?
  private let readyFile: ReadyFile?
  private let requestHead = LineHead("\"type\":\"permission_request\"")

  private var timers: EndingTimers?
  let arrivals = Arrivals()
  private(set) var hasBegun = false

  /// - Parameters:
  ///   - user: whose requests are answered; nil for everybody's.
  ///   - count: after how many answers to end.
  init(
    _ run: CommandRun, _ client: InstRecordsClient, _ authSource: PartitionAuthSource,
    _ address: BranchAddress, answer: PermissionAnswer, user: String?, count: Int?,
    readyFile: ReadyFile?
  ) {
    self.run = run
    self.client = client
    self.authSource = authSource
    self.address = address
    self.answer = answer
    self.user = user
    self.count = count
    self.readyFile = readyFile
  }

  func start(until ending: EndingOptions) {
    timers = EndingTimers(
      self, of: run, arrivals: arrivals, duration: ending.duration, idle: ending.idle,
      timeout: ending.timeout, until: ending.until?.expression)
    authSource.permissionRequestHandler = { [weak self] in self?.asked($0) }
    appear(on: address, by: client)
  }

  // MARK: Answering

  private func asked(_ pending: PendingPermission) {
    guard !run.isEnding else { return }
    arrivals.note()
    let isAnswered =
      isOurs(pending.request) && authSource.respondToPermissionRequest(pending.id, answer)
    run.output.line(requestHead) { writer in
      writer.fields(of: .permissionRequest(pending.request))
      writer.key("answer")
      writer.string(isAnswered ? answer.word : "none")
    }
    run.output.flush()
    if isAnswered { arrivals.noteCounted() }
    if arrivals.count == count { done() }
  }

  /// Whether it is for us to answer: who was told to grant one inst grants nothing else.
  private func isOurs(_ request: PermissionRequest) -> Bool {
    let (reason, inst) = (request.reason, address.answered.instAddress)
    // In the documented dialect it does not say which inst: the server has passed it on to ours.
    let named = InstAddress(
      recordName: reason.recordName, inst: reason.resourceID ?? inst.inst)
    guard reason.resourceKind == "inst", named == inst else { return false }
    guard let user else { return true }
    // The server's word on who asks counts more than the asker's.
    if let connection = request.connection { return connection.userID == user }
    return reason.subjectType == "user" && reason.subjectID == user
  }

  // MARK: BranchWatcher

  func synced() {
    guard !hasBegun else { return }
    hasBegun = true
    timers?.startIdle()
    do throws(Failure) {
      try readyFile?.write(#"{"type":"ready"}"#)
    } catch { fail(error) }
  }

  func received(_ error: BranchError, isFinal: Bool) {
    if isFinal { fail(Failure(error)) }
  }
}

extension PermissionAnswering: LongRunning {
  var canReceive: Bool { client.connectionState.isConnected && !run.output.isStalled }
  var lastProgress: MonotonicTime { client.lastProgress }
  var unmetCount: String? { count.map { "only \(arrivals.count) of \($0) requests were answered" } }
  var unmetByTimeout: String {
    hasBegun ? "nothing else ended the command" : "the branch was not synced"
  }
  func done() { run.end(.status(.done)) }
  func fail(_ failure: Failure) { run.fail(failure) }
}

extension PermissionAnswer {
  /// For the lines.
  fileprivate var word: String {
    if case .granted = self { "granted" } else { "denied" }
  }
}

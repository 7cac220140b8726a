import InstClient
import InstProtocol
import Transport
import WebSocket

/// Sees what happens on one client's connections, one after the other, and tells it to diagnostics and trace.
@EventLoop
final class ConnectionWitness {
  private let diagnostics: Diagnostics
  private let trace: TraceFile?
  private let url: String
  private let hidesFields: Bool
  /// The present connection, or the first one before there is any, counted over the whole process.
  private var number: Int
  private var hasBegun = false
  private var steps: [ToldStep] = []
  private var start = MonotonicTime.current()
  private var loginStart: MonotonicTime?

  private static var lastNumber = 0

  /// Nil where nobody wants to know.
  ///
  /// - Parameter url: of the server; its query may be secret.
  init?(_ settings: Settings, _ trace: TraceFile?, url: String) {
    diagnostics = settings.diagnostics
    self.trace = trace
    self.url = url
    number = Self.lastNumber + 1
    hidesFields = settings.headers.value.contains { $0.hasPrefix("@") }
    guard trace != nil || diagnostics.verbosity >= 2 else { return nil }
    Self.lastNumber = number
  }

  // MARK: A WebSocket

  /// A connection is about to be made.
  func begin() -> WireObserver {
    if hasBegun { number = Self.next() }
    hasBegun = true
    steps = []
    start = .current()
    loginStart = nil
    let number = number
    let lines = lines(of: number)
    lines?.connecting(to: url)
    let wantsFrames = lines != nil || diagnostics.verbosity >= 3
    return WireObserver(wantsFrames: wantsFrames) { [weak self] event in
      lines?.event(event)
      self?.saw(event, on: number)
    }
  }

  private static func next() -> Int {
    lastNumber += 1
    return lastNumber
  }

  private func lines(of number: Int) -> TraceLines? {
    trace.map { TraceLines(file: $0, connection: number, hidesFields: hidesFields) }
  }

  private func saw(_ event: WireEvent, on connection: Int) {
    switch event {
    case .step(let report):
      let step = ToldStep(report)
      if connection == number { steps.append(step) }
      diagnostics.step(step, of: connection)
    case .frame(let frame): diagnostics.frame(frame, of: connection)
    case .ended(let end):
      diagnostics.detail("connection \(connection) ended: \(end.description)")
    case .failed(let reason):
      diagnostics.detail("connection \(connection) failed: \(reason)")
    case .request, .response: break
    }
  }

  /// Follows the states of the client, which logs in.
  func follow(_ client: any ConnectionClient) {
    client.streams.stateObserver = { [weak self] in self?.changed(to: $0) }
  }

  private func changed(to state: ConnectionState) {
    let lines = lines(of: number)
    lines?.state(state)
    if let wait = state.retryInMilliseconds {
      diagnostics.detail(
        "attempt \(state.attempt ?? 1) in \(wait) ms: \(state.reason ?? "no connection")")
    }
    switch state.phase {
    case .authenticating: loginStart = .current()
    case .connected: connected(state.info, lines)
    case .disconnected, .connecting, .reconnecting: loginStart = nil
    }
  }

  /// The connection can be used, for the first time or after another login.
  private func connected(_ info: ConnectionInfo?, _ lines: TraceLines?) {
    if let loginStart, let info {
      self.loginStart = nil
      let step = ToldStep(login: info, since: loginStart)
      steps.append(step)
      diagnostics.step(step, of: number)
      lines?.step(step)
    }
    guard !steps.isEmpty else { return }
    diagnostics.connected(
      to: SecretMask.withoutQuery(url), steps,
      nanoseconds: MonotonicTime.current().nanoseconds(since: start), of: number)
    steps = []
  }

  // MARK: HTTP

  /// An exchange over HTTP is about to begin.
  func beginExchange() -> WireObserver {
    let number = hasBegun ? Self.next() : self.number
    hasBegun = true
    let lines = lines(of: number)
    let diagnostics = diagnostics
    let exchange = SeenExchange()
    return WireObserver(wantsFrames: false) { event in
      lines?.event(event)
      switch event {
      case .step(let report): diagnostics.step(ToldStep(report), of: number)
      case .request(let head, _): exchange.begin(head)
      case .response(let head, _): diagnostics.step(exchange.end(head), of: number)
      case .failed(let reason): diagnostics.detail("connection \(number) failed: \(reason)")
      case .frame, .ended: break
      }
    }
  }
}

/// An HTTP request that waits for its response.
@EventLoop
private final class SeenExchange {
  private var method = ""
  private var target = ""
  private var start = MonotonicTime.current()

  func begin(_ head: HTTPRequestHead) {
    method = head.method
    target = SecretMask.withoutQuery(head.target)
    start = .current()
  }

  func end(_ head: HTTPResponseHead) -> ToldStep {
    ToldStep(
      "http", nanoseconds: MonotonicTime.current().nanoseconds(since: start),
      summary: "\(method) \(target): \(head.status)",
      facts: [
        ConnectFact("method", .string(method)), ConnectFact("target", .string(target)),
        ConnectFact("status", .number(Int64(head.status))),
      ])
  }
}

extension ToldStep {
  fileprivate init(login info: ConnectionInfo, since start: MonotonicTime) {
    var facts = [ConnectFact("connectionId", .string(info.connectionID))]
    if let user = info.userID { facts.append(ConnectFact("userId", .string(user))) }
    self.init(
      "login", nanoseconds: MonotonicTime.current().nanoseconds(since: start),
      summary: "logged in as \(info.userID ?? "connection \(info.connectionID)")", facts: facts)
  }
}

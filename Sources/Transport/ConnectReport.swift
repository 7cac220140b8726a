import WebSocket

/// A step of making a connection that is done.
public struct ConnectReport: Hashable, Sendable {
  /// Which step.
  public let step: ConnectStep
  /// How long it took, this step alone.
  public let nanoseconds: Int64
  /// One sentence for people.
  public let summary: String
  /// The same for programs.
  public let facts: [ConnectFact]

  /// Takes the parts.
  public init(
    step: ConnectStep, nanoseconds: Int64, summary: String, facts: [ConnectFact] = []
  ) {
    self.step = step
    self.nanoseconds = nanoseconds
    self.summary = summary
    self.facts = facts
  }
}

/// Something that was found out in a step. None is a secret.
public struct ConnectFact: Hashable, Sendable {
  /// What a fact can be.
  public enum Value: Hashable, Sendable {
    /// A text.
    case string(String)
    /// A whole number.
    case number(Int64)
    /// Yes or no.
    case bool(Bool)
    /// Several texts.
    case list([String])
  }

  /// What it is, in camelCase.
  public let name: String
  /// The fact itself.
  public let value: Value

  /// Takes the parts.
  public init(_ name: String, _ value: Value) {
    self.name = name
    self.value = value
  }
}

/// Who is told of the steps of a connection.
public typealias ConnectReporter = @EventLoop @Sendable (ConnectReport) -> Void

/// Measures the steps of one connection and tells of them.
@EventLoop
struct ConnectProgress {
  private let report: ConnectReporter?
  private var stepStart: MonotonicTime

  init(_ report: ConnectReporter?) {
    self.report = report
    stepStart = .current()
  }

  /// A step is done, and the next one begins.
  mutating func done(
    _ step: ConnectStep, _ summary: @autoclosure () -> String,
    _ facts: @autoclosure () -> [ConnectFact]
  ) {
    guard let report else { return }
    let now = MonotonicTime.current()
    report(
      ConnectReport(
        step: step, nanoseconds: now.nanoseconds(since: stepStart), summary: summary(),
        facts: facts()))
    // What the listener does takes no part in the next step.
    stepStart = .current()
  }
}

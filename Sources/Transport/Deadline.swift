public import WebSocket

/// A point in time by which several steps together must be done.
public struct Deadline: Sendable {
  /// When it passes.
  public let time: MonotonicTime
  /// The whole allowance, as errors report it.
  public let milliseconds: Int64

  /// A deadline that many milliseconds after `start`.
  public init(milliseconds: Int64, from start: MonotonicTime = .current()) {
    self.milliseconds = milliseconds
    time = start.advanced(byMilliseconds: milliseconds)
  }
}

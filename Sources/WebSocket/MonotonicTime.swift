/// A moment on a clock that never goes back, in nanoseconds since any fixed point.
///
/// The engine reads no clock: whoever drives it says what time it is. Arithmetic saturates.
public struct MonotonicTime: Comparable, Hashable, Sendable {
  /// Nanoseconds since the clock's own starting point.
  public var nanoseconds: Int64

  /// A moment so many nanoseconds after the clock's starting point.
  public init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  /// The moment so many nanoseconds later, or the last one that can be expressed.
  public func advanced(byNanoseconds duration: Int64) -> MonotonicTime {
    let (sum, overflow) = nanoseconds.addingReportingOverflow(duration)
    return MonotonicTime(nanoseconds: overflow ? (duration < 0 ? .min : .max) : sum)
  }

  /// The moment so many milliseconds later, or the last one that can be expressed.
  public func advanced(byMilliseconds duration: Int64) -> MonotonicTime {
    let (product, overflow) = duration.multipliedReportingOverflow(by: 1_000_000)
    return advanced(byNanoseconds: overflow ? (duration < 0 ? .min : .max) : product)
  }

  /// Nanoseconds passed since an earlier moment; negative when that one is later.
  public func nanoseconds(since earlier: MonotonicTime) -> Int64 {
    let (difference, overflow) = nanoseconds.subtractingReportingOverflow(earlier.nanoseconds)
    return overflow ? (nanoseconds < 0 ? .min : .max) : difference
  }

  /// Whether one moment comes before another.
  public static func < (a: MonotonicTime, b: MonotonicTime) -> Bool {
    a.nanoseconds < b.nanoseconds
  }
}

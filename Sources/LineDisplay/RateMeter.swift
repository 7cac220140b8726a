/// How fast a total grows, over the last few seconds.
///
/// It keeps so many samples at most, however often it is told.
public struct RateMeter: Sendable, Hashable {
  private struct Sample: Sendable, Hashable {
    var seconds: Double
    var total: Double
  }

  private let windowSeconds: Double
  private var samples: [Sample] = []

  /// Samples closer to each other than this are one.
  private var spacing: Double { windowSeconds / 50 }

  /// - Parameter windowSeconds: how far it looks back.
  public init(windowSeconds: Double = 5) { self.windowSeconds = max(windowSeconds, 0.1) }

  /// Notes how large the total is.
  ///
  /// - Parameter seconds: the time, on a clock that never goes back.
  public mutating func note(_ total: Int, at seconds: Double) {
    if let last = samples.indices.last, last > 0,
      samples[last].seconds - samples[last - 1].seconds < spacing
    {
      samples.removeLast()
    }
    samples.append(Sample(seconds: seconds, total: Double(total)))
    // One that is older stays, for the window to be whole.
    while samples.count > 2, samples[1].seconds <= seconds - windowSeconds {
      samples.removeFirst()
    }
  }

  /// The growth for each second.
  public var perSecond: Double {
    guard let first = samples.first, let last = samples.last, last.seconds > first.seconds else {
      return 0
    }
    return max(0, (last.total - first.total) / (last.seconds - first.seconds))
  }
}

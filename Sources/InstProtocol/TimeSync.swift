import JSONText

/// Estimates a server's clock from the times in ``TimeSyncRequest`` and ``TimeSyncResponse``
/// (PROTOCOL section 7). All times are milliseconds since the Unix epoch, all durations milliseconds.
public struct TimeSync: Hashable, Sendable {
  /// The four times of one exchange.
  public struct Sample: Hashable, Sendable {
    /// The client's clock when it asked.
    public var clientRequestTime: Double
    /// The server's clock when the request came.
    public var serverReceiveTime: Double
    /// The server's clock when it answered.
    public var serverTransmitTime: Double
    /// The client's clock when the answer came.
    public var clientReceiveTime: Double

    /// A sample of these times.
    public init(
      clientRequestTime: Double, serverReceiveTime: Double, serverTransmitTime: Double,
      clientReceiveTime: Double
    ) {
      self.clientRequestTime = clientRequestTime
      self.serverReceiveTime = serverReceiveTime
      self.serverTransmitTime = serverTransmitTime
      self.clientReceiveTime = clientReceiveTime
    }

    /// The sample that a response gives.
    ///
    /// - Parameters:
    ///   - response: The server's answer.
    ///   - time: The client's clock when the response came.
    public init(_ response: TimeSyncResponse, receivedAt time: Double) {
      self.init(
        clientRequestTime: response.clientRequestTime.double,
        serverReceiveTime: response.serverReceiveTime.double,
        serverTransmitTime: response.serverTransmitTime.double, clientReceiveTime: time)
    }

    /// Half of the time that was spent on the way.
    public var latency: Double {
      let roundTrip =
        (clientReceiveTime - clientRequestTime) - (serverTransmitTime - serverReceiveTime)
      return roundTrip / 2
    }

    /// By how much the server's clock is ahead, if both ways took equally long.
    public var offset: Double { serverTransmitTime - clientReceiveTime + latency }
  }

  /// How many samples were taken.
  public private(set) var count = 0
  /// By how much the server's clock is ahead. Nil before the first sample.
  public private(set) var offset: Double?
  /// How long a message takes one way. Nil before the first sample.
  public private(set) var latency: Double?
  /// By how much the samples that count differ in the offset. Nil before the first sample.
  public private(set) var spread: Double?

  /// The samples of lowest latency.
  private var best: [Sample] = []
  private var latencySum = 0.0

  private static let maximumBest = 10
  private static let minimumForSelection = 5
  private static let quickSamples = 15

  /// An estimate without samples.
  public init() {}

  /// Takes a sample. One whose times are beyond all bounds is ignored.
  public mutating func add(_ sample: Sample) {
    guard sample.latency.isFinite, sample.offset.isFinite,
      (latencySum + sample.latency).isFinite
    else { return }
    count += 1
    latencySum += sample.latency
    keep(sample)
    estimate()
  }

  /// The server's clock. Nil before the first sample.
  ///
  /// - Parameter local: The client's clock.
  public func now(local: Double) -> Double? {
    offset.map { local + $0 }
  }

  /// How long to wait before the next sample: a second at first, 30 s after 15 samples.
  public var nextSampleDelay: Double { count < Self.quickSamples ? 1_000 : 30_000 }

  private mutating func keep(_ sample: Sample) {
    if best.count < Self.maximumBest {
      best.append(sample)
      return
    }
    let worst = best.indices.max { best[$0].latency < best[$1].latency }
    if let worst, sample.latency < best[worst].latency { best[worst] = sample }
  }

  private mutating func estimate() {
    let samples = typicalSamples()
    let offsets = samples.map(\.offset)
    offset = mean(offsets)
    latency = mean(samples.map(\.latency))
    if let least = offsets.min(), let greatest = offsets.max() { spread = greatest - least }
  }

  /// The best samples, without those whose latency is a standard deviation or more away from the mean
  /// of all that were ever taken.
  private func typicalSamples() -> [Sample] {
    guard best.count >= Self.minimumForSelection else { return best }
    let mean = latencySum / Double(count)
    let squares = best.reduce(0) { $0 + ($1.latency - mean) * ($1.latency - mean) }
    let deviation = (squares / Double(best.count - 1)).squareRoot()
    let typical = best.filter { abs($0.latency - mean) < deviation }
    return typical.isEmpty ? best : typical
  }
}

private func mean(_ values: [Double]) -> Double {
  values.reduce(0, +) / Double(values.count)
}

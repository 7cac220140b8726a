/// How far a transfer has come, as one row of text: values in, text out.
public struct TransferProgress: Sendable {
  /// What is sent.
  public struct Sending: Sendable {
    /// Updates that were handed over, and those that the server has acknowledged.
    public var updates = 0, acknowledgedUpdates = 0
    /// Bytes of the same, in base64.
    public var bytes = 0, acknowledgedBytes = 0
    /// Bytes that have not left yet.
    public var waitingBytes = 0
    /// How much of the input is acknowledged, from 0 to 1; nil while its size is unknown.
    public var share: Double?

    /// Nothing yet.
    public init() {}
  }

  private let start: Double
  private var updateRate = RateMeter()
  private var byteRate = RateMeter()

  /// - Parameter seconds: the time, on a clock that never goes back.
  public init(startingAt seconds: Double) { start = seconds }

  /// The row for updates that are sent.
  public mutating func text(_ sending: Sending, at seconds: Double) -> String {
    updateRate.note(sending.acknowledgedUpdates, at: seconds)
    byteRate.note(sending.acknowledgedBytes, at: seconds)
    var parts = [
      "\(sending.acknowledgedUpdates) of \(Quantity.count(sending.updates, "update")) acknowledged",
      "\(Quantity.bytes(sending.acknowledgedBytes)) of \(Quantity.bytes(sending.bytes))",
    ]
    if sending.acknowledgedUpdates > 0 {
      parts.append("\(Quantity.short(updateRate.perSecond))/s")
      parts.append("\(Quantity.bytes(Self.whole(byteRate.perSecond)))/s")
    }
    if sending.waitingBytes > 0 {
      parts.append("\(Quantity.bytes(sending.waitingBytes)) on the way out")
    }
    parts.append(time(sending.share, at: seconds))
    return parts.joined(separator: "  ")
  }

  /// The row for something that is received.
  public mutating func text(receivedBytes: Int, at seconds: Double) -> String {
    byteRate.note(receivedBytes, at: seconds)
    return [
      "\(Quantity.bytes(receivedBytes)) received",
      "\(Quantity.bytes(Self.whole(byteRate.perSecond)))/s", time(nil, at: seconds),
    ].joined(separator: "  ")
  }

  /// How long it has taken, or will take.
  private func time(_ share: Double?, at seconds: Double) -> String {
    let passed = max(0, seconds - start)
    guard let share, share > 0, share <= 1, passed > 0 else {
      return Quantity.clock(Self.seconds(passed))
    }
    let left = passed * (1 - share) / share
    return "\(Int(share * 100))%  \(Quantity.clock(Self.seconds(left.rounded(.up)))) left"
  }

  private static func whole(_ value: Double) -> Int { Int(exactly: value.rounded()) ?? 0 }

  /// At most some years.
  private static func seconds(_ value: Double) -> Int64 { Int64(min(max(value, 0), 1e9)) }
}

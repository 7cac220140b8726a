/// What a server does worse than it could, so that clients can be tested against it.
public struct Faults: Sendable, Hashable {
  /// By how much each frame from the server is late, in milliseconds.
  public var latencyMilliseconds: Int64 = 0
  /// Whether some frames are held so that later ones overtake them, as servers do that handle the
  /// messages of a socket concurrently.
  public var reorders = false
  /// Every so manieth acknowledgement is never sent, although the updates are stored and relayed.
  /// Nil sends them all.
  public var droppedAcknowledgement: Int?
  /// Where the choice of the frames that are held begins: the same seed, the same choices.
  public var seed: UInt64 = 0

  /// No faults.
  public init() {}

  /// How long a frame is held at most, in milliseconds, on top of the latency.
  var maximumHoldMilliseconds: Int64 { max(latencyMilliseconds, 5) }
}

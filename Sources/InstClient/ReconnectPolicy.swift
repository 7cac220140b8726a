/// When a lost connection is made again.
public struct ReconnectPolicy: Hashable, Sendable {
  /// Whether a connection that was once established is made again after a loss.
  public var reconnects: Bool
  /// How many attempts in a row may fail; nil for any number. When it is given, it covers the first
  /// connection, too, which otherwise must succeed at once.
  public var retries: Int?
  /// The first pause is drawn from 0 to this many milliseconds, …
  public var minimumMilliseconds: Int64
  /// … later ones from twice as much each time, up to this.
  public var maximumMilliseconds: Int64

  /// The defaults: again and again, with pauses of up to 0.5 s at first and 30 s in the end.
  public init(
    reconnects: Bool = true, retries: Int? = nil,
    minimumMilliseconds: Int64 = 500, maximumMilliseconds: Int64 = 30_000
  ) {
    self.reconnects = reconnects
    self.retries = retries
    self.minimumMilliseconds = minimumMilliseconds
    self.maximumMilliseconds = maximumMilliseconds
  }

  /// The pause before an attempt, with full jitter: anything from none to the bound, so that many
  /// clients of one server do not come back all at once.
  ///
  /// - Parameters:
  ///   - attempt: 1 for the first one after the loss.
  ///   - wasSettled: the lost connection had lasted; then the first attempt is made at once.
  ///   - generator: Where the randomness comes from.
  public func delay(
    beforeAttempt attempt: Int, wasSettled: Bool, using generator: inout some RandomNumberGenerator
  ) -> Int64 {
    if attempt <= 1 && wasSettled { return 0 }
    let doublings = min(max(0, attempt - 2), 30)
    let bound = min(maximumMilliseconds, max(0, minimumMilliseconds) << doublings)
    return Int64.random(in: 0...max(0, bound), using: &generator)
  }

  /// Whether one more attempt is to be made.
  ///
  /// - Parameters:
  ///   - failures: attempts that failed in a row.
  ///   - wasEstablished: whether there was ever a connection.
  public func retries(after failures: Int, wasEstablished: Bool) -> Bool {
    guard wasEstablished else { return failures <= (retries ?? 0) }
    guard reconnects else { return false }
    return retries.map { failures < $0 } ?? true
  }
}

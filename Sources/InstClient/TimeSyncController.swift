public import InstProtocol
public import Transport
import WebSocket

/// Where samples of a server's clock come from.
@EventLoop
public protocol TimeSyncConnection: AnyObject {
  /// Asks for the server's clock once.
  ///
  /// - Returns: The four times of the exchange, in milliseconds since the Unix epoch.
  func sampleServerTime() async throws(ClientError) -> TimeSync.Sample
}

/// Samples the server's clock over the connection of an ``InstRecordsClient``.
@EventLoop
public final class InstRecordsClientTimeSyncConnection: TimeSyncConnection {
  private let client: InstRecordsClient

  /// Samples over a client's connection.
  public init(_ client: InstRecordsClient) { self.client = client }

  /// Asks for the server's clock once.
  public func sampleServerTime() async throws(ClientError) -> TimeSync.Sample {
    try await client.sampleServerTime()
  }
}

/// The time by which a ``TimeSyncController`` works.
public struct TimeSyncClock: Sendable {
  /// This machine's clock, in milliseconds since the Unix epoch.
  public var now: @EventLoop @Sendable () -> Double
  /// Waits so many milliseconds, or until the task is cancelled.
  public var wait: @EventLoop @Sendable (Double) async -> Void

  /// The clock of this machine.
  public static let system = TimeSyncClock(
    now: { wallClockMilliseconds() },
    wait: { await InstClient.wait(milliseconds: Int64($0)) })

  /// A clock of these parts.
  public init(
    now: @escaping @EventLoop @Sendable () -> Double,
    wait: @escaping @EventLoop @Sendable (Double) async -> Void
  ) {
    self.now = now
    self.wait = wait
  }
}

/// Keeps an estimate of a server's clock: samples it each second for the first 15 samples, then every 30 s
/// (PROTOCOL section 7).
@EventLoop
public final class TimeSyncController {
  /// The estimate.
  public private(set) var estimate = TimeSync()
  /// Why sampling has ended by itself: the server refuses, or the client is at its end.
  public private(set) var failure: ClientError?

  private let connection: any TimeSyncConnection
  private let clock: TimeSyncClock
  private let estimates = EventHub<TimeSync>()
  private var sampling: Task<Void, Never>?
  private var pauses = 0

  /// A controller that does not sample yet.
  public init(_ connection: any TimeSyncConnection, clock: TimeSyncClock = .system) {
    self.connection = connection
    self.clock = clock
  }

  /// By how much the server's clock is ahead, in milliseconds. Nil before the first sample.
  public var offset: Double? { estimate.offset }

  /// The server's clock, in milliseconds since the Unix epoch. Nil before the first sample.
  public func now() -> Double? { estimate.now(local: clock.now()) }

  /// The estimate after each sample from now on.
  ///
  /// It ends when sampling ends. While its reader is busy with many of them none are taken.
  public func onSample() -> EventStream<TimeSync> { estimates.stream(pausing: self) }

  /// Takes one sample now.
  ///
  /// - Returns: The estimate with it.
  /// - Throws: What ``TimeSyncConnection/sampleServerTime()`` throws.
  @discardableResult
  public func sync() async throws(ClientError) -> TimeSync {
    estimate.add(try await connection.sampleServerTime())
    estimates.post(estimate)
    return estimate
  }

  /// Starts to sample, until ``stop()`` or a ``failure``.
  public func start() {
    guard sampling == nil else { return }
    failure = nil
    // Not weak: while it samples, it is of use to somebody.
    sampling = EventLoop.start { await self.sample() }
  }

  /// Samples no more.
  public func stop() {
    sampling?.cancel()
    sampling = nil
    estimates.finish()
  }

  private func sample() async {
    while !Task.isCancelled {
      do throws(ClientError) {
        if pauses == 0 { try await sync() }
      } catch {
        // A task that was cancelled is not this controller's any more.
        guard !Task.isCancelled else { return }
        failure = error
        return stop()
      }
      await clock.wait(estimate.nextSampleDelay)
    }
  }
}

extension TimeSyncController: ReadingPausable {
  func pauseReading() { pauses += 1 }
  func resumeReading() { pauses = max(0, pauses - 1) }
}

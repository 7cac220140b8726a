import InstClient
import InstProtocol
import JSONText
import Transport
import WebSocket

/// Samples a server's clock and prints what the samples say.
@EventLoop
final class TimeSampling {
  private let run: CommandRun
  private let client: InstRecordsClient
  private let intervalMilliseconds: Double?
  private let head = LineHead("\"type\":\"timesync\"")
  private var estimate = InstProtocol.TimeSync()
  private var timers: EndingTimers?
  private var wantedCount: Int?

  /// Whether an answer is waited for, rather than the time for the next question.
  private(set) var isAsking = false
  /// How many samples were taken.
  private(set) var count = 0

  private static let quickMilliseconds = 200.0

  /// - Parameter intervalMilliseconds: the time between samples; nil for the usual one.
  init(_ run: CommandRun, _ client: InstRecordsClient, intervalMilliseconds: Double?) {
    self.run = run
    self.client = client
    self.intervalMilliseconds = intervalMilliseconds
  }

  /// Takes so many samples, and prints one line.
  func sample(count wanted: Int) async throws(Failure) {
    while true {
      try await sampleOnce()
      if count >= wanted { return printEstimate() }
      await TimeSyncClock.system.wait(intervalMilliseconds ?? Self.quickMilliseconds)
    }
  }

  /// Takes samples and prints a line for each, until the options end it.
  func goOn(until ending: EndingOptions) async throws(Failure) {
    wantedCount = ending.lineCount
    timers = EndingTimers(
      self, of: run, duration: ending.duration, idle: ending.idle, timeout: ending.timeout,
      until: ending.until?.expression)
    while !run.isEnding, !Task.isCancelled {
      try await sampleOnce()
      if count == 1 { timers?.startIdle() }
      timers?.noteArrival()
      printEstimate()
      run.output.flush()
      if count == wantedCount { return }
      await TimeSyncClock.system.wait(intervalMilliseconds ?? estimate.nextSampleDelay)
    }
  }

  private func sampleOnce() async throws(Failure) {
    isAsking = true
    defer { isAsking = false }
    let sample: InstProtocol.TimeSync.Sample
    do throws(ClientError) { sample = try await client.sampleServerTime() } catch {
      throw Failure(error)
    }
    count += 1
    estimate.add(sample)
    run.diagnostics.note(
      "sample \(count): offset \(rounded(sample.offset)) ms, latency \(rounded(sample.latency)) ms")
  }

  private func printEstimate() {
    // Times beyond all bounds are no samples.
    guard let offset = estimate.offset, let latency = estimate.latency,
      let spread = estimate.spread
    else { return run.fail(Failure(.protocolViolation("a clock whose times are no times"))) }
    guard !run.isEnding else { return }
    run.output.line(head) { writer in
      writer.key("offsetMs")
      writer.number(rounded(offset))
      writer.key("latencyMs")
      writer.number(rounded(latency))
      writer.key("spreadMs")
      writer.number(rounded(spread))
      writer.key("samples")
      writer.number(estimate.count)
    }
  }
}

extension TimeSampling: LongRunning {
  var hasBegun: Bool { count > 0 }
  var canReceive: Bool { client.connectionState.isConnected && !run.output.isStalled }
  var lastProgress: MonotonicTime { client.lastProgress }
  var unmetCount: String? {
    wantedCount.map { "only \(count) of \($0) samples were taken" }
  }
  var unmetByTimeout: String { "nothing else ended the command" }
  func done() { run.end(.status(.done)) }
  func fail(_ failure: Failure) { run.fail(failure) }
}

/// Milliseconds to the microsecond.
private func rounded(_ milliseconds: Double) -> Double {
  // The sum makes a negative zero positive.
  (milliseconds * 1000).rounded() / 1000 + 0
}

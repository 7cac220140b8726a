import InstClient
import InstProtocol
import Testing
import Transport
import WebSocket

/// Sampling a server's clock (PROTOCOL section 7, time sync).
@EventLoop
@Suite struct TimeSyncControllerTests {
  private let time = HandTime()
  private let server = ScriptedClock()
  private let controller: TimeSyncController

  init() {
    let time = self.time
    controller = TimeSyncController(
      server, clock: TimeSyncClock(now: { time.now }, wait: { await time.wait($0) }))
  }

  @Test func fifteenSamplesComeEachSecondAndThenOneEveryThirty() async {
    controller.start()
    for _ in 0..<17 { await time.pass() }
    #expect(time.waits.prefix(14) == ArraySlice(repeating: 1000, count: 14))
    #expect(time.waits.dropFirst(14).prefix(3) == [30_000, 30_000, 30_000])
    #expect(controller.estimate.count >= 17)
    controller.stop()
    let count = server.asked
    await time.pass()
    #expect(server.asked == count)
  }

  @Test func nowIsTheServersClock() async throws {
    #expect(controller.offset == nil)
    #expect(controller.now() == nil)
    try await controller.sync()
    // There and back take 10 ms each; the server is 500 ms ahead.
    #expect(controller.offset == 500)
    #expect(controller.estimate.latency == 10)
    time.now = 2000
    #expect(controller.now() == 2500)
  }

  @Test func eachSampleIsToldToReaders() async throws {
    var samples = controller.onSample().elements.makeAsyncIterator()
    controller.start()
    #expect(await samples.next()?.count == 1)
    await time.pass()
    #expect(await samples.next()?.count == 2)
    controller.stop()
    #expect(await samples.next() == nil)
  }

  @Test func aRefusalIsTheEnd() async throws {
    let refusal = ClientError.refused(ErrorInfo(errorCode: .notSupported, errorMessage: "no"))
    server.failure = refusal
    var samples = controller.onSample().elements.makeAsyncIterator()
    controller.start()
    #expect(await samples.next() == nil)
    #expect(controller.failure == refusal)
    await #expect(throws: refusal) { try await controller.sync() }
    // Another start is a new attempt.
    server.failure = nil
    controller.start()
    await time.pass()
    #expect(controller.failure == nil)
    #expect(controller.estimate.count >= 1)
    controller.stop()
  }

  @Test func theAdapterAsksTheClient() async throws {
    let memory = ClientOnMemory()
    let adapter = InstRecordsClientTimeSyncConnection(memory.client)
    let sample = Task { try await adapter.sampleServerTime() }
    await memory.sent(1)
    memory.answerTime()
    #expect(try await sample.value.serverTransmitTime == 1510)
  }
}

/// A clock that stands still until the test lets time pass.
@EventLoop
private final class HandTime {
  var now = 1000.0
  private(set) var waits: [Double] = []
  private var waiting: Promise<Void>?

  func wait(_ milliseconds: Double) async {
    waits.append(milliseconds)
    let promise = Promise<Void>()
    waiting = promise
    await promise.value(onCancel: ())
  }

  /// Lets the time pass that somebody waits for, as soon as somebody does, or not for a while.
  func pass() async {
    let end = MonotonicTime.current().advanced(byMilliseconds: 500)
    while waiting == nil, MonotonicTime.current() < end { await Task.yield() }
    let waiting = self.waiting
    self.waiting = nil
    waiting?.fulfil(())
  }
}

/// A server whose clock is 500 ms ahead and 10 ms away.
@EventLoop
private final class ScriptedClock: TimeSyncConnection {
  var failure: ClientError?
  private(set) var asked = 0

  func sampleServerTime() async throws(ClientError) -> TimeSync.Sample {
    if let failure { throw failure }
    asked += 1
    return TimeSync.Sample(
      clientRequestTime: 1000, serverReceiveTime: 1510, serverTransmitTime: 1510,
      clientReceiveTime: 1020)
  }
}

import InstProtocol
import JSONText
import Testing

@Suite struct TimeSyncTests {
  @Test func oneSample() throws {
    var sync = TimeSync()
    #expect(sync.offset == nil && sync.now(local: 0) == nil && sync.spread == nil)
    // 10 ms there, 4 ms at the server, 10 ms back; the server's clock is 100 ms ahead.
    sync.add(
      TimeSync.Sample(
        TimeSyncResponse(
          id: 1, clientRequestTime: 1_000, serverReceiveTime: 1_110, serverTransmitTime: 1_114),
        receivedAt: 1_024))
    #expect(sync.latency == 10)
    #expect(sync.offset == 100)
    #expect(sync.spread == 0)
    #expect(sync.now(local: 2_000) == 2_100)
  }

  /// Up to four samples all count; from the fifth on, those far from the mean do not.
  @Test func selection() {
    var sync = TimeSync()
    for latency in [10.0, 11, 12, 30] { sync.add(sample(latency, offset: latency)) }
    #expect(sync.latency == 15.75)
    #expect(sync.spread == 20)
    sync.add(sample(13, offset: 13))
    // Mean 15.2, deviation 8.35…: all but the 30 are within.
    #expect(sync.latency == 11.5)
    #expect(sync.offset == 11.5)
    #expect(sync.spread == 3)
  }

  @Test func equalLatenciesAllCount() {
    var sync = TimeSync()
    for offset in [1.0, 2, 3, 4, 5, 6] { sync.add(sample(8, offset: offset)) }
    #expect(sync.latency == 8)
    #expect(sync.offset == 3.5)
    #expect(sync.spread == 5)
  }

  /// The mean is of all samples, the deviation of the ten best around it.
  @Test func onlyTenAreKept() {
    var sync = TimeSync()
    for index in 0..<10 { sync.add(sample(10 + Double(index % 2), offset: 0)) }
    sync.add(sample(100, offset: 1_000))
    // Mean 18.6…, deviation 8.59…: the 11s are just within, the 10s just not.
    #expect(sync.offset == 0)
    #expect(sync.latency == 11)
    for _ in 0..<10 { sync.add(sample(5, offset: 7)) }
    #expect(sync.offset == 7)
    #expect(sync.latency == 5)
    #expect(sync.count == 21)
  }

  @Test func delays() {
    var sync = TimeSync()
    for _ in 0..<14 { sync.add(sample(1, offset: 0)) }
    #expect(sync.nextSampleDelay == 1_000)
    sync.add(sample(1, offset: 0))
    #expect(sync.nextSampleDelay == 30_000)
  }

  @Test func absurdTimesAreIgnored() {
    var sync = TimeSync()
    let huge = Double.greatestFiniteMagnitude
    sync.add(
      TimeSync.Sample(
        clientRequestTime: -huge, serverReceiveTime: huge, serverTransmitTime: -huge,
        clientReceiveTime: huge))
    #expect(sync.count == 0 && sync.offset == nil)
    sync.add(sample(2, offset: 3))
    #expect(sync.offset == 3)
  }

  private func sample(_ latency: Double, offset: Double) -> TimeSync.Sample {
    TimeSync.Sample(
      clientRequestTime: 1_000, serverReceiveTime: 1_000 + latency + offset,
      serverTransmitTime: 1_000 + latency + offset, clientReceiveTime: 1_000 + 2 * latency)
  }
}

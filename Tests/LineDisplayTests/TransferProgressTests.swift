import LineDisplay
import Testing

/// The row that tells how far a transfer has come.
@Suite struct TransferProgressTests {
  @Test func sending() {
    var progress = TransferProgress(startingAt: 100)
    var sending = TransferProgress.Sending()
    sending.updates = 256
    sending.bytes = 50_000
    sending.waitingBytes = 20_000
    #expect(
      progress.text(sending, at: 101)
        == "0 of 256 updates acknowledged  0 B of 49 KiB  20 KiB on the way out  1s")
    sending.acknowledgedUpdates = 100
    sending.acknowledgedBytes = 20_000
    sending.waitingBytes = 0
    sending.share = 0.25
    #expect(
      progress.text(sending, at: 103)
        == "100 of 256 updates acknowledged  20 KiB of 49 KiB  50/s  9.8 KiB/s  25%  9s left")
    sending.share = 1
    #expect(progress.text(sending, at: 103.5).hasSuffix("100%  0s left"))
  }

  @Test func receiving() {
    var progress = TransferProgress(startingAt: 0)
    #expect(progress.text(receivedBytes: 0, at: 0.5) == "0 B received  0 B/s  0s")
    #expect(progress.text(receivedBytes: 1 << 20, at: 1.5) == "1.0 MiB received  1.0 MiB/s  1s")
    #expect(
      progress.text(receivedBytes: 2 << 20, at: 61.5).hasSuffix("received  17 KiB/s  1m01s"))
  }

  /// The rate is that of the last seconds, and the memory that of a few samples.
  @Test func rates() {
    var meter = RateMeter(windowSeconds: 5)
    #expect(meter.perSecond == 0)
    for step in 0..<100_000 {
      let seconds = Double(step) / 100
      meter.note(step < 50_000 ? step * 10 : 500_000 + (step - 50_000), at: seconds)
    }
    #expect(abs(meter.perSecond - 100) < 1)
    #expect(Mirror(reflecting: meter).children.contains { ($0.value as? [Any])?.count ?? 0 > 2 })
    #expect(
      Mirror(reflecting: meter).children.allSatisfy { ($0.value as? [Any])?.count ?? 0 < 100 })
    // A total that begins anew is no negative rate.
    meter.note(0, at: 2000)
    #expect(meter.perSecond == 0)
  }
}

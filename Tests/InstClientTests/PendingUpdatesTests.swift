import InstProtocol
import Testing
import Transport
import WebSocket

@testable import InstClient

/// When unacknowledged updates go again (PROTOCOL section 7), on a clock made up.
@EventLoop
@Suite struct PendingUpdatesTests {
  private let address = BranchAddress(recordName: nil, inst: "i", branch: "default")

  @Test func resendingWaitsFiveTenTwentyFortyFortySeconds() {
    var pending = PendingUpdates(resendAfterMilliseconds: 5000)
    _ = pending.append(address, ["YQ=="], Promise())
    var now = MonotonicTime(nanoseconds: 0)
    for wait in [5, 10, 20, 40, 40, 40] as [Int64] {
      let taken = pending.takeUnsent { _ in true }
      #expect(taken.map(\.id) == [1])
      pending.sent(1, frameID: 7, at: now)
      pending.forgetOverdue(at: now.advanced(byMilliseconds: wait * 1000 - 1))
      #expect(!pending.hasUnsent)
      now = now.advanced(byMilliseconds: wait * 1000)
      pending.forgetOverdue(at: now)
      #expect(pending.hasUnsent)
    }
  }

  @Test func withoutAWaitOnlyAReconnectSendsAgain() {
    var pending = PendingUpdates(resendAfterMilliseconds: nil)
    for _ in 0..<3 { _ = pending.append(address, ["YQ=="], Promise()) }
    for entry in pending.takeUnsent(where: { _ in true }) {
      pending.sent(entry.id, frameID: entry.id, at: MonotonicTime(nanoseconds: 0))
    }
    pending.forgetOverdue(at: MonotonicTime(nanoseconds: .max))
    #expect(!pending.hasUnsent)
    #expect(pending.acknowledge(2, keeps: false) != nil)
    #expect(pending.acknowledge(2, keeps: false) == nil)
    pending.forgetSending()
    #expect(pending.takeUnsent { _ in true }.map(\.id) == [1, 3])
  }

  @Test func thoseThatMayNotGoStayInOrder() {
    var pending = PendingUpdates(resendAfterMilliseconds: nil)
    for _ in 0..<4 { _ = pending.append(address, ["YQ=="], Promise()) }
    #expect(pending.takeUnsent { $0.id % 2 == 0 }.map(\.id) == [2, 4])
    #expect(pending.takeUnsent { _ in true }.map(\.id) == [1, 3])
  }
}

import Testing
import WebSocket

@testable import Transport

/// The heap against a sorted array, through many random operations.
@EventLoop
struct TimerHeapTests {
  private struct Timer: Comparable {
    let deadline: MonotonicTime
    let number: UInt64
    static func < (a: Timer, b: Timer) -> Bool {
      (a.deadline, a.number) < (b.deadline, b.number)
    }
  }

  @Test(arguments: 1...20)
  func agreesWithASortedArray(seed: UInt64) async throws {
    var random = SplitMix64(seed: seed)
    var heap = TimerHeap()
    var model: [Timer] = []
    var number: UInt64 = 0
    var fired: UInt64?
    // Cancelling outweighs popping in some phases, so that the heap is rebuilt, too.
    for step in 0..<1500 {
      // Other tests use the loop, too.
      if step % 100 == 0 { await nextTurn() }
      let isCancelling = step / 300 % 2 == 1
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<4:
        number += 1
        let deadline = MonotonicTime(nanoseconds: .random(in: 0..<200, using: &random))
        let timer = Timer(deadline: deadline, number: number)
        model.insert(timer, at: model.firstIndex { timer < $0 } ?? model.count)
        heap.insert(deadline: deadline, number: number) { fired = timer.number }
      case 4..<(isCancelling ? 9 : 6):
        // A number that has run or never was is no error either.
        let cancelled = UInt64.random(in: 0...number + 2, using: &random)
        model.removeAll { $0.number == cancelled }
        heap.cancel(number: cancelled)
      default:
        let now = MonotonicTime(nanoseconds: .random(in: 0..<200, using: &random))
        fired = nil
        heap.popDue(at: now)?()
        let expected = model.first.flatMap { $0.deadline <= now ? $0 : nil }
        try #require(fired == expected?.number, "seed \(seed), step \(step)")
        if expected != nil { model.removeFirst() }
      }
      try #require(heap.earliest == model.first?.deadline, "seed \(seed), step \(step)")
    }
  }

  @Test func massCancellationLeavesTheOthersInOrder() {
    var heap = TimerHeap()
    var fired: [UInt64] = []
    for number in 0..<1000 as Range<UInt64> {
      let deadline = MonotonicTime(nanoseconds: Int64(number * 7919 % 1000))
      heap.insert(deadline: deadline, number: number) { fired.append(number) }
    }
    let kept = (0..<1000 as Range<UInt64>).filter { $0 % 10 == 0 }
    for number in 0..<1000 as Range<UInt64> where number % 10 != 0 { heap.cancel(number: number) }
    while let action = heap.popDue(at: MonotonicTime(nanoseconds: 1000)) { action() }
    #expect(fired == kept.sorted { $0 * 7919 % 1000 < $1 * 7919 % 1000 })
    #expect(heap.earliest == nil)
  }
}

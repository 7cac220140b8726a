import Foundation
import Testing

@testable import Transport

@EventLoop
struct EventLoopTests {
  @Test func jobsOfManyThreadsAllRunOnTheLoop() async throws {
    let threads = 8
    let jobs = 1000
    let home = UInt(pthread_self())
    let count = Count()
    let done = Mailbox<Bool>("the last job of a thread")
    for _ in 0..<threads {
      Thread.detachNewThread {
        for _ in 0..<jobs {
          EventLoop.start {
            if UInt(pthread_self()) == home { count.value += 1 }
          }
        }
        done.post(true)
      }
    }
    for _ in 0..<threads { _ = try await done.next() }
    #expect(count.value == threads * jobs)
  }

  @Test func aTaskStaysOnTheLoopAcrossWaits() async throws {
    let home = UInt(pthread_self())
    let promise = Promise<Int>()
    let observed = Mailbox<UInt>("a thread")
    EventLoop.start {
      observed.put(UInt(pthread_self()))
      let value = await promise.get()
      observed.put(UInt(pthread_self()))
      let other = await off(value)
      observed.put(UInt(pthread_self()))
      if other == 8 { observed.put(0) }
    }
    Thread.detachNewThread { EventLoop.start { promise.fulfil(7) } }
    for _ in 0..<3 { #expect(try await observed.next() == home) }
    #expect(try await observed.next() == 0)
  }

  @Test func assumeIsolatedGivesResultsAndErrors() throws {
    struct Refused: Error {}
    #expect(EventLoop.assumeIsolated { Count().value } == 0)
    #expect(throws: Refused.self) { try EventLoop.assumeIsolated { throw Refused() } }
  }

  @Test func assumeIsolatedTrapsElsewhere() async {
    await #expect(processExitsWith: .failure) {
      await off(0)
      EventLoop.assumeIsolated {}
    }
  }

  @Test func runMakesTheCallingThreadTheLoop() async {
    await #expect(processExitsWith: .success) {
      let caller = UInt(pthread_self())
      let result = EventLoop.run {
        let before = UInt(pthread_self())
        await pass(milliseconds: 1)
        return before == caller && UInt(pthread_self()) == caller ? 42 : 0
      }
      exit(result == 42 ? 0 : 1)
    }
  }

  @Test func runTwiceTraps() async {
    await #expect(processExitsWith: .failure) {
      _ = EventLoop.run { 1 }
      _ = EventLoop.run { 2 }
    }
  }
}

@EventLoop
private final class Count {
  var value = 0
}

/// Goes to the global pool and comes back with one more.
@concurrent @discardableResult
private func off(_ value: Int) async -> Int { value + 1 }

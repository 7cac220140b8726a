import Testing

@testable import Transport

@EventLoop
struct PromiseTests {
  @Test func theFirstValueCounts() async {
    let promise = Promise<Int>()
    #expect(!promise.isFulfilled)
    promise.fulfil(1)
    promise.fulfil(2)
    #expect(promise.isFulfilled)
    #expect(await promise.get() == 1)
    #expect(await promise.get() == 1)
  }

  @Test func everybodyWhoWaitsGetsTheValue() async throws {
    let promise = Promise<Int>()
    let got = Mailbox<Int>("a value")
    for _ in 0..<5 { EventLoop.start { got.put(await promise.get()) } }
    await nextTurn()
    #expect(got.count == 0)
    promise.fulfil(3)
    for _ in 0..<5 { #expect(try await got.next() == 3) }
  }

  @Test func cancellationGivesTheFallback() async throws {
    let promise = Promise<Int>()
    let got = Mailbox<Int>("a value")
    let task = EventLoop.start { got.put(await promise.value(onCancel: -1)) }
    await nextTurn()
    task.cancel()
    #expect(try await got.next() == -1)
    #expect(promise.isFulfilled)
  }

  @Test func aTaskCancelledBeforehandGetsTheFallback() async throws {
    let got = Mailbox<Int>("a value")
    let task = EventLoop.start {
      let promise = Promise<Int>()
      got.put(await promise.value(onCancel: -1))
    }
    task.cancel()
    #expect(try await got.next() == -1)
  }

  @Test func cancellationAfterTheValueChangesNothing() async throws {
    let promise = Promise<Int>()
    let got = Mailbox<Int>("a value")
    promise.fulfil(1)
    let task = EventLoop.start { got.put(await promise.value(onCancel: -1)) }
    task.cancel()
    #expect(try await got.next() == 1)
  }
}

import Testing
import WebSocket

@testable import Transport

/// What a test waited for in vain.
struct WaitedInVain: Error, CustomStringConvertible {
  let what: String
  var description: String { "\(what) did not come within \(patience) ms" }
}

/// How long anything may take before a test gives up, in milliseconds: never a measure of speed.
let patience: Int64 = 30_000

/// Values that arrive some time, from any thread, and are taken in their order.
@EventLoop
final class Mailbox<Value: Sendable> {
  private let name: String
  private var values: [Value] = []
  private var waiting: Promise<Value?>?

  init(_ name: String) { self.name = name }

  func put(_ value: Value) {
    if let waiting, !waiting.isFulfilled {
      self.waiting = nil
      waiting.fulfil(value)
    } else {
      values.append(value)
    }
  }

  /// From outside the loop; the order of calls from one thread is kept.
  nonisolated func post(_ value: Value) {
    EventLoop.start { self.put(value) }
  }

  /// The next value, as soon as it is there.
  func next() async throws -> Value {
    if !values.isEmpty { return values.removeFirst() }
    let waiting = Promise<Value?>()
    self.waiting = waiting
    let timer = Reactor.shared.schedule(at: .current().advanced(byMilliseconds: patience)) {
      waiting.fulfil(nil)
    }
    defer { Reactor.shared.cancel(timer) }
    guard let value = await waiting.get() else { throw WaitedInVain(what: name) }
    return value
  }

  /// What is there already.
  func takeFirst() -> Value? { values.isEmpty ? nil : values.removeFirst() }

  var count: Int { values.count }
}

extension Deadline {
  /// For steps that are expected to succeed.
  static func patient() -> Deadline { Deadline(milliseconds: patience) }
}

/// Waits until everything that is ready in this turn of the loop has been dealt with.
@EventLoop
func nextTurn() async {
  let promise = Promise<Void>()
  Reactor.shared.atEndOfTurn { promise.fulfil(()) }
  await promise.get()
}

/// Waits for so long on the loop's clock; for tests about time, not to wait for somebody.
@EventLoop
func pass(milliseconds: Int64) async {
  let promise = Promise<Void>()
  Reactor.shared.schedule(at: .current().advanced(byMilliseconds: milliseconds)) {
    promise.fulfil(())
  }
  await promise.get()
}

/// The error that `body` throws, with its type.
@EventLoop
func errorThrown<Failure: Error, Value: Sendable>(
  sourceLocation: SourceLocation = #_sourceLocation,
  _ body: @EventLoop () async throws(Failure) -> Value
) async -> Failure? {
  do throws(Failure) {
    let value = try await body()
    Issue.record("succeeded with \(value)", sourceLocation: sourceLocation)
    return nil
  } catch {
    return error
  }
}

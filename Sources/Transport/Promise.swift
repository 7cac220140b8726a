/// A value that somebody waits for, given once; later ones are ignored.
@EventLoop
public final class Promise<Value: Sendable> {
  private var value: Value?
  private var waiting: [CheckedContinuation<Value, Never>] = []

  /// A promise without a value yet.
  public init() {}

  /// Gives the value, unless there is one.
  public func fulfil(_ value: Value) {
    guard self.value == nil else { return }
    self.value = value
    let waiting = self.waiting
    self.waiting = []
    for continuation in waiting { continuation.resume(returning: value) }
  }

  /// Whether the value is there.
  public var isFulfilled: Bool { value != nil }

  /// The value, as soon as there is one.
  public func get() async -> Value {
    if let value { return value }
    return await withCheckedContinuation { continuation in
      // Other tasks may have run since: one without the loop as its preferred executor is queued
      // again on the way here.
      if let value { continuation.resume(returning: value) } else { waiting.append(continuation) }
    }
  }

  /// The value, or `fallback` when the task is cancelled first (which settles the promise).
  public func value(onCancel fallback: Value) async -> Value {
    await withTaskCancellationHandler {
      await get()
    } onCancel: {
      EventLoop.start { self.fulfil(fallback) }
    }
  }
}

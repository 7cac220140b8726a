import Glibc

/// A value behind a mutex.
///
/// `Synchronization.Mutex` would do, but ThreadSanitizer does not see through it on Linux and
/// reports races that are none; a pthread mutex it understands.
///
/// `@unchecked Sendable`: the value is reached only inside `withLock`, between lock and unlock of
/// the one mutex that belongs to it.
final class Lock<Value: Sendable>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private var value: Value

  init(_ value: Value) {
    self.value = value
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deinitialize(count: 1)
    mutex.deallocate()
  }

  func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body(&value)
  }
}

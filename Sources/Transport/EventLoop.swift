import CSystem
import Glibc
import Synchronization

/// The one thread on which all networking happens: a global actor whose executor is an `epoll`
/// loop.
///
/// Connections, clients and servers are `@EventLoop` classes, so they call each other without
/// hops, locks or copies, and the compiler proves that nothing else touches them. From other
/// isolation, `await` gets in.
///
/// A command line gives it the main thread with ``run(_:)``; in any other program the first
/// use starts a thread of its own.
@globalActor
public actor EventLoop {
  /// The loop.
  public static let shared = EventLoop()

  nonisolated let executor = LoopExecutor()

  /// The executor of everything that is isolated to the loop.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  private init() {}

  /// Makes the calling thread the loop's thread until `body` is done, and gives its result.
  ///
  /// Call it before anything else uses the loop, once in a process.
  public nonisolated static func run<Result: Sendable>(
    _ body: @escaping @EventLoop @Sendable () async -> Result
  ) -> Result {
    let outcome = Lock<Result?>(nil)
    let executor = shared.executor
    executor.claimCurrentThread()
    start {
      let result = await body()
      outcome.withLock { $0 = result }
      // The turn that this job belongs to goes on to wait for events.
      executor.wake()
    }
    while true {
      executor.turn()
      if let result = outcome.withLock({ $0 }) { return result }
    }
  }

  /// Starts a task on the loop that stays there.
  ///
  /// `Task { @EventLoop in … }` would do, but where such a task resumes after a wait, the runtime
  /// first passes it to its own pool of threads, which a small program need not even start.
  @discardableResult
  public nonisolated static func start(
    _ body: @escaping @EventLoop @Sendable () async -> Void
  ) -> Task<Void, Never> {
    Task(executorPreference: shared.executor) { await body() }
  }

  /// Runs `body` as part of the loop; for code that is called on the loop's thread by something
  /// that the compiler cannot see as isolated. Traps on any other thread.
  public nonisolated static func assumeIsolated<Result>(
    _ body: @EventLoop () throws -> Result
  ) rethrows -> Result {
    precondition(shared.executor.isCurrentThread, "not on the event loop's thread")
    // The same step as in `MainActor.assumeIsolated`: the check above is what the type promises.
    typealias Isolated = @EventLoop () throws -> Result
    typealias Plain = () throws -> Result
    return try withoutActuallyEscaping(body) { (isolated: @escaping Isolated) throws -> Result in
      try unsafeBitCast(isolated, to: Plain.self)()
    }
  }
}

/// Runs jobs and readiness callbacks on one thread.
final class LoopExecutor: SerialExecutor, TaskExecutor {
  private struct State: Sendable {
    var jobs: [UnownedJob] = []
    var hasThread = false
    var isSleeping = false
  }

  private let state = Lock(State())
  /// `pthread_self()` of the loop's thread, 0 while there is none.
  private let thread = Atomic<UInt>(0)
  /// An eventfd that ends the wait in `epoll_wait`.
  let wakeup = csystem_eventfd()

  var isCurrentThread: Bool { thread.load(ordering: .acquiring) == UInt(pthread_self()) }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let (needsThread, needsWakeup) = state.withLock { state in
      state.jobs.append(job)
      defer { state.hasThread = true }
      return (!state.hasThread, state.isSleeping)
    }
    if needsThread {
      startThread()
    } else if needsWakeup {
      wake()
    }
  }

  func checkIsolated() {
    precondition(isCurrentThread, "not on the event loop's thread")
  }

  func isIsolatingCurrentContext() -> Bool? { isCurrentThread }

  /// Declares the calling thread to be the loop's.
  func claimCurrentThread() {
    let taken = state.withLock { state in
      defer { state.hasThread = true }
      return state.hasThread
    }
    precondition(!taken, "the event loop has a thread already")
    thread.store(UInt(pthread_self()), ordering: .releasing)
  }

  /// One turn: every job that is ready, then readiness and timers, waiting for them if there is
  /// nothing else to do.
  func turn() {
    runJobs()
    EventLoop.assumeIsolated {
      let reactor = Reactor.shared
      reactor.endTurn()
      let mayWait = state.withLock { state in
        state.isSleeping = state.jobs.isEmpty
        return state.isSleeping
      }
      reactor.poll(mayWait: mayWait)
      state.withLock { $0.isSleeping = false }
      reactor.dispatch()
    }
  }

  private func runJobs() {
    let jobs = state.withLock { state in
      var taken: [UnownedJob] = []
      swap(&taken, &state.jobs)
      return taken
    }
    for job in jobs {
      job.runSynchronously(
        isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
    }
  }

  /// Ends the wait of this turn or the next.
  func wake() {
    var one: UInt64 = 1
    _ = write(wakeup, &one, MemoryLayout<UInt64>.size)
  }

  private func startThread() {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    defer { pthread_attr_destroy(&attributes) }
    var thread = pthread_t()
    let code = pthread_create(
      &thread, &attributes,
      { _ in
        let executor = EventLoop.shared.executor
        executor.thread.store(UInt(pthread_self()), ordering: .releasing)
        while true { executor.turn() }
      }, nil)
    precondition(code == 0, "the event loop's thread cannot be started (error \(code))")
  }
}

import Transport

/// Runs transfers, a bounded number at a time.
@EventLoop
final class TransferQueue {
  private let limit: Int
  private var waiting: [@EventLoop @Sendable () async -> Void] = []
  private var running: [Int: Task<Void, Never>] = [:]
  private var lastNumber = 0

  init(limit: Int) { self.limit = limit }

  var waitingCount: Int { waiting.count }
  var isEmpty: Bool { waiting.isEmpty && running.isEmpty }

  func add(_ transfer: @escaping @EventLoop @Sendable () async -> Void) {
    waiting.append(transfer)
    startNext()
  }

  /// Forgets what waits, and cancels what runs.
  func cancelAll() {
    waiting = []
    for task in running.values { task.cancel() }
    running = [:]
  }

  private func startNext() {
    while running.count < limit, !waiting.isEmpty {
      let transfer = waiting.removeFirst()
      lastNumber += 1
      let number = lastNumber
      running[number] = EventLoop.start { [weak self] in
        await transfer()
        guard let self, self.running.removeValue(forKey: number) != nil else { return }
        self.startNext()
      }
    }
  }
}

import WebSocket

/// Timers in the order of their deadlines: a binary heap, with cancelled ones dropped when they
/// come up (or when they outnumber the living).
struct TimerHeap {
  private var heap: [(deadline: MonotonicTime, number: UInt64)] = []
  private var actions: [UInt64: @EventLoop () -> Void] = [:]

  /// The next deadline of a timer that was not cancelled.
  var earliest: MonotonicTime? {
    mutating get {
      dropCancelled()
      return heap.first?.deadline
    }
  }

  mutating func insert(
    deadline: MonotonicTime, number: UInt64, _ action: @escaping @EventLoop () -> Void
  ) {
    actions[number] = action
    heap.append((deadline, number))
    siftUp(heap.count - 1)
  }

  mutating func cancel(number: UInt64) {
    guard actions.removeValue(forKey: number) != nil else { return }
    guard heap.count > 2 * actions.count + 64 else { return }
    heap.removeAll { actions[$0.number] == nil }
    for index in stride(from: heap.count / 2, through: 0, by: -1) { siftDown(index) }
  }

  /// The next action that is due, of the timers numbered up to `last`.
  mutating func popDue(
    at now: MonotonicTime, upTo last: UInt64 = .max
  ) -> (@EventLoop () -> Void)? {
    dropCancelled()
    guard let first = heap.first, first.deadline <= now, first.number <= last else { return nil }
    removeFirst()
    return actions.removeValue(forKey: first.number)
  }

  private mutating func dropCancelled() {
    while let first = heap.first, actions[first.number] == nil { removeFirst() }
  }

  private mutating func removeFirst() {
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    siftDown(0)
  }

  private func isOrdered(_ a: Int, _ b: Int) -> Bool {
    (heap[a].deadline, heap[a].number) < (heap[b].deadline, heap[b].number)
  }

  private mutating func siftUp(_ start: Int) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 2
      guard isOrdered(child, parent) else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func siftDown(_ start: Int) {
    var parent = start
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && isOrdered(child, least) {
        least = child
      }
      guard least != parent else { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}

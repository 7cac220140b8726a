internal import Glibc

/// Bytes that are appended at one end and taken from the other, in one reused piece of memory.
///
/// Taking only moves an index. Free room is never zeroed. Bytes that were taken stay where they
/// are until the next call that makes room.
struct ByteBuffer: ~Copyable {
  /// Memory beyond this is given back once it is not needed any more.
  static let retainedCapacity = 1 << 20

  private var memory: UnsafeMutableRawPointer?
  private(set) var capacity = 0
  private var head = 0
  private var tail = 0

  deinit {
    free(memory)
  }

  var count: Int { tail &- head }

  /// The bytes that are in the buffer.
  var bytes: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: memory.map { $0 + head }, count: count)
  }

  /// The room behind them.
  var room: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: memory.map { $0 + tail }, count: capacity &- tail)
  }

  /// Counts bytes that were written into the room.
  mutating func commit(_ count: Int) {
    tail &+= min(max(count, 0), capacity &- tail)
  }

  /// Drops bytes from the front.
  mutating func consume(_ count: Int) {
    head &+= min(max(count, 0), tail &- head)
    if head == tail {
      head = 0
      tail = 0
    }
  }

  /// Drops bytes from the back.
  mutating func removeLast(_ count: Int) {
    tail &-= min(max(count, 0), tail &- head)
  }

  /// Drops everything, and gives back what a huge message needed.
  mutating func removeAll() {
    head = 0
    tail = 0
    if capacity > Self.retainedCapacity {
      free(memory)
      memory = nil
      capacity = 0
    }
  }

  mutating func append(_ source: UnsafeRawBufferPointer) {
    guard let from = source.baseAddress, source.count > 0 else { return }
    reserve(source.count)
    room.baseAddress?.copyMemory(from: from, byteCount: source.count)
    tail &+= source.count
  }

  /// Makes room for so many bytes behind the last one.
  ///
  /// Moves the bytes to the front when what was taken is large against what is left, so that
  /// moving costs a constant per byte; grows to at least twice the memory otherwise.
  mutating func reserve(_ wanted: Int) {
    if capacity &- tail >= wanted { return }
    if let memory, capacity &- count >= wanted, head >= count / 4 {
      memory.copyMemory(from: memory + head, byteCount: count)
      tail = count
      head = 0
      return
    }
    relocate(to: max(count + wanted, capacity + capacity, 4096))
  }

  /// Gives back the memory of a huge message when what is left and `wanted` need little of it.
  mutating func releaseExcess(wanted: Int) {
    if capacity > Self.retainedCapacity, count + wanted <= Self.retainedCapacity / 2 {
      relocate(to: count + wanted)
    }
  }

  private mutating func relocate(to newCapacity: Int) {
    if head == 0, count > 0, newCapacity > capacity {
      guard let moved = realloc(memory, newCapacity) else { fatalError("out of memory") }
      memory = moved
    } else {
      guard let fresh = malloc(newCapacity) else { fatalError("out of memory") }
      if let memory { fresh.copyMemory(from: memory + head, byteCount: count) }
      free(memory)
      memory = fresh
      tail = count
      head = 0
    }
    capacity = newCapacity
  }
}

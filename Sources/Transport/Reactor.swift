import CSystem
import Glibc
public import WebSocket

/// What a descriptor is watched for.
public struct Readiness: OptionSet, Sendable {
  /// The bits.
  public let rawValue: UInt8
  /// Takes the bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Bytes, a connection or an end can be read, or the descriptor failed.
  public static let readable = Readiness(rawValue: 1)
  /// Bytes can be written, or the descriptor failed.
  public static let writable = Readiness(rawValue: 2)
}

/// Something that is told when its descriptor is ready.
@EventLoop
public protocol ReadinessHandler: AnyObject {
  /// The descriptor can be read, written, or has failed (then both are reported as far as they
  /// were asked for, so that the next call finds the error).
  func ready(_ readiness: Readiness)
}

/// The loop's eyes and clock: readiness of descriptors through `epoll`, timers, and work put off to
/// the end of a turn.
@EventLoop
public final class Reactor {
  /// The loop's reactor.
  public static let shared = Reactor()

  /// A descriptor under watch.
  public struct Registration: Sendable {
    fileprivate let slot: Int
    fileprivate let generation: UInt32
    fileprivate let descriptor: Int32
  }

  /// A timer that was set.
  public struct TimerID: Hashable, Sendable {
    fileprivate let deadline: MonotonicTime
    fileprivate let number: UInt64
  }

  private struct Slot {
    var handler: (any ReadinessHandler)?
    var generation: UInt32 = 0
  }

  /// The time of this turn: one reading of the clock serves everything that a wake-up brings.
  public private(set) var now = MonotonicTime.current()

  private static let wakeupToken = UInt64.max
  private static let eventCapacity = 64

  private let epoll = csystem_epoll_create()
  private let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: eventCapacity)
  private var readyCount = 0
  private var slots: [Slot] = []
  private var freeSlots: [Int] = []
  private var timers = TimerHeap()
  private var nextTimer: UInt64 = 0
  private var deferred: [@EventLoop () -> Void] = []

  private init() {
    precondition(epoll >= 0, "epoll is not available (error \(errno))")
    _ = csystem_epoll_control(
      epoll, EPOLL_CTL_ADD, EventLoop.shared.executor.wakeup, EPOLLIN.rawValue,
      Self.wakeupToken)
  }

  // MARK: Descriptors

  /// Watches a descriptor and keeps its handler alive until ``remove(_:)``.
  ///
  /// - Throws: ``TransportError/io(operation:code:)`` where the descriptor cannot be watched; a
  ///   regular file, which is always ready, gives `EPERM`.
  public func add(
    _ descriptor: Int32, _ readiness: Readiness, _ handler: any ReadinessHandler
  ) throws(TransportError) -> Registration {
    let slot = freeSlots.popLast() ?? slots.count
    if slot == slots.count { slots.append(Slot()) }
    let registration = Registration(
      slot: slot, generation: slots[slot].generation, descriptor: descriptor)
    let code = control(EPOLL_CTL_ADD, registration, readiness)
    guard code == 0 else {
      freeSlots.append(slot)
      throw .io(operation: "epoll_ctl", code: code)
    }
    slots[slot].handler = handler
    return registration
  }

  /// Changes what a descriptor is watched for; nothing at all is possible too.
  public func change(_ registration: Registration, to readiness: Readiness) {
    guard isCurrent(registration) else { return }
    _ = control(EPOLL_CTL_MOD, registration, readiness)
  }

  /// Ends the watch. Call it before the descriptor is closed.
  public func remove(_ registration: Registration) {
    guard isCurrent(registration) else { return }
    _ = control(EPOLL_CTL_DEL, registration, [])
    slots[registration.slot].handler = nil
    slots[registration.slot].generation &+= 1
    freeSlots.append(registration.slot)
  }

  private func isCurrent(_ registration: Registration) -> Bool {
    slots[registration.slot].generation == registration.generation
      && slots[registration.slot].handler != nil
  }

  private func control(
    _ operation: Int32, _ registration: Registration, _ readiness: Readiness
  ) -> Int32 {
    var events: UInt32 = 0
    if readiness.contains(.readable) { events |= EPOLLIN.rawValue | EPOLLRDHUP.rawValue }
    if readiness.contains(.writable) { events |= EPOLLOUT.rawValue }
    // The generation tells an event for a former owner of the slot from one for the present one.
    let token = UInt64(registration.generation) << 32 | UInt64(UInt32(registration.slot))
    let result = csystem_epoll_control(epoll, operation, registration.descriptor, events, token)
    return result == 0 ? 0 : errno
  }

  // MARK: Timers

  /// Runs `action` once, at or soon after `deadline`.
  @discardableResult
  public func schedule(
    at deadline: MonotonicTime, _ action: @escaping @EventLoop () -> Void
  ) -> TimerID {
    nextTimer &+= 1
    let id = TimerID(deadline: deadline, number: nextTimer)
    timers.insert(deadline: deadline, number: id.number, action)
    return id
  }

  /// Forgets a timer; one that has run already is no error.
  public func cancel(_ timer: TimerID) {
    timers.cancel(number: timer.number)
  }

  /// Runs `action` when everything that is ready now has been dealt with, before the loop waits
  /// again: the place to gather small writes.
  public func atEndOfTurn(_ action: @escaping @EventLoop () -> Void) {
    deferred.append(action)
  }

  // MARK: Turns

  func endTurn() {
    while !deferred.isEmpty {
      var actions: [@EventLoop () -> Void] = []
      swap(&actions, &deferred)
      for action in actions { action() }
    }
  }

  func poll(mayWait: Bool) {
    var timeout: Int32 = 0
    if mayWait && deferred.isEmpty {
      timeout = timers.earliest.map { deadline in
        let wait = deadline.nanoseconds &- MonotonicTime.current().nanoseconds
        // Rounded up, or the loop would spin through the last millisecond.
        return wait <= 0 ? 0 : Int32(clamping: (wait &+ 999_999) / 1_000_000)
      } ?? -1
    }
    readyCount = max(0, Int(epoll_wait(epoll, events, Int32(Self.eventCapacity), timeout)))
    now = MonotonicTime.current()
  }

  func dispatch() {
    for index in 0..<readyCount {
      let event = events[index]
      if event.data.u64 == Self.wakeupToken {
        var count: UInt64 = 0
        _ = read(EventLoop.shared.executor.wakeup, &count, MemoryLayout<UInt64>.size)
        continue
      }
      let slot = Int(event.data.u64 & 0xFFFF_FFFF)
      let generation = UInt32(truncatingIfNeeded: event.data.u64 >> 32)
      guard slots[slot].generation == generation, let handler = slots[slot].handler else {
        continue
      }
      let failed = event.events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0
      var readiness: Readiness = failed ? [.readable, .writable] : []
      if event.events & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue) != 0 {
        readiness.insert(.readable)
      }
      if event.events & EPOLLOUT.rawValue != 0 { readiness.insert(.writable) }
      handler.ready(readiness)
    }
    readyCount = 0
    while let action = timers.popDue(at: now) { action() }
  }
}

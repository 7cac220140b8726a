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
  public static let readable = Readiness(rawValue: UInt8(CSYSTEM_READABLE))
  /// Bytes can be written, or the descriptor failed.
  public static let writable = Readiness(rawValue: UInt8(CSYSTEM_WRITABLE))

  fileprivate var wanted: UInt32 { UInt32(rawValue) }

  /// A failure counts as everything: the next read or write will meet it.
  fileprivate init(found: UInt32) {
    self =
      found & UInt32(CSYSTEM_FAILED) != 0
      ? [.readable, .writable] : Readiness(rawValue: UInt8(truncatingIfNeeded: found))
  }
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

    /// The generation tells an event for a former owner of the slot from one for the present one.
    fileprivate var token: UInt64 { UInt64(generation) << 32 | UInt64(UInt32(slot)) }
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
  private let events = UnsafeMutablePointer<csystem_event>.allocate(capacity: eventCapacity)
  private var readyCount = 0
  private var slots: [Slot] = []
  private var freeSlots: [Int] = []
  private var timers = TimerHeap()
  private var nextTimer: UInt64 = 0
  private var deferred: [@EventLoop () -> Void] = []

  private init() {
    precondition(epoll >= 0, "epoll is not available (error \(errno))")
    _ = csystem_epoll_add(
      epoll, EventLoop.shared.executor.wakeup, UInt32(CSYSTEM_READABLE), Self.wakeupToken)
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
    guard csystem_epoll_add(epoll, descriptor, readiness.wanted, registration.token) == 0 else {
      let code = errno
      freeSlots.append(slot)
      throw .io(operation: "epoll_ctl", code: code)
    }
    slots[slot].handler = handler
    return registration
  }

  /// Changes what a descriptor is watched for; nothing at all is possible too.
  public func change(_ registration: Registration, to readiness: Readiness) {
    guard isCurrent(registration) else { return }
    _ = csystem_epoll_change(
      epoll, registration.descriptor, readiness.wanted, registration.token)
  }

  /// Ends the watch. Call it before the descriptor is closed.
  public func remove(_ registration: Registration) {
    guard isCurrent(registration) else { return }
    _ = csystem_epoll_remove(epoll, registration.descriptor)
    slots[registration.slot].handler = nil
    slots[registration.slot].generation &+= 1
    freeSlots.append(registration.slot)
  }

  private func isCurrent(_ registration: Registration) -> Bool {
    slots[registration.slot].generation == registration.generation
      && slots[registration.slot].handler != nil
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
      timeout =
        timers.earliest.map { deadline in
          let wait = deadline.nanoseconds &- MonotonicTime.current().nanoseconds
          // Rounded up, or the loop would spin through the last millisecond.
          return wait <= 0 ? 0 : Int32(clamping: (wait &+ 999_999) / 1_000_000)
        } ?? -1
    }
    readyCount = max(
      0, Int(csystem_epoll_wait(epoll, events, Int32(Self.eventCapacity), timeout)))
    now = MonotonicTime.current()
  }

  func dispatch() {
    for index in 0..<readyCount {
      let event = events[index]
      if event.token == Self.wakeupToken {
        var count: UInt64 = 0
        _ = read(EventLoop.shared.executor.wakeup, &count, MemoryLayout<UInt64>.size)
        continue
      }
      let slot = Int(event.token & 0xFFFF_FFFF)
      let generation = UInt32(truncatingIfNeeded: event.token >> 32)
      guard slots[slot].generation == generation, let handler = slots[slot].handler else {
        continue
      }
      let readiness = Readiness(found: event.found)
      handler.ready(readiness)
    }
    readyCount = 0
    // What these timers set for now belongs to the next turn: work that puts itself off again and
    // again would hold up everything else for good.
    let last = nextTimer
    while let action = timers.popDue(at: now, upTo: last) { action() }
  }
}

import Foundation
import Testing
import WebSocket

@testable import Transport

@EventLoop
struct ReactorTests {
  // MARK: Timers

  @Test func timersRunInTheOrderOfTheirDeadlines() async throws {
    let reactor = Reactor.shared
    let start = reactor.now
    let fired = Mailbox<Int>("a timer")
    for delay in [30, 10, 20, 0, 10] {
      reactor.schedule(at: start.advanced(byMilliseconds: Int64(delay))) {
        #expect(reactor.now >= start.advanced(byMilliseconds: Int64(delay)))
        fired.put(delay)
      }
    }
    for delay in [0, 10, 10, 20, 30] { #expect(try await fired.next() == delay) }
  }

  @Test func aCancelledTimerNeverRuns() async throws {
    let reactor = Reactor.shared
    let fired = Mailbox<String>("a timer")
    let soon = reactor.now.advanced(byMilliseconds: 5)
    let cancelled = reactor.schedule(at: soon) { fired.put("cancelled") }
    reactor.schedule(at: soon) { fired.put("kept") }
    reactor.cancel(cancelled)
    reactor.schedule(at: soon.advanced(byMilliseconds: 5)) { fired.put("later") }
    #expect(try await fired.next() == "kept")
    #expect(try await fired.next() == "later")
    // To cancel it again, or one that has run, is no error.
    reactor.cancel(cancelled)
  }

  @Test func aTimerMayCancelTheNext() async throws {
    let reactor = Reactor.shared
    let fired = Mailbox<String>("a timer")
    let soon = reactor.now.advanced(byMilliseconds: 2)
    let second = Mailbox<Reactor.TimerID>("the second timer")
    reactor.schedule(at: soon) {
      fired.put("first")
      if let second = second.takeFirst() { reactor.cancel(second) }
    }
    second.put(reactor.schedule(at: soon) { fired.put("second") })
    reactor.schedule(at: soon) { fired.put("third") }
    #expect(try await fired.next() == "first")
    #expect(try await fired.next() == "third")
  }

  /// Else work that puts itself off again and again would hold up everything else for good.
  @Test func whatATimerSetsForNowWaitsForTheNextTurn() async throws {
    let reactor = Reactor.shared
    let order = Mailbox<String>("a step")
    reactor.schedule(at: reactor.now) {
      order.put("timer")
      reactor.schedule(at: reactor.now) { order.put("timer set by it") }
      reactor.atEndOfTurn { order.put("end of turn") }
    }
    #expect(try await order.next() == "timer")
    #expect(try await order.next() == "end of turn")
    #expect(try await order.next() == "timer set by it")
  }

  @Test func whatIsPutOffAtTheEndOfATurnStillBelongsToIt() async throws {
    let order = Mailbox<String>("a step")
    Reactor.shared.atEndOfTurn {
      order.put("first")
      Reactor.shared.atEndOfTurn { order.put("second") }
    }
    #expect(try await order.next() == "first")
    #expect(try await order.next() == "second")
  }

  // MARK: Descriptors

  @Test func tellsOfBytesAndOfTheEnd() async throws {
    let pipe = try TestPipe()
    let watcher = Watcher()
    let registration = try Reactor.shared.add(pipe.reading, .readable, watcher)
    pipe.write("x")
    #expect(try await watcher.seen.next() == .readable)
    Reactor.shared.change(registration, to: [])
    pipe.closeWriting()
    // Everything is reported as far as a failure or a hang-up goes.
    Reactor.shared.change(registration, to: .readable)
    #expect(try await watcher.seen.next().contains(.readable))
    Reactor.shared.remove(registration)
    // Twice is no error, and the slot may have another owner.
    Reactor.shared.remove(registration)
  }

  @Test func aRegularFileCannotBeWatched() throws {
    let file = open("/etc/passwd", O_RDONLY)
    try #require(file >= 0)
    defer { close(file) }
    #expect(throws: TransportError.io(operation: "epoll_ctl", code: EPERM)) {
      _ = try Reactor.shared.add(file, .readable, Watcher())
    }
  }

  /// Two descriptors are ready in one turn; the first handler called replaces the second by another,
  /// which gets the same slot but must not get its event.
  @Test func anEventForAFormerOwnerIsDropped() async throws {
    let reactor = Reactor.shared
    let pipes = [try TestPipe(), try TestPipe()]
    let quiet = try TestPipe()
    let newcomer = Watcher()
    let calls = Mailbox<Int>("a call")
    var registrations: [Reactor.Registration] = []
    for index in 0..<2 {
      let handler = Watcher { _ in
        calls.put(index)
        for registration in registrations { reactor.remove(registration) }
        registrations = []
        if let added = try? reactor.add(quiet.reading, .readable, newcomer) {
          registrations.append(added)
        }
      }
      registrations.append(try reactor.add(pipes[index].reading, .readable, handler))
    }
    for pipe in pipes { pipe.write("x") }
    _ = try await calls.next()
    await nextTurn()
    #expect(calls.count == 0)
    #expect(newcomer.seen.count == 0)
    quiet.write("y")
    #expect(try await newcomer.seen.next() == .readable)
    for registration in registrations { reactor.remove(registration) }
  }
}

/// Notes what it is told.
@EventLoop
private final class Watcher: ReadinessHandler {
  let seen = Mailbox<Readiness>("readiness")
  private let action: (@EventLoop (Readiness) -> Void)?

  init(_ action: (@EventLoop (Readiness) -> Void)? = nil) { self.action = action }

  func ready(_ readiness: Readiness) {
    // Level-triggered: one entry is enough.
    if seen.count == 0 { seen.put(readiness) }
    action?(readiness)
  }
}

/// A pipe of the system.
private final class TestPipe {
  let reading: Int32
  private var writing: Int32

  init() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    (reading, writing) = (ends[0], ends[1])
  }

  func write(_ text: String) { _ = Glibc.write(writing, text, text.utf8.count) }

  func closeWriting() {
    close(writing)
    writing = -1
  }

  deinit {
    close(reading)
    if writing >= 0 { close(writing) }
  }
}

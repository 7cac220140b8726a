import Foundation
import Glibc
import InstClient
import Transport
import WebSocket

/// A server, a link for each of its clients, and the faults of a plan.
@EventLoop
final class ChaosRun {
  private let plan: ChaosPlan
  private let server: ServerProcess
  private let links: [FlakyLink]
  private let writers: [any Writer]
  private let watchers: [any Watcher]
  private var memory = MemoryLog()
  /// What was done, the latest last.
  private(set) var events: [String] = []
  private let started = MonotonicTime.current()
  private let tellsProgress: Bool
  private var problem: String?
  /// The faults that are not over.
  private var underWay = 0
  /// The last fault of the server process: they come one after the other.
  private var serverFault: Task<Void, Never>?

  init(_ plan: ChaosPlan, in folder: URL, tellsProgress: Bool) async throws {
    self.plan = plan
    self.tellsProgress = tellsProgress
    server = try await ServerProcess(in: folder, isSecure: plan.isSecure)
    guard let address = SocketAddress(literal: "127.0.0.1", port: server.port) else {
      throw ChaosFailure("no address")
    }
    links = try (0..<ChaosPlan.writerCount + ChaosPlan.watcherCount).map { _ in
      try FlakyLink(to: address, isSecure: plan.isSecure)
    }
    var writers: [any Writer] = []
    for number in 0..<ChaosPlan.writerCount - 1 {
      writers.append(try LibraryWriter(number, of: plan.updates, over: links[number]))
    }
    let last = ChaosPlan.writerCount - 1
    writers.append(try ProgramWriter(last, of: plan.updates, over: links[last], in: folder))
    self.writers = writers
    watchers = [
      try LibraryWatcher(of: plan.updates, over: links[last + 1]),
      try ProgramWatcher(of: plan.updates, over: links[last + 2], in: folder),
    ]
    server.onUnexpectedEnd = { [weak self] in self?.fail($0) }
  }

  /// Runs the whole plan; throws what did not go as it must.
  func run() async throws {
    defer { abandon() }
    // The first connection of a program must succeed.
    release(1)
    try await settle(1, withPrograms: true, "at first")
    for (index, step) in plan.steps.enumerated() {
      release(plan.released(at: index))
      await pass(milliseconds: step.leadMilliseconds)
      begin(step.fault, index)
      await pass(milliseconds: step.pauseMilliseconds)
      if (index + 1) % ChaosPlan.stepsPerRound == 0 {
        try await settle(plan.released(at: index), "after fault \(index + 1)")
        sampleMemory(after: index + 1)
      }
    }
    release(plan.updates.perWriter)
    try await settle(plan.updates.perWriter, withPrograms: true, "at the end")
    sampleMemory(after: plan.steps.count)
    try checkEnd()
    try memory.check(stateSize: plan.updates.size)
    for writer in writers { try await writer.end() }
    for watcher in watchers { try await watcher.end() }
    try await checkServer()
  }

  private func release(_ count: Int) { for writer in writers { writer.release(upTo: count) } }

  private func fail(_ text: String) { problem = problem ?? text }

  private func note(_ text: String) {
    let time = MonotonicTime.current().nanoseconds(since: started) / 1_000_000
    events.append("\(time) ms: \(text)")
    if events.count > 40 { events.removeFirst() }
  }

  private func abandon() {
    for writer in writers { writer.abandon() }
    for watcher in watchers { watcher.abandon() }
    for link in links { link.close() }
    server.kill()
  }
}

// MARK: - Faults

extension ChaosRun {
  private func begin(_ fault: Fault, _ index: Int) {
    note("fault \(index + 1): \(fault)")
    underWay += 1
    switch fault {
    case .restart(let signal, let milliseconds, let options):
      afterOtherServerFaults {
        try await self.server.end(signal)
        await pass(milliseconds: milliseconds)
        try self.server.startAgain(options)
      }
    case .freeze(let milliseconds):
      afterOtherServerFaults {
        self.server.freeze(true)
        await pass(milliseconds: milliseconds)
        self.server.freeze(false)
      }
    case .cut(let links, let direction, let count, let resets, let milliseconds):
      during(milliseconds, on: links) {
        $0.cut = FlakyLink.Cut(direction: direction, bytesLeft: count, resets: resets)
      } end: {
        $0.endCutting()
      }
    case .stall(let links, let directions, let milliseconds):
      during(milliseconds, on: links) {
        $0.weather.stalled.formUnion(directions)
      } end: {
        $0.weather.stalled.subtract(directions)
      }
    case .delay(let links, let latency, let milliseconds):
      during(milliseconds, on: links) {
        $0.weather.latencyMilliseconds = latency
      } end: {
        $0.weather.latencyMilliseconds = 0
      }
    case .crumble(let links, let size, let milliseconds):
      during(milliseconds, on: links) {
        $0.weather.pieceSize = size
      } end: {
        $0.weather.pieceSize = nil
      }
    case .refuse(let links, let milliseconds):
      during(milliseconds, on: links) {
        $0.refuse()
      } end: {
        $0.open()
      }
    }
  }

  private func during(
    _ milliseconds: Int64, on numbers: Set<Int>, begin: @EventLoop (FlakyLink) -> Void,
    end: @escaping @EventLoop (FlakyLink) -> Void
  ) {
    let chosen = numbers.sorted().map { links[$0] }
    for link in chosen { begin(link) }
    Reactor.shared.schedule(at: .current().advanced(byMilliseconds: milliseconds)) {
      for link in chosen { end(link) }
      self.underWay -= 1
    }
  }

  private func afterOtherServerFaults(_ action: @escaping @EventLoop () async throws -> Void) {
    let earlier = serverFault
    serverFault = EventLoop.start {
      await earlier?.value
      do { try await action() } catch { self.fail("\(error)") }
      self.underWay -= 1
    }
  }
}

// MARK: - What must be so

extension ChaosRun {
  /// Waits until nothing goes wrong any more, and then until every update that was released is
  /// acknowledged and has been seen by every watcher.
  ///
  /// - Parameter withPrograms: wait for the programs, too, which can take longer.
  private func settle(_ released: Int, withPrograms: Bool = false, _ place: String) async throws {
    try await within(milliseconds: 60_000, "the faults \(place) did not end") { underWay == 0 }
    try await server.awaitListening()
    let calm = MonotonicTime.current()
    try await within(milliseconds: Patience.library, "\(standing(released)) \(place)") {
      try checkProblems()
      return isSettled(released) { !($0 is ProgramWriter) && !($0 is ProgramWatcher) }
    }
    if withPrograms {
      try await within(milliseconds: Patience.programs, "\(standing(released)) \(place)") {
        try checkProblems()
        return isSettled(released) { _ in true }
      }
    }
    let took = MonotonicTime.current().nanoseconds(since: calm) / 1_000_000
    note("\(place): all of \(released) updates each after \(took) ms")
    if tellsProgress, let event = events.last { tell(event) }
  }

  /// Whether the writers and watchers that count have all that was released.
  private func isSettled(_ released: Int, who counts: (AnyObject) -> Bool) -> Bool {
    let counting = writers.indices.filter { counts(writers[$0]) }
    return counting.allSatisfy { writers[$0].acknowledgements.count >= released }
      && watchers.allSatisfy { watcher in
        !counts(watcher)
          || counting.allSatisfy { watcher.sightings.distinctCounts[$0] >= released }
      }
  }

  private func standing(_ released: Int) -> String {
    let acknowledged = writers.map { $0.acknowledgements.count }
    let seen = watchers.map { watcher in watcher.sightings.distinctCounts }
    return "of \(released) updates each, \(acknowledged) were acknowledged and \(seen) seen"
  }

  private func checkProblems() throws {
    if let problem { throw ChaosFailure(problem) }
    for (number, writer) in writers.enumerated() {
      if let problem = writer.acknowledgements.problem {
        throw ChaosFailure("writer \(number): \(problem)")
      }
    }
    for (number, watcher) in watchers.enumerated() {
      if let problem = watcher.problem { throw ChaosFailure("watcher \(number): \(problem)") }
    }
  }

  private func checkEnd() throws {
    try checkProblems()
    for (number, writer) in writers.enumerated() {
      guard writer.acknowledgements.count == plan.updates.perWriter else {
        throw ChaosFailure(
          "writer \(number) was told \(writer.acknowledgements.count) times of "
            + "\(plan.updates.perWriter) updates")
      }
    }
    for (number, watcher) in watchers.enumerated() {
      try watcher.sightings.check("watcher \(number)", haveAll: plan.updates.perWriter)
    }
  }

  /// The server has every update, no more often than it was sent, and has the same after a restart.
  private func checkServer() async throws {
    let stored = try await storedUpdates()
    var sightings = Sightings(of: plan.updates)
    for text in stored { Array(text.utf8).withUnsafeBytes { sightings.add($0) } }
    try sightings.check("the server", haveAll: plan.updates.perWriter)
    for (number, writer) in writers.enumerated() {
      let tries = writer.acknowledgements.tries
      for (update, copies) in sightings.counts[number].enumerated() where copies > tries[update] {
        throw ChaosFailure(
          "the server has update \(update) of writer \(number) \(copies) times, "
            + "but it was sent \(tries[update]) times")
      }
    }
    try await server.end(.terminate)
    try server.startAgain()
    try await server.awaitListening()
    guard try await storedUpdates() == stored else {
      throw ChaosFailure("after one more restart the server has other updates than before")
    }
    try await server.end(.terminate)
  }

  private func storedUpdates() async throws -> [String] {
    let url = WebSocketURL(
      isSecure: plan.isSecure, host: "127.0.0.1", port: server.port, target: "/websocket")
    let client = try InstRecordsClient.impatient(url, name: "reader", compresses: false)
    client.connect()
    let updates = try await client.getBranchUpdates(chaosBranch).updates
    client.disconnect()
    await client.finished()
    return updates
  }

  private func sampleMemory(after faults: Int) {
    var bytes: [String: Int] = [:]
    bytes[MemoryLog.server] = server.residentBytes
    bytes["the client's process"] = residentMemory(of: getpid())
    for case let writer as ProgramWriter in writers { bytes["add-updates"] = writer.residentBytes }
    for case let watcher as ProgramWatcher in watchers { bytes["watch"] = watcher.residentBytes }
    memory.add(bytes, share: Double(faults) / Double(max(1, plan.steps.count)))
  }

  /// What a run was like, in a few words.
  var summary: String {
    let tries = writers.map { $0.acknowledgements.tries.reduce(0, +) }
    let connections = links.map(\.acceptedCount)
    let milliseconds = MonotonicTime.current().nanoseconds(since: started) / 1_000_000
    return """
      seed \(plan.seed)\(plan.isSecure ? " over TLS" : ""): \(plan.steps.count) faults, \(plan.updates.perWriter) updates of each writer, \
      sent \(tries) times over \(connections) connections in \(milliseconds) ms; \(memory.description)
      """
  }
}

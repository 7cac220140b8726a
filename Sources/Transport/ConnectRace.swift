import Glibc
import WebSocket

/// Connects to the first of several addresses that answers, both families raced (RFC 8305).
///
/// Attempts start 250 ms apart, at once when the one before has failed, and the first to succeed
/// ends the others.
@EventLoop
final class ConnectRace {
  /// RFC 8305 section 5: the delay between two attempts.
  static let attemptDelay: Int64 = 250_000_000

  typealias Outcome = Result<Socket, TransportError>

  private var remaining: ArraySlice<SocketAddress>
  private var attempts: [Attempt] = []
  private var nextStart: Reactor.TimerID?
  private var firstError: TransportError?
  private var done: (@EventLoop (Outcome) -> Void)?

  private init(_ addresses: [SocketAddress], done: @escaping @EventLoop (Outcome) -> Void) {
    remaining = Self.interleaved(addresses)[...]
    self.done = done
  }

  /// Starts a race; `done` is called once, unless the race is ``cancel()``led.
  static func start(
    _ addresses: [SocketAddress], done: @escaping @EventLoop (Outcome) -> Void
  ) -> ConnectRace {
    let race = ConnectRace(addresses, done: done)
    race.startNext()
    return race
  }

  /// Ends every attempt without a word.
  func cancel() {
    done = nil
    stop()
  }

  /// RFC 8305 section 4: families take turns, in the resolver's order, beginning with its first.
  nonisolated static func interleaved(_ addresses: [SocketAddress]) -> [SocketAddress] {
    guard let family = addresses.first?.family else { return [] }
    let first = addresses.filter { $0.family == family }
    let second = addresses.filter { $0.family != family }
    var result: [SocketAddress] = []
    for index in 0..<max(first.count, second.count) {
      if index < first.count { result.append(first[index]) }
      if index < second.count { result.append(second[index]) }
    }
    return result
  }

  private func startNext() {
    if let nextStart { Reactor.shared.cancel(nextStart) }
    nextStart = nil
    guard let address = remaining.popFirst() else {
      if attempts.isEmpty { finish(.failure(firstError ?? .cancelled)) }
      return
    }
    do throws(TransportError) {
      let socket = try Socket(family: address.family)
      let code = socket.startConnecting(to: address)
      if code == 0 { return finish(.success(socket)) }
      guard code == EINPROGRESS else { throw connectError(address, code) }
      let attempt = Attempt(address, socket, race: self)
      attempt.registration = try Reactor.shared.add(socket.descriptor, .writable, attempt)
      attempts.append(attempt)
    } catch {
      return failed(error)
    }
    guard !remaining.isEmpty else { return }
    nextStart = Reactor.shared.schedule(
      at: Reactor.shared.now.advanced(byNanoseconds: Self.attemptDelay)
    ) { [weak self] in self?.startNext() }
  }

  private func failed(_ error: TransportError) {
    // The first error is about the address that the system prefers: the one to report.
    firstError = firstError ?? error
    startNext()
  }

  fileprivate func settled(_ attempt: Attempt) {
    attempts.removeAll { $0 === attempt }
    attempt.stop()
    let code = attempt.socket.takeError()
    if code == 0 {
      finish(.success(attempt.socket))
    } else {
      failed(connectError(attempt.address, code))
    }
  }

  private func finish(_ outcome: Outcome) {
    stop()
    let done = self.done
    self.done = nil
    done?(outcome)
  }

  private func stop() {
    if let nextStart { Reactor.shared.cancel(nextStart) }
    nextStart = nil
    for attempt in attempts { attempt.stop() }
    attempts = []
    remaining = []
  }
}

/// One address of a race.
@EventLoop
private final class Attempt: ReadinessHandler {
  let address: SocketAddress
  let socket: Socket
  var registration: Reactor.Registration?
  private weak var race: ConnectRace?

  init(_ address: SocketAddress, _ socket: Socket, race: ConnectRace) {
    self.address = address
    self.socket = socket
    self.race = race
  }

  func ready(_ readiness: Readiness) { race?.settled(self) }

  func stop() {
    if let registration { Reactor.shared.remove(registration) }
    registration = nil
  }
}

private func connectError(_ address: SocketAddress, _ code: Int32) -> TransportError {
  code == ECONNREFUSED
    ? .connectionRefused(address: address.description)
    : .unreachable(address: address.description, code: code)
}

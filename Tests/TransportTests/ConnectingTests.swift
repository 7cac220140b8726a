import Foundation
import Testing
import WebSocket

@testable import Transport

/// From a name to a connected socket.
@EventLoop
struct ConnectingTests {
  private func connect(
    _ host: String, _ port: UInt16, milliseconds: Int64 = patience,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async -> TransportError? {
    await errorThrown(sourceLocation: sourceLocation) { () async throws(TransportError) in
      try await ByteStream.connect(
        host: host, port: port, tls: nil, deadline: Deadline(milliseconds: milliseconds))
    }
  }

  @Test func nobodyListens() async throws {
    let port = try unusedPort()
    #expect(
      await connect("127.0.0.1", port) == .connectionRefused(address: "127.0.0.1:\(port)"))
  }

  @Test func theNameIsUnknown() async throws {
    let host = "no-such-host.invalid"
    switch await connect(host, 80) {
    case .nameNotFound(host), .nameLookupFailed(host, _): break  // The latter without a network.
    case let other: Issue.record("\(String(describing: other))")
    }
  }

  @Test func aNameThatCannotBeOne() async throws {
    let host = "a..b"
    switch await connect(host, 80) {
    case .nameNotFound(host), .nameLookupFailed(host, _): break
    case let other: Issue.record("\(String(describing: other))")
    }
  }

  @Test func localhostIsReachedThoughOnlyOneFamilyListens() async throws {
    let peer = try ScriptedPeer([.upgrade(then: frame(1, Array("hi".utf8))), .readToEnd])
    let url = WebSocketURL(isSecure: false, host: "localhost", port: peer.port, target: "/")
    let (channel, recorder) = try await WebSocketChannel.recorded(to: url)
    #expect(try await recorder.messages.next() == .text("hi"))
    #expect(channel.peerAddress?.port == peer.port)
    channel.abort()
  }

  @Test func eachStepIsReported() async throws {
    let peer = try ScriptedPeer([.upgrade(), .readToEnd])
    let reports = Mailbox<String>("a step")
    let channel = try await WebSocketChannel.connect(
      to: peer.url, options: ConnectOptions(), deadline: .patient(),
      report: { reports.put("\($0.step.rawValue): \($0.summary)") })
    let address = "127.0.0.1:\(peer.port)"
    #expect(try await reports.next() == "name: 127.0.0.1 is \(address)")
    #expect(try await reports.next() == "tcp: connected to \(address)")
    #expect(try await reports.next() == "upgrade: /: without compression")
    channel.abort()
  }

  // MARK: Several addresses

  private func race(_ addresses: [SocketAddress]) async throws -> ConnectRace.Outcome {
    let outcome = Mailbox<ConnectRace.Outcome>("the end of the race")
    let race = ConnectRace.start(addresses) { outcome.put($0) }
    defer { race.cancel() }
    return try await outcome.next()
  }

  private func loopback(_ port: UInt16) throws -> SocketAddress {
    try #require(SocketAddress(literal: "127.0.0.1", port: port))
  }

  @Test func aRefusalStartsTheNextAttemptAtOnce() async throws {
    let peer = try ScriptedPeer([.readToEnd])
    let refused = try #require(SocketAddress(literal: "::1", port: try unusedPort()))
    let outcome = try await race([refused, try loopback(peer.port)])
    #expect(try outcome.get().peerAddress?.port == peer.port)
  }

  @Test func silenceStartsTheNextAttemptAfterADelay() async throws {
    let silent = try FullBacklog()
    let peer = try ScriptedPeer([.readToEnd])
    let start = MonotonicTime.current()
    let outcome = try await race([try loopback(silent.port), try loopback(peer.port)])
    #expect(try outcome.get().peerAddress?.port == peer.port)
    #expect(MonotonicTime.current().nanoseconds(since: start) >= ConnectRace.attemptDelay)
  }

  @Test func theErrorIsThatOfTheFirstAddress() async throws {
    let addresses = try [try unusedPort(), try unusedPort()].map(loopback)
    let outcome = try await race(addresses)
    #expect(throws: TransportError.connectionRefused(address: addresses[0].description)) {
      try outcome.get()
    }
  }

  @Test func aCancelledRaceSaysNothing() async throws {
    let silent = try FullBacklog()
    let outcome = Mailbox<ConnectRace.Outcome>("the end of the race")
    let race = ConnectRace.start([try loopback(silent.port)]) { outcome.put($0) }
    race.cancel()
    await nextTurn()
    #expect(outcome.count == 0)
  }

  // MARK: Nobody answers

  @Test func theDeadlineHoldsWhereNobodyAnswers() async throws {
    let silent = try FullBacklog()
    let start = MonotonicTime.current()
    #expect(
      await connect("127.0.0.1", silent.port, milliseconds: 1000)
        == .timedOut(step: .tcp, milliseconds: 1000))
    #expect(MonotonicTime.current().nanoseconds(since: start) >= 1_000_000_000)
  }

  @Test func aDeadlineInThePastFailsInOrder() async throws {
    let silent = try FullBacklog()
    #expect(
      await connect("127.0.0.1", silent.port, milliseconds: -5)
        == .timedOut(step: .tcp, milliseconds: -5))
  }

  @Test func givenUpByItsOwner() async throws {
    let silent = try FullBacklog()
    let errors = Mailbox<TransportError?>("the error")
    let port = silent.port
    let task = EventLoop.start { errors.put(await connect("127.0.0.1", port)) }
    await nextTurn()
    task.cancel()
    #expect(try await errors.next() == .cancelled)
  }

  // MARK: Listening

  @Test func anAddressInUse() async throws {
    let first = try Listener(host: "127.0.0.1", port: 0) { _ in }
    defer { first.close() }
    let address = first.address
    #expect(address.port > 0)
    #expect(throws: TransportError.addressInUse(address: address.description)) {
      _ = try Listener(host: "127.0.0.1", port: address.port) { _ in }
    }
  }

  @Test func aListenerThatWasClosedFreesItsAddress() async throws {
    let first = try Listener(host: "127.0.0.1", port: 0) { _ in }
    let port = first.address.port
    first.close()
    first.close()
    #expect(await connect("127.0.0.1", port) == .connectionRefused(address: "127.0.0.1:\(port)"))
  }

  @Test func listeningNeedsALiteral() async throws {
    #expect(throws: TransportError.nameNotFound(host: "example.com")) {
      _ = try Listener(host: "example.com", port: 0) { _ in }
    }
  }

  @Test func manyConnectionsAtOnce() async throws {
    let accepted = Mailbox<SocketAddress?>("a connection")
    let listener = try Listener(host: "::1", port: 0) { accepted.put($0.peerAddress) }
    defer { listener.close() }
    let port = listener.address.port
    for _ in 0..<200 {
      EventLoop.start {
        _ = try? await ByteStream.connect(
          host: "::1", port: port, tls: nil, deadline: .patient())
      }
    }
    for _ in 0..<200 { #expect(try await accepted.next()?.host == "::1") }
  }

  private func unusedPort() throws -> UInt16 {
    let (descriptor, port) = try listeningSocket(backlog: 1)
    close(descriptor)
    return port
  }
}

/// A socket that listens but takes no more connections: who tries hears nothing at all.
private final class FullBacklog {
  let port: UInt16
  private let listener: Int32
  private var fillers: [Int32] = []

  init() throws {
    (listener, port) = try listeningSocket(backlog: 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    address.sin_port = port.bigEndian
    var unanswered = 0
    for _ in 0..<16 {
      let filler = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
      fillers.append(filler)
      let connected = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          Glibc.connect(filler, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
      }
      var entry = pollfd(fd: filler, events: Int16(POLLOUT), revents: 0)
      // One without an answer may be a machine that is busy; it fills what place there was.
      if !connected && poll(&entry, 1, 250) == 0 { unanswered += 1 }
      if unanswered == 2 { return }
    }
    Issue.record("the backlog does not fill up")
  }

  deinit {
    for filler in fillers { close(filler) }
    close(listener)
  }
}

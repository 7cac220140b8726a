import Glibc
import WebSocket

/// A connected stream of bytes, TCP or TLS over it: reads and writes that never block, and word of
/// when to try again.
@EventLoop
public final class ByteStream: ReadinessHandler {
  /// What a read gave.
  public enum ReadResult: Hashable, Sendable {
    /// That many bytes, at least one.
    case bytes(Int)
    /// Nothing is there now.
    case wouldBlock
    /// The peer will send no more.
    case end
  }

  /// Called when a read or a write is worth another try.
  public var onReady: (@EventLoop (Readiness) -> Void)?

  private let socket: Socket
  private var tls: TLSEngine?
  private let tlsContext: TLSContext?
  private let peerName: String
  private var registration: Reactor.Registration?
  private var interest: Readiness = []
  private var waiter: Waiter?
  /// Whether the peer's end came without TLS's own farewell (RFC 8446 section 6.1), so that anybody
  /// may have cut the connection. Without TLS nothing is known, and this is false.
  public private(set) var wasCutOff = false
  /// The last read took all there was: the next one can save the system call.
  private var isDrained = false

  /// Ciphertext on its way into OpenSSL: one buffer serves every stream of the loop.
  private static let ciphertext = UnsafeMutableRawBufferPointer.allocate(
    byteCount: 128 * 1024, alignment: 16)

  private init(socket: Socket, tls: consuming TLSEngine?, context: TLSContext?, peerName: String) {
    self.socket = socket
    self.tls = tls
    self.tlsContext = context
    self.peerName = peerName
  }

  /// The address of the peer.
  public var peerAddress: SocketAddress? { socket.peerAddress }

  /// Whether TLS is spoken.
  public var isEncrypted: Bool { tlsContext != nil }

  /// The version of TLS, and whether an earlier session was resumed; nil without TLS.
  public var tlsSummary: String? {
    guard let version = tls?.version, let isResumed = tls?.isResumed else { return nil }
    return isResumed ? "\(version), resumed" : version
  }

  // MARK: Opening

  /// A stream to `host`: name, TCP and TLS steps within one deadline.
  ///
  /// - Parameters:
  ///   - host: name or IP address.
  ///   - port: the port.
  ///   - context: settings for TLS, nil for plain TCP.
  ///   - network: the way there.
  ///   - deadline: by when all of it must be done.
  ///   - report: told of each step that is done, with its facts.
  public static func connect(
    host: String, port: UInt16, tls context: TLSContext?,
    network: NetworkOptions = NetworkOptions(), deadline: Deadline,
    report: ConnectReporter? = nil
  ) async throws(TransportError) -> ByteStream {
    var progress = ConnectProgress(report)
    let addresses = try await lookUp(host: host, port: port, network, deadline: deadline)
    progress.done(
      .name, "\(host) is \(addresses.map(\.description).joined(separator: ", "))",
      [
        ConnectFact("host", .string(host)),
        ConnectFact("addresses", .list(addresses.map(\.description))),
      ])
    let socket = try await race(addresses, deadline: deadline)
    let address = socket.peerAddress?.description ?? host
    progress.done(.tcp, "connected to \(address)", [ConnectFact("address", .string(address))])
    guard let context else {
      return ByteStream(socket: socket, tls: nil, context: nil, peerName: host)
    }
    let peerName = "\(host):\(port)"
    let engine: TLSEngine
    do throws(TLSError) {
      engine = try TLSEngine.client(context, host: host, resuming: peerName)
    } catch { throw .tls(error) }
    let stream = ByteStream(socket: socket, tls: engine, context: context, peerName: peerName)
    try await stream.handshake(deadline: deadline)
    progress.done(
      .tls, stream.tlsSummary ?? "",
      [ConnectFact("resumed", .bool(stream.tls?.isResumed ?? false))])
    return stream
  }

  /// The stream of a connection that a listener accepted.
  static func accepted(
    _ socket: Socket, tls context: TLSContext?, deadline: Deadline
  ) async throws(TransportError) -> ByteStream {
    guard let context else {
      return ByteStream(socket: socket, tls: nil, context: nil, peerName: "")
    }
    let engine: TLSEngine
    do throws(TLSError) { engine = try TLSEngine.server(context) } catch { throw .tls(error) }
    let stream = ByteStream(socket: socket, tls: engine, context: context, peerName: "")
    try await stream.handshake(deadline: deadline)
    return stream
  }

  private static func lookUp(
    host: String, port: UInt16, _ network: NetworkOptions, deadline: Deadline
  ) async throws(TransportError) -> [SocketAddress] {
    let override = network.overrides.first { $0.host == host && $0.port == port }
    let addresses: [SocketAddress]
    if let override {
      addresses = override.addresses
    } else if let literal = SocketAddress(literal: host, port: port) {
      addresses = [literal]
    } else {
      addresses = try await step(.name, deadline) { done in
        Resolver.shared.resolve(host: host, port: port, done: done)
        return {}
      }.get()
    }
    guard let family = network.family else { return addresses }
    let usable = addresses.filter { $0.family == family.number }
    guard !usable.isEmpty else { throw .noAddress(host: host, family: family) }
    return usable
  }

  private static func race(
    _ addresses: [SocketAddress], deadline: Deadline
  ) async throws(TransportError) -> Socket {
    try await step(.tcp, deadline) { done in
      let race = ConnectRace.start(addresses, done: done)
      return { race.cancel() }
    }.get()
  }

  /// Waits for something that ends with a callback, until the deadline or the task's cancellation.
  private static func step<Value: Sendable>(
    _ step: ConnectStep, _ deadline: Deadline,
    start: (@escaping @EventLoop (Result<Value, TransportError>) -> Void) -> @EventLoop () -> Void
  ) async -> Result<Value, TransportError> {
    let promise = Promise<Result<Value, TransportError>>()
    let stop = start { promise.fulfil($0) }
    let timer = Reactor.shared.schedule(at: deadline.time) {
      promise.fulfil(.failure(.timedOut(step: step, milliseconds: deadline.milliseconds)))
    }
    let result = await promise.value(onCancel: .failure(.cancelled))
    Reactor.shared.cancel(timer)
    stop()
    return result
  }

  private func handshake(deadline: Deadline) async throws(TransportError) {
    while true {
      let step: TLSEngine.Step
      do throws(TLSError) {
        step = try tls?.handshake() ?? .done
      } catch {
        // The alert that tells the peer why.
        try? flushTLS()
        throw .tls(error)
      }
      try flushTLS()
      switch step {
      case .done where pendingTLSOutput == 0: return
      case .ended: throw .ended(step: .tls)
      case .done: try await wait(for: .writable, step: .tls, deadline: deadline)
      case .needsInput:
        if try !receiveCiphertext() {
          let readiness: Readiness = pendingTLSOutput > 0 ? [.readable, .writable] : .readable
          try await wait(for: readiness, step: .tls, deadline: deadline)
        }
      }
    }
  }

  // MARK: Readiness

  /// Asks for ``onReady`` calls when the stream can be read or written; none after `[]`.
  public func watch(_ readiness: Readiness) throws(TransportError) {
    guard readiness != interest else { return }
    interest = readiness
    if readiness.isEmpty {
      // Not just an empty mask: errors and hang-ups are reported regardless, over and over.
      stopWatching()
    } else if let registration {
      Reactor.shared.change(registration, to: readiness)
    } else {
      registration = try Reactor.shared.add(socket.descriptor, readiness, self)
    }
  }

  private func stopWatching() {
    if let registration { Reactor.shared.remove(registration) }
    registration = nil
    interest = []
  }

  /// For the loop.
  public func ready(_ readiness: Readiness) {
    if readiness.contains(.readable) { isDrained = false }
    if let waiter {
      waiter.fulfil(.ready)
    } else {
      onReady?(readiness)
    }
  }

  private enum Wait: Sendable { case ready, timedOut, cancelled }
  private typealias Waiter = Promise<Wait>

  /// Waits until the stream is ready.
  public func wait(
    for readiness: Readiness, step: ConnectStep, deadline: Deadline
  ) async throws(TransportError) {
    let waiter = Waiter()
    self.waiter = waiter
    try watch(readiness)
    let timer = Reactor.shared.schedule(at: deadline.time) { waiter.fulfil(.timedOut) }
    let outcome = await waiter.value(onCancel: .cancelled)
    Reactor.shared.cancel(timer)
    self.waiter = nil
    try watch([])
    switch outcome {
    case .ready: return
    case .timedOut: throw .timedOut(step: step, milliseconds: deadline.milliseconds)
    case .cancelled: throw .cancelled
    }
  }

  // MARK: Reading and writing

  /// Reads what is there, up to the buffer's size.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(TransportError) -> ReadResult
  {
    guard tls != nil else {
      if isDrained {
        isDrained = false
        return .wouldBlock
      }
      return try receive(into: buffer)
    }
    while true {
      var count = 0
      let step: TLSEngine.Step
      do throws(TLSError) {
        step = try tls?.decrypt(into: buffer, count: &count) ?? .ended
      } catch { throw .tls(error) }
      // What the peer said before it went counts for more than that it takes nothing any more, which
      // the next write finds out.
      try? flushTLS()
      switch step {
      case .done: return .bytes(count)
      case .ended: return .end
      case .needsInput:
        do throws(TransportError) {
          if try !receiveCiphertext() { return .wouldBlock }
        } catch .ended {
          wasCutOff = true
          return .end
        }
      }
    }
  }

  /// Feeds TLS from the socket; false where nothing is there now.
  private func receiveCiphertext() throws(TransportError) -> Bool {
    if isDrained {
      isDrained = false
      return false
    }
    switch try receive(into: Self.ciphertext) {
    case .bytes(let count):
      tls?.feed(UnsafeRawBufferPointer(rebasing: Self.ciphertext[..<count]))
      return true
    case .wouldBlock: return false
    case .end: throw .ended(step: .tls)
    }
  }

  private func receive(
    into buffer: UnsafeMutableRawBufferPointer
  ) throws(TransportError) -> ReadResult {
    while true {
      let count = recv(socket.descriptor, buffer.baseAddress, buffer.count, 0)
      let code = errno
      if count > 0 {
        isDrained = count < buffer.count
        return .bytes(count)
      }
      if count == 0 { return .end }
      switch code {
      case EINTR: continue
      case EAGAIN: return .wouldBlock
      case ECONNRESET, EPIPE: throw .reset
      default: throw .io(operation: "recv", code: code)
      }
    }
  }

  /// Writes as much as the peer takes now, and says how much that was.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(TransportError) -> Int {
    guard tls != nil else { return try transmit(bytes) }
    // Encrypting ahead of the socket would pile up ciphertext that no limit counts.
    var taken = 0
    while taken < bytes.count {
      try flushTLS()
      guard pendingTLSOutput == 0 else { break }
      let chunk = bytes[taken..<min(bytes.count, taken + 64 * 1024)]
      do throws(TLSError) {
        taken += try tls?.encrypt(UnsafeRawBufferPointer(rebasing: chunk)) ?? 0
      } catch { throw .tls(error) }
    }
    try flushTLS()
    return taken
  }

  /// Whether bytes that ``write(_:)`` took still wait for the socket.
  public var hasPendingOutput: Bool { pendingTLSOutput > 0 }

  private var pendingTLSOutput: Int { tls?.pendingOutput ?? 0 }

  private func flushTLS() throws(TransportError) {
    var failure: TransportError?
    while failure == nil, pendingTLSOutput > 0 {
      var sent = 0
      tls?.withOutput { bytes in
        do throws(TransportError) { sent = try transmit(bytes) } catch { failure = error }
        return sent
      }
      if sent == 0 { break }
    }
    if let failure { throw failure }
  }

  private func transmit(_ bytes: UnsafeRawBufferPointer) throws(TransportError) -> Int {
    var taken = 0
    while taken < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[taken...])
      let count = send(socket.descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
      let code = errno
      if count >= 0 {
        taken += count
        continue
      }
      switch code {
      case EINTR: continue
      case EAGAIN: return taken
      case ECONNRESET, EPIPE: throw .reset
      default: throw .io(operation: "send", code: code)
      }
    }
    return taken
  }

  // MARK: Ending

  /// Says that nothing more will be sent; reading goes on.
  public func finishWriting() {
    tls?.shutdown()
    try? flushTLS()
    Glibc.shutdown(socket.descriptor, Int32(SHUT_WR))
  }

  /// Lets go of the socket; it closes with the stream.
  public func close() {
    if let tlsContext, tlsContext.verifies, let session = tls?.takeSession() {
      tlsContext.keep(session, for: peerName)
    }
    stopWatching()
    onReady = nil
    Glibc.shutdown(socket.descriptor, Int32(SHUT_RDWR))
  }
}

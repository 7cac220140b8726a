/// A connected stream of bytes, with or without TLS: reads and writes that never block, and word of
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

  private let socket: SocketLayer
  /// The uppermost layer.
  private var layers: any ByteLayer
  /// TLS with the peer itself, not with a proxy.
  private var tls: TLSLayer?
  private var registration: Reactor.Registration?
  private var interest: Readiness = []
  private var waiter: Waiter?

  /// A stream over a connected socket.
  init(_ socket: Socket) {
    self.socket = SocketLayer(socket)
    layers = self.socket
  }

  /// The stream of a connection that a listener accepted.
  static func accepted(
    _ socket: Socket, tls context: TLSContext?, deadline: Deadline
  ) async throws(TransportError) -> ByteStream {
    let stream = ByteStream(socket)
    guard let context else { return stream }
    let engine: TLSEngine
    do throws(TLSError) { engine = try TLSEngine.server(context) } catch { throw .tls(error) }
    let layer = TLSLayer(engine, context, sessionName: nil, over: stream.layers)
    stream.tls = layer
    try await stream.handshake(layer, deadline: deadline)
    return stream
  }

  /// The address of the peer; with a proxy, the proxy's.
  public var peerAddress: SocketAddress? { socket.socket.peerAddress }

  /// Whether TLS is spoken with the peer.
  public var isEncrypted: Bool { tls != nil }

  /// Whether the peer's end came without TLS's own farewell (RFC 8446 section 6.1), so that anybody
  /// may have cut the connection. Without TLS nothing is known, and this is false.
  public var wasCutOff: Bool { layers.wasCutOff }

  /// The version of TLS, and whether an earlier session was resumed; nil without TLS.
  public var tlsSummary: String? { tls?.summary }

  /// What the TLS handshake with the peer has settled; nil without TLS.
  public var tlsFacts: TLSFacts? { tls?.settled }

  // MARK: Layers

  /// Speaks TLS from here on, as a client.
  ///
  /// - Parameters:
  ///   - context: settings.
  ///   - host: for whom the certificate must be.
  ///   - port: tells servers of one name apart, whose sessions are kept.
  ///   - isProxy: whether it is a proxy, through which the peer itself is reached later.
  ///   - deadline: by when it must be done.
  func startTLS(
    _ context: TLSContext, host: String, port: UInt16, isProxy: Bool = false, deadline: Deadline
  ) async throws(TransportError) -> TLSLayer {
    let name = "\(host):\(port)"
    let engine: TLSEngine
    do throws(TLSError) {
      engine = try TLSEngine.client(context, host: host, resuming: name)
    } catch { throw .tls(error) }
    let layer = TLSLayer(engine, context, sessionName: name, over: layers)
    if !isProxy { tls = layer }
    try await handshake(layer, deadline: deadline)
    return layer
  }

  private func handshake(
    _ layer: TLSLayer, deadline: Deadline
  ) async throws(TransportError) {
    layers = layer
    while true {
      let missing = try layer.handshake()
      if missing.isEmpty { return }
      try await wait(for: missing, step: .tls, deadline: deadline)
    }
  }

  /// Gives back bytes that were read too early: the next read begins with them.
  func unread(_ bytes: [UInt8]) {
    guard !bytes.isEmpty else { return }
    layers = LeftoverLayer(bytes, over: layers)
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
      registration = try Reactor.shared.add(socket.socket.descriptor, readiness, self)
    }
  }

  private func stopWatching() {
    if let registration { Reactor.shared.remove(registration) }
    registration = nil
    interest = []
  }

  /// For the loop.
  public func ready(_ readiness: Readiness) {
    if readiness.contains(.readable) { socket.becameReadable() }
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
    try layers.read(into: buffer)
  }

  /// Writes as much as the peer takes now, and says how much that was.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(TransportError) -> Int {
    try layers.write(bytes)
  }

  /// Whether bytes that ``write(_:)`` took still wait for the socket.
  public var hasPendingOutput: Bool { layers.pendingOutput > 0 }

  /// Writes all of it, waiting as long as the deadline allows.
  func writeAll(
    _ bytes: [UInt8], step: ConnectStep, deadline: Deadline
  ) async throws(TransportError) {
    var sent = 0
    while true {
      sent += try bytes.span.extracting(droppingFirst: sent).bytes
        .withUnsafeBytes { (rest) throws(TransportError) in try write(rest) }
      if sent == bytes.count && !hasPendingOutput { return }
      try await wait(for: .writable, step: step, deadline: deadline)
    }
  }

  /// The next bytes that arrive; none at the end.
  func readSome(step: ConnectStep, deadline: Deadline) async throws(TransportError) -> [UInt8] {
    while true {
      var result = Result<ReadResult, TransportError>.success(.wouldBlock)
      let bytes = [UInt8](unsafeUninitializedCapacity: 16 * 1024) { buffer, count in
        result = Result { () throws(TransportError) in
          try read(into: UnsafeMutableRawBufferPointer(buffer))
        }
        if case .success(.bytes(let read)) = result { count = read }
      }
      switch try result.get() {
      case .bytes: return bytes
      case .end: return []
      case .wouldBlock: try await wait(for: .readable, step: step, deadline: deadline)
      }
    }
  }

  // MARK: Ending

  /// Says that nothing more will be sent; reading goes on.
  public func finishWriting() { layers.finishWriting() }

  /// Lets go of the socket; it closes with the stream.
  public func close() {
    stopWatching()
    onReady = nil
    layers.close()
  }
}

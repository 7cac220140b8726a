/// TLS over another layer, which may be TLS itself: with a proxy, and through it with the server.
@EventLoop
final class TLSLayer: ByteLayer {
  private var engine: TLSEngine
  private let lower: any ByteLayer
  private let context: TLSContext
  private let sessionName: String?
  private(set) var wasCutOff = false

  /// Ciphertext on its way into OpenSSL: one buffer serves every stream of the loop, and every layer,
  /// since each has taken it before the next one reads.
  private static let ciphertext = UnsafeMutableRawBufferPointer.allocate(
    byteCount: 128 * 1024, alignment: 16)

  /// - Parameters:
  ///   - engine: a connection that has not begun.
  ///   - context: where it comes from.
  ///   - sessionName: under which name to keep the session when the stream closes; nil for not at all.
  init(
    _ engine: consuming TLSEngine, _ context: TLSContext, sessionName: String?,
    over lower: any ByteLayer
  ) {
    self.engine = engine
    self.context = context
    self.sessionName = sessionName
    self.lower = lower
  }

  /// The version of TLS, and whether an earlier session was resumed.
  var summary: String { engine.isResumed ? "\(engine.version), resumed" : engine.version }

  /// What the handshake has settled.
  var settled: TLSFacts { engine.facts }

  /// The same in a sentence.
  var details: String {
    let session = "\(summary), \(settled.cipher)"
    guard let certificate = settled.certificate else { return session }
    return "\(session); certificate of \(certificate.subject), issued by \(certificate.issuer), "
      + "valid until \(certificate.notAfter)"
  }

  /// The same for programs.
  var facts: [ConnectFact] {
    let settled = settled
    let facts = [
      ConnectFact("version", .string(settled.version)),
      ConnectFact("cipher", .string(settled.cipher)),
      ConnectFact("resumed", .bool(settled.isResumed)),
    ]
    guard let certificate = settled.certificate else { return facts }
    return facts + [
      ConnectFact("subject", .string(certificate.subject)),
      ConnectFact("issuer", .string(certificate.issuer)),
      ConnectFact("notBefore", .string(certificate.notBefore)),
      ConnectFact("notAfter", .string(certificate.notAfter)),
      ConnectFact("names", .list(certificate.names)),
    ] + (certificate.pin.map { [ConnectFact("pin", .string($0.description))] } ?? [])
  }

  /// Goes on with the handshake as far as it goes now.
  ///
  /// - Returns: what to wait for, nothing once it is done.
  func handshake() throws(TransportError) -> Readiness {
    while true {
      let step: TLSEngine.Step
      do throws(TLSError) { step = try engine.handshake() } catch {
        // The alert that tells the peer why.
        try? flush()
        throw .tls(error)
      }
      try flush()
      switch step {
      case .done: return pendingOutput == 0 ? [] : .writable
      case .ended: throw .ended(step: .tls)
      case .needsInput:
        if try !receive() { return pendingOutput > 0 ? [.readable, .writable] : .readable }
      }
    }
  }

  func read(
    into buffer: UnsafeMutableRawBufferPointer
  ) throws(TransportError) -> ByteStream.ReadResult {
    while true {
      var count = 0
      let step: TLSEngine.Step
      do throws(TLSError) {
        step = try engine.decrypt(into: buffer, count: &count)
      } catch { throw .tls(error) }
      // What the peer said before it went counts for more than that it takes nothing any more, which
      // the next write finds out.
      try? flush()
      switch step {
      case .done: return .bytes(count)
      case .ended: return .end
      case .needsInput:
        do throws(TransportError) {
          if try !receive() { return .wouldBlock }
        } catch .ended {
          wasCutOff = true
          return .end
        }
      }
    }
  }

  /// Feeds TLS from below; false where nothing is there now.
  private func receive() throws(TransportError) -> Bool {
    switch try lower.read(into: Self.ciphertext) {
    case .bytes(let count):
      engine.feed(UnsafeRawBufferPointer(rebasing: Self.ciphertext[..<count]))
      return true
    case .wouldBlock: return false
    case .end: throw .ended(step: .tls)
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(TransportError) -> Int {
    // Encrypting ahead of the socket would pile up ciphertext that no limit counts.
    var taken = 0
    while taken < bytes.count {
      try flush()
      guard pendingOutput == 0 else { break }
      let chunk = bytes[taken..<min(bytes.count, taken + 64 * 1024)]
      do throws(TLSError) {
        taken += try engine.encrypt(UnsafeRawBufferPointer(rebasing: chunk))
      } catch { throw .tls(error) }
    }
    try flush()
    return taken
  }

  func flush() throws(TransportError) {
    var failure: TransportError?
    while failure == nil, engine.pendingOutput > 0 {
      var sent = 0
      engine.withOutput { bytes in
        do throws(TransportError) { sent = try lower.write(bytes) } catch { failure = error }
        return sent
      }
      if sent == 0 { break }
    }
    if let failure { throw failure }
    try lower.flush()
  }

  var pendingOutput: Int { engine.pendingOutput + lower.pendingOutput }

  func finishWriting() {
    engine.shutdown()
    try? flush()
    lower.finishWriting()
  }

  func close() {
    if let sessionName, context.verifies, let session = engine.takeSession() {
      context.keep(session, for: sessionName)
    }
    lower.close()
  }
}

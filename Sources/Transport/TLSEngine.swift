import COpenSSL

/// One TLS connection as bytes in, bytes out: OpenSSL between two memory BIOs. It knows no socket.
struct TLSEngine: ~Copyable {
  /// How a step went.
  enum Step {
    case done
    /// More of the peer's bytes are needed.
    case needsInput
    /// The peer has closed the connection in order (`close_notify`).
    case ended
  }

  static let httpProtocol = Array("http/1.1".utf8)

  let ssl: OpaquePointer
  private let input: OpaquePointer
  private let output: OpaquePointer
  private let context: TLSContext
  /// The name or the address that the server's certificate must be for.
  let host: String?
  let notes = TLSNotes()
  private(set) var firstByte: UInt8?

  private init(
    _ context: TLSContext, ssl: OpaquePointer, input: OpaquePointer, output: OpaquePointer,
    host: String?
  ) {
    self.context = context
    self.ssl = ssl
    self.input = input
    self.output = output
    self.host = host
    _ = copenssl_bio_set_mem_eof_return(input, -1)
    _ = copenssl_bio_set_mem_eof_return(output, -1)
    SSL_set_bio(ssl, input, output)
    notes.attach(to: ssl)
  }

  deinit { SSL_free(ssl) }

  @EventLoop
  private static func make(_ context: TLSContext, host: String?) throws(TLSError) -> TLSEngine {
    guard let ssl = SSL_new(context.raw), let input = BIO_new(BIO_s_mem()),
      let output = BIO_new(BIO_s_mem())
    else {
      throw .failed(reason: openSSLReason(ERR_get_error()))
    }
    return TLSEngine(context, ssl: ssl, input: input, output: output, host: host)
  }

  /// A client's side, to a server of that name or address, unless the context says another.
  ///
  /// - Parameter resuming: the name under which the context keeps the server's session.
  @EventLoop
  static func client(
    _ context: TLSContext, host: String, resuming peer: String
  ) throws(TLSError) -> TLSEngine {
    let host = context.serverName ?? host
    let engine = try make(context, host: host)
    try engine.expect(host)
    let verifies = context.verifies
    SSL_set_verify(
      engine.ssl, verifies ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, verifies ? noteRefused : nil)
    SSL_set_cert_cb(engine.ssl, noteRequest, nil)
    let offered = [UInt8(Self.httpProtocol.count)] + Self.httpProtocol
    SSL_set_alpn_protos(engine.ssl, offered, UInt32(offered.count))
    if let session = context.session(for: peer) { SSL_set_session(engine.ssl, session) }
    SSL_set_connect_state(engine.ssl)
    return engine
  }

  /// Sets the name to ask for, and the name or the address that the certificate must be for. One that
  /// OpenSSL does not take is an error: it would check nothing.
  private func expect(_ host: String) throws(TLSError) {
    let isTaken: Bool
    if let address = SocketAddress(literal: host, port: 0) {
      // A zone (`fe80::1%eth0`) is known on this machine alone (RFC 4007 section 11).
      let number = String(address.host.prefix { $0 != "%" })
      isTaken = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), number) == 1
    } else {
      // The dot at the end of a name is for the resolver alone (RFC 6066 section 3).
      let name = host.hasSuffix(".") ? String(host.dropLast()) : host
      SSL_set_hostflags(ssl, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
      isTaken =
        !name.isEmpty && !name.utf8.contains(0) && copenssl_set_server_name(ssl, name) == 1
        && SSL_set1_host(ssl, name) == 1
    }
    guard isTaken else { throw .invalidServerName(host) }
  }

  /// A server's side.
  @EventLoop
  static func server(_ context: TLSContext) throws(TLSError) -> TLSEngine {
    let engine = try make(context, host: nil)
    engine.prepareServer()
    return engine
  }

  private func prepareServer() { SSL_set_accept_state(ssl) }

  /// `TLSv1.3` and the like, once the handshake is done.
  var version: String { String(cString: SSL_get_version(ssl)) }

  /// Whether the handshake resumed an earlier session.
  var isResumed: Bool { SSL_session_reused(ssl) == 1 }

  /// The session to resume later; the caller owns it, and nothing is said or heard any more.
  func takeSession() -> OpaquePointer? {
    guard let session = SSL_get1_session(ssl) else { return nil }
    // OpenSSL takes a connection without `close_notify` for cut short and spoils its session, which
    // TLS has not asked for since version 1.1 (RFC 5246 section 7.2.1).
    SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN)
    guard SSL_SESSION_is_resumable(session) == 1 else {
      SSL_SESSION_free(session)
      return nil
    }
    return session
  }

  // MARK: Steps

  mutating func handshake() throws(TLSError) -> Step {
    ERR_clear_error()
    let result = SSL_do_handshake(ssl)
    try context.keyLog?.check()
    guard result == 1 else { return try step(after: result) }
    try checkPins()
    return .done
  }

  /// Refuses a server with another key than the expected ones.
  private mutating func checkPins() throws(TLSError) {
    guard !context.pins.isEmpty else { return }
    let shown = SSL_get0_peer_certificate(ssl).flatMap(CertificatePin.init(of:))
    if let shown, context.pins.contains(shown) { return }
    // Who is not the one we know gets no certificate of ours, either.
    BIO_ctrl(output, BIO_CTRL_RESET, 0, nil)
    throw .pinMismatch(shown: shown)
  }

  /// Gives the engine what the peer sent.
  mutating func feed(_ bytes: UnsafeRawBufferPointer) {
    if firstByte == nil { firstByte = bytes.first }
    BIO_write(input, bytes.baseAddress, Int32(clamping: bytes.count))
  }

  /// Reads what the peer said. `.done`: `count` bytes were read.
  mutating func decrypt(
    into buffer: UnsafeMutableRawBufferPointer, count: inout Int
  ) throws(TLSError) -> Step {
    ERR_clear_error()
    let result = SSL_read_ex(ssl, buffer.baseAddress, buffer.count, &count)
    return result == 1 ? .done : try step(after: result)
  }

  /// Says something to the peer: the bytes turn up in ``withOutput(_:)``.
  mutating func encrypt(_ bytes: UnsafeRawBufferPointer) throws(TLSError) -> Int {
    guard !bytes.isEmpty else { return 0 }
    ERR_clear_error()
    var written = 0
    let result = SSL_write_ex(ssl, bytes.baseAddress, bytes.count, &written)
    if result == 1 { return written }
    _ = try step(after: result)
    return 0
  }

  /// Announces the end (`close_notify`).
  mutating func shutdown() {
    ERR_clear_error()
    SSL_shutdown(ssl)
    ERR_clear_error()
  }

  /// Bytes that wait to be sent to the peer.
  var pendingOutput: Int { Int(BIO_ctrl_pending(output)) }

  /// Shows the waiting bytes to `body`, which answers how many of them were sent.
  mutating func withOutput(_ body: (UnsafeRawBufferPointer) -> Int) {
    var data: UnsafeMutablePointer<CChar>?
    let count = copenssl_bio_memory(output, &data)
    guard let data, count > 0 else { return }
    var left = body(UnsafeRawBufferPointer(start: data, count: count))
    if left == count {
      BIO_ctrl(output, BIO_CTRL_RESET, 0, nil)
      return
    }
    // Reading is how a memory BIO forgets; the bytes themselves are not needed.
    withUnsafeTemporaryAllocation(byteCount: 16384, alignment: 1) { scratch in
      while left > 0 {
        let read = BIO_read(output, scratch.baseAddress, Int32(min(left, scratch.count)))
        if read <= 0 { break }
        left -= Int(read)
      }
    }
  }

  private func step(after result: Int32) throws(TLSError) -> Step {
    switch SSL_get_error(ssl, result) {
    case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .needsInput
    case SSL_ERROR_ZERO_RETURN: return .ended
    default: throw failure(showsCertificate: context.hasIdentity)
    }
  }
}

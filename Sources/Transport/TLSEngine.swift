import COpenSSL
import Glibc

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

  private let ssl: OpaquePointer
  private let input: OpaquePointer
  private let output: OpaquePointer
  private let host: String?
  private var firstByte: UInt8?

  private init(ssl: OpaquePointer, input: OpaquePointer, output: OpaquePointer, host: String?) {
    self.ssl = ssl
    self.input = input
    self.output = output
    self.host = host
    _ = copenssl_bio_set_mem_eof_return(input, -1)
    _ = copenssl_bio_set_mem_eof_return(output, -1)
    SSL_set_bio(ssl, input, output)
  }

  deinit {
    if let failed = SSL_get_ex_data(ssl, failedCertificateIndex) {
      X509_free(OpaquePointer(failed))
    }
    SSL_free(ssl)
  }

  @EventLoop
  private static func make(_ context: TLSContext, host: String?) throws(TLSError) -> TLSEngine {
    guard let ssl = SSL_new(context.raw), let input = BIO_new(BIO_s_mem()),
      let output = BIO_new(BIO_s_mem())
    else {
      throw .failed(reason: openSSLReason(ERR_get_error()))
    }
    return TLSEngine(ssl: ssl, input: input, output: output, host: host)
  }

  /// A client's side, to a server of that name or address.
  ///
  /// - Parameter resuming: the name under which the context keeps the server's session.
  @EventLoop
  static func client(
    _ context: TLSContext, host: String, resuming peer: String
  ) throws(TLSError) -> TLSEngine {
    let engine = try make(context, host: host)
    engine.prepareClient(
      host: host, verifies: context.verifies, session: context.session(for: peer))
    return engine
  }

  private func prepareClient(host: String, verifies: Bool, session: OpaquePointer?) {
    if SocketAddress(literal: host, port: 0) != nil {
      X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host)
    } else {
      _ = copenssl_set_server_name(ssl, host)
      SSL_set_hostflags(ssl, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
      SSL_set1_host(ssl, host)
    }
    SSL_set_verify(ssl, verifies ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, verifies ? keepFailed : nil)
    let offered = [UInt8(Self.httpProtocol.count)] + Self.httpProtocol
    SSL_set_alpn_protos(ssl, offered, UInt32(offered.count))
    if let session { SSL_set_session(ssl, session) }
    SSL_set_connect_state(ssl)
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
    return result == 1 ? .done : try step(after: result)
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

  // MARK: Errors

  private func step(after result: Int32) throws(TLSError) -> Step {
    switch SSL_get_error(ssl, result) {
    case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .needsInput
    case SSL_ERROR_ZERO_RETURN: return .ended
    default: throw failure()
    }
  }

  private func failure() -> TLSError {
    let code = ERR_peek_error()
    let verification = SSL_get_verify_result(ssl)
    if let failed = SSL_get_ex_data(ssl, failedCertificateIndex), verification != X509_V_OK {
      return refusal(Int(verification), of: OpaquePointer(failed))
    }
    if let firstByte, !(20...24).contains(firstByte), SSL_is_init_finished(ssl) == 0 {
      return .peerSpeaksPlainText
    }
    let reason = openSSLReason(code)
    switch copenssl_error_reason(code) {
    case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION,
      SSL_R_WRONG_VERSION_NUMBER, SSL_R_NO_PROTOCOLS_AVAILABLE, SSL_R_VERSION_TOO_LOW,
      SSL_R_WRONG_SSL_VERSION, SSL_R_UNKNOWN_PROTOCOL:
      return .protocolMismatch(reason: reason)
    case let alert where alert > 1000:
      // Reasons above 1000 are the peer's alerts, by OpenSSL's numbering.
      return .alert(reason: reason)
    default:
      return .failed(reason: reason)
    }
  }

  private func refusal(_ code: Int, of certificate: OpaquePointer) -> TLSError {
    let subject = TLSCertificate.text(of: X509_get_subject_name(certificate))
    switch Int32(truncatingIfNeeded: code) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return .certificateExpired(
        subject: subject, notAfter: TLSCertificate.text(of: X509_get0_notAfter(certificate)))
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return .certificateNotYetValid(
        subject: subject, notBefore: TLSCertificate.text(of: X509_get0_notBefore(certificate)))
    case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
      return .wrongHost(host: host ?? "", validFor: TLSCertificate.hosts(of: certificate))
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return .selfSigned(subject: subject)
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
      X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return .unknownIssuer(
        subject: subject, issuer: TLSCertificate.text(of: X509_get_issuer_name(certificate)))
    default:
      return .certificateRefused(
        code: code, reason: String(cString: X509_verify_cert_error_string(code)))
    }
  }
}

/// Where an `SSL` keeps the certificate that was refused (OpenSSL leaves index 0 to applications).
private let failedCertificateIndex: Int32 = 0

/// OpenSSL forgets a certificate that it refuses; the error needs it.
private let keepFailed: @convention(c) (Int32, OpaquePointer?) -> Int32 = { isFine, store in
  guard isFine == 0, let store, let failed = X509_STORE_CTX_get_current_cert(store),
    let ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx())
  else { return isFine }
  let connection = OpaquePointer(ssl)
  if SSL_get_ex_data(connection, failedCertificateIndex) == nil {
    X509_up_ref(failed)
    SSL_set_ex_data(connection, failedCertificateIndex, UnsafeMutableRawPointer(failed))
  }
  return isFine
}

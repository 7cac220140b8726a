import COpenSSL

/// The settings that many TLS connections share: trust and certificates.
@EventLoop
public final class TLSContext {
  /// The certificate that a server shows.
  public enum Identity: Hashable, Sendable {
    /// PEM files: the certificate with its chain, and the key.
    case files(certificate: String, key: String)
    /// A certificate for the loopback names, made now.
    case selfSigned
  }

  // Written in `init` alone; `deinit`, the other user outside the loop, runs when nobody else is left.
  nonisolated(unsafe) let raw: OpaquePointer
  let verifies: Bool
  let serverName: String?
  let pins: [CertificatePin]
  let keyLog: TLSKeyLog?
  /// Whether there is a certificate to show to servers that ask for one.
  let hasIdentity: Bool
  private var sessions: [String: Session] = [:]

  /// The certificate of a ``Identity/selfSigned`` server as PEM, for clients to trust.
  public private(set) var certificatePEM: String?

  private init(
    _ method: OpaquePointer?, client options: TLSClientOptions? = nil
  ) throws(TLSError) {
    keyLog = if let path = options?.keyLogFile { try TLSKeyLog(path: path) } else { nil }
    guard let raw = SSL_CTX_new(method) else {
      throw .failed(reason: openSSLReason(ERR_get_error()))
    }
    self.raw = raw
    verifies = options.map { $0.trust != .anybody } ?? false
    serverName = options?.serverName
    pins = options?.pins ?? []
    hasIdentity = options?.identity != nil
    keyLog?.attach(to: raw)
    _ = copenssl_ctx_set_min_version(raw, TLS1_2_VERSION)
    _ = copenssl_ctx_set_mode(
      raw,
      Int(
        SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
          | SSL_MODE_RELEASE_BUFFERS))
  }

  deinit { SSL_CTX_free(raw) }

  /// Settings for clients.
  public static func client(_ options: TLSClientOptions) throws(TLSError) -> TLSContext {
    let context = try TLSContext(TLS_client_method(), client: options)
    // Sessions are kept per server in `sessions`; OpenSSL's own cache would never be asked.
    _ = copenssl_ctx_set_session_cache_mode(context.raw, Int(SSL_SESS_CACHE_OFF))
    try context.believe(options.trust)
    if let identity = options.identity {
      try LoadedIdentity(identity).use(in: context.raw, path: identity.certificateFile)
    }
    return context
  }

  /// Settings for clients that have nothing to say but whom they trust.
  public static func client(trust: Trust) throws(TLSError) -> TLSContext {
    try client(TLSClientOptions(trust: trust))
  }

  /// Settings for servers.
  public static func server(identity: Identity) throws(TLSError) -> TLSContext {
    let context = try TLSContext(TLS_server_method())
    let raw = context.raw
    SSL_CTX_set_alpn_select_cb(raw, selectHTTP, nil)
    switch identity {
    case .files(let certificate, let key):
      ERR_clear_error()
      guard SSL_CTX_use_certificate_chain_file(raw, certificate) == 1 else {
        throw .unusableFile(
          path: certificate, reason: fileReason(certificate, "no certificate in PEM form"))
      }
      guard SSL_CTX_use_PrivateKey_file(raw, key, SSL_FILETYPE_PEM) == 1 else {
        throw .unusableFile(
          path: key, reason: fileReason(key, "no key in PEM form that fits the certificate"))
      }
    case .selfSigned:
      let made = try TLSCertificate.makeSelfSigned()
      defer {
        X509_free(made.certificate)
        EVP_PKEY_free(made.key)
      }
      guard SSL_CTX_use_certificate(raw, made.certificate) == 1,
        SSL_CTX_use_PrivateKey(raw, made.key) == 1, let bio = BIO_new(BIO_s_mem())
      else {
        throw .failed(reason: openSSLReason(ERR_get_error()))
      }
      defer { BIO_free(bio) }
      PEM_write_bio_X509(bio, made.certificate)
      context.certificatePEM = TLSCertificate.contents(of: bio)
    }
    return context
  }

  // MARK: Sessions

  /// Remembers the session of a connection that ends, so that the next one to `peer` resumes it.
  func keep(_ session: OpaquePointer, for peer: String) {
    if sessions.count >= 64 { sessions.removeAll() }
    sessions[peer] = Session(owning: session)
  }

  func session(for peer: String) -> OpaquePointer? { sessions[peer]?.raw }
}

/// Owner of an `SSL_SESSION`.
private final class Session {
  let raw: OpaquePointer
  init(owning raw: OpaquePointer) { self.raw = raw }
  deinit { SSL_SESSION_free(raw) }
}

/// ALPN on the server's side (RFC 7301): `http/1.1` where it is offered, else no answer.
private let selectHTTP:
  @convention(c) (
    OpaquePointer?, UnsafeMutablePointer<UnsafePointer<UInt8>?>?, UnsafeMutablePointer<UInt8>?,
    UnsafePointer<UInt8>?, UInt32, UnsafeMutableRawPointer?
  ) -> Int32 = { _, chosen, chosenLength, offered, offeredLength, _ in
    guard let chosen, let chosenLength, let offered else { return SSL_TLSEXT_ERR_NOACK }
    let wanted = TLSEngine.httpProtocol
    var index = 0
    while index < Int(offeredLength) {
      let length = Int(offered[index])
      guard index + 1 + length <= Int(offeredLength) else { break }
      let name = UnsafeBufferPointer(start: offered + index + 1, count: length)
      if name.elementsEqual(wanted) {
        chosen.pointee = offered + index + 1
        chosenLength.pointee = UInt8(length)
        return SSL_TLSEXT_ERR_OK
      }
      index += 1 + length
    }
    return SSL_TLSEXT_ERR_NOACK
  }

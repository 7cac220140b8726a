import COpenSSL
import Glibc

/// The settings that many TLS connections share: trust and certificates.
@EventLoop
public final class TLSContext {
  /// Whom a client trusts.
  public enum Trust: Hashable, Sendable {
    /// The system's roots, or those that `SSL_CERT_FILE` and `SSL_CERT_DIR` name.
    case system
    /// The certificates in a PEM file, and no others.
    case file(String)
    /// Anybody: no verification at all.
    case anybody
  }

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
  private var sessions: [String: Session] = [:]

  /// The certificate of a ``Identity/selfSigned`` server as PEM, for clients to trust.
  public private(set) var certificatePEM: String?

  private init(raw: OpaquePointer, verifies: Bool) {
    self.raw = raw
    self.verifies = verifies
    _ = copenssl_ctx_set_min_version(raw, TLS1_2_VERSION)
    _ = copenssl_ctx_set_mode(
      raw,
      Int(
        SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
          | SSL_MODE_RELEASE_BUFFERS))
  }

  deinit { SSL_CTX_free(raw) }

  /// Settings for clients.
  public static func client(trust: Trust) throws(TLSError) -> TLSContext {
    guard let raw = SSL_CTX_new(TLS_client_method()) else {
      throw .failed(reason: openSSLReason(ERR_get_error()))
    }
    let context = TLSContext(raw: raw, verifies: trust != .anybody)
    // Sessions are kept per server in `sessions`; OpenSSL's own cache would never be asked.
    _ = copenssl_ctx_set_session_cache_mode(raw, Int(SSL_SESS_CACHE_OFF))
    switch trust {
    case .anybody: break
    case .system: context.trustSystem()
    case .file(let path):
      ERR_clear_error()
      guard SSL_CTX_load_verify_file(raw, path) == 1 else {
        throw .unusableFile(path: path, reason: fileReason(path, "no certificate in PEM form"))
      }
    }
    return context
  }

  /// Settings for servers.
  public static func server(identity: Identity) throws(TLSError) -> TLSContext {
    guard let raw = SSL_CTX_new(TLS_server_method()) else {
      throw .failed(reason: openSSLReason(ERR_get_error()))
    }
    let context = TLSContext(raw: raw, verifies: false)
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

  /// The folder of hashed links costs nothing until a certificate is looked up in it; the bundle,
  /// 24 ms to parse on Debian, is read only where there is no such folder.
  private func trustSystem() {
    let file = getenv("SSL_CERT_FILE").map { String(cString: $0) }
    let folder = getenv("SSL_CERT_DIR").map { String(cString: $0) }
    if let file { SSL_CTX_load_verify_file(raw, file) }
    if let folder { SSL_CTX_load_verify_dir(raw, folder) }
    guard file == nil && folder == nil else { return }
    if Self.hasHashedLinks(String(cString: X509_get_default_cert_dir())) {
      SSL_CTX_set_default_verify_dir(raw)
    } else {
      SSL_CTX_set_default_verify_paths(raw)
    }
  }

  /// Whether a folder holds names like `1d3472b9.0`, which is how OpenSSL looks certificates up.
  private static func hasHashedLinks(_ path: String) -> Bool {
    guard let folder = opendir(path) else { return false }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let isHashed = withUnsafeBytes(of: &entry.pointee.d_name) { name in
        name[8] == UInt8(ascii: ".") && name[9] == UInt8(ascii: "0") && name[10] == 0
      }
      if isHashed { return true }
    }
    return false
  }

  private static func fileReason(_ path: String, _ otherwise: String) -> String {
    guard access(path, R_OK) == 0 else { return systemMessage(errno) }
    return otherwise
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

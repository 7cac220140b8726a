import COpenSSL
import Glibc

/// A client's certificate, its chain and its key, read from their files.
final class LoadedIdentity {
  /// The client's own one first.
  private var certificates: [OpaquePointer] = []
  private var key: OpaquePointer?

  deinit {
    for certificate in certificates { X509_free(certificate) }
    EVP_PKEY_free(key)
  }

  init(_ identity: ClientIdentity) throws(TLSError) {
    let path = identity.certificateFile
    let bytes = try Self.contents(of: path)
    if Self.isPEM(bytes) {
      certificates = try Self.certificates(inPEM: bytes, path: path)
      if identity.keyFile == nil {
        key = try Self.key(inPEM: bytes, path: path, identity.password)
      }
    } else {
      try readPKCS12(bytes, path: path, identity.password)
    }
    if let keyFile = identity.keyFile {
      EVP_PKEY_free(key)
      key = nil
      key = try Self.key(inPEM: Self.contents(of: keyFile), path: keyFile, identity.password)
    }
    guard key != nil else { throw .unusableFile(path: path, reason: "it holds no key") }
    ERR_clear_error()
    guard X509_check_private_key(certificates.first, key) == 1 else {
      throw .keyDoesNotFit(certificate: path, key: identity.keyFile ?? path)
    }
  }

  /// Makes it what a context shows to servers that ask.
  ///
  /// - Parameter path: the file, for the error.
  func use(in context: OpaquePointer, path: String) throws(TLSError) {
    ERR_clear_error()
    let isUsed =
      SSL_CTX_use_certificate(context, certificates.first) == 1
      && SSL_CTX_use_PrivateKey(context, key) == 1
      && certificates.dropFirst().allSatisfy {
        copenssl_ctx_add_chain_certificate(context, $0) == 1
      }
    guard isUsed else {
      throw .unusableFile(path: path, reason: openSSLReason(ERR_peek_last_error()))
    }
  }

  // MARK: PEM

  private static func isPEM(_ bytes: [UInt8]) -> Bool {
    String(decoding: bytes, as: UTF8.self).contains("-----BEGIN ")
  }

  private static func certificates(
    inPEM bytes: [UInt8], path: String
  ) throws(TLSError) -> [OpaquePointer] {
    let bio = try memory(bytes)
    defer { BIO_free(bio) }
    ERR_clear_error()
    var found: [OpaquePointer] = []
    while let certificate = PEM_read_bio_X509(bio, nil, nil, nil) { found.append(certificate) }
    // Behind the last one there is "no start line"; anything else is a certificate that is broken.
    let code = ERR_peek_last_error()
    let isAtEnd = copenssl_error_reason(code) == PEM_R_NO_START_LINE
    guard isAtEnd, !found.isEmpty else {
      for certificate in found { X509_free(certificate) }
      throw .unusableFile(
        path: path,
        reason: isAtEnd ? "no certificate in PEM form" : "a certificate in it is broken")
    }
    return found
  }

  private static func key(
    inPEM bytes: [UInt8], path: String, _ password: Passphrase?
  ) throws(TLSError) -> OpaquePointer {
    let bio = try memory(bytes)
    defer { BIO_free(bio) }
    ERR_clear_error()
    var request = PasswordRequest(password: password)
    let key = withUnsafeMutablePointer(to: &request) {
      PEM_read_bio_PrivateKey(bio, nil, answerPassword, $0)
    }
    if let key { return key }
    if request.wasMade {
      throw decryptionError(path, hasPassword: password != nil)
    }
    let hasKey = String(decoding: bytes, as: UTF8.self).contains("PRIVATE KEY-----")
    throw .unusableFile(
      path: path, reason: hasKey ? "the key in it is broken" : "no key in PEM form")
  }

  // MARK: PKCS#12 (RFC 7292)

  private func readPKCS12(
    _ bytes: [UInt8], path: String, _ password: Passphrase?
  ) throws(TLSError) {
    let bio = try Self.memory(bytes)
    defer { BIO_free(bio) }
    ERR_clear_error()
    guard let file = d2i_PKCS12_bio(bio, nil) else {
      throw .unusableFile(path: path, reason: "neither PEM nor PKCS#12")
    }
    defer { PKCS12_free(file) }
    ERR_clear_error()
    var certificate: OpaquePointer?
    var chain: OpaquePointer?
    guard PKCS12_parse(file, password?.text, &key, &certificate, &chain) == 1 else {
      throw Self.decryptionError(path, hasPassword: password != nil)
    }
    // The stack's certificates become ours; the stack itself goes.
    let others = (0..<max(0, OPENSSL_sk_num(chain))).compactMap { OPENSSL_sk_value(chain, $0) }
    OPENSSL_sk_free(chain)
    certificates = (certificate.map { [$0] } ?? []) + others.map { OpaquePointer($0) }
    guard certificate != nil else {
      throw .unusableFile(path: path, reason: "it holds no certificate that a key is for")
    }
  }

  // MARK: Files and passwords

  /// Why something encrypted was not read: OpenSSL's errors tell apart only what it does not know.
  private static func decryptionError(_ path: String, hasPassword: Bool) -> TLSError {
    while case let code = ERR_get_error(), code != 0 {
      if copenssl_is_missing_algorithm(code) != 0 { return .outdatedEncryption(path: path) }
      if copenssl_error_library(code) == ERR_LIB_PKCS12,
        copenssl_error_reason(code) == PKCS12_R_MAC_ABSENT
      {
        return .unusableFile(path: path, reason: "it has a password, but no code (MAC) to check it")
      }
    }
    return hasPassword ? .wrongPassword(path: path) : .passwordRequired(path: path)
  }

  /// Reads a file once, so that it can be a pipe; 1 MiB at most.
  private static func contents(of path: String) throws(TLSError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unusableFile(path: path, reason: systemMessage(errno)) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16 * 1024)
    while bytes.count <= 1 << 20 {
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      if count < 0 { throw .unusableFile(path: path, reason: systemMessage(errno)) }
      if count == 0 { return bytes }
      bytes += chunk.prefix(count)
    }
    throw .unusableFile(path: path, reason: "it is too large")
  }

  private static func memory(_ bytes: [UInt8]) throws(TLSError) -> OpaquePointer {
    guard let bio = BIO_new(BIO_s_mem()) else {
      throw .failed(reason: openSSLReason(ERR_get_error()))
    }
    BIO_write(bio, bytes, Int32(clamping: bytes.count))
    return bio
  }
}

/// What OpenSSL is answered when it meets an encrypted key.
private struct PasswordRequest {
  let password: Passphrase?
  var wasMade = false
}

private let answerPassword:
  @convention(c) (
    UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?
  ) -> Int32 = { buffer, size, _, context in
    guard let buffer, let request = context?.assumingMemoryBound(to: PasswordRequest.self) else {
      return -1
    }
    request.pointee.wasMade = true
    guard let bytes = request.pointee.password?.text.utf8, bytes.count <= Int(size) else {
      return -1
    }
    for (index, byte) in bytes.enumerated() { buffer[index] = CChar(bitPattern: byte) }
    return Int32(bytes.count)
  }

import COpenSSL

/// What OpenSSL tells in callbacks and forgets afterwards, for the errors.
final class TLSNotes {
  /// The certificate that was refused.
  private(set) var refusedCertificate: OpaquePointer?
  /// Whether the server has asked for a certificate.
  fileprivate(set) var wasAsked = false

  deinit { X509_free(refusedCertificate) }

  /// Makes the callbacks write here. The notes must outlive the connection's last call.
  func attach(to ssl: OpaquePointer) {
    SSL_set_ex_data(ssl, notesIndex, Unmanaged.passUnretained(self).toOpaque())
  }

  fileprivate static func of(_ ssl: OpaquePointer) -> TLSNotes? {
    SSL_get_ex_data(ssl, notesIndex).map {
      Unmanaged<TLSNotes>.fromOpaque($0).takeUnretainedValue()
    }
  }

  fileprivate func note(refused certificate: OpaquePointer) {
    guard refusedCertificate == nil else { return }
    X509_up_ref(certificate)
    refusedCertificate = certificate
  }
}

/// Where an `SSL` keeps its notes (OpenSSL leaves index 0 to applications).
private let notesIndex: Int32 = 0

/// OpenSSL forgets a certificate that it refuses; the error needs it.
let noteRefused: @convention(c) (Int32, OpaquePointer?) -> Int32 = { isFine, store in
  guard isFine == 0, let store, let refused = X509_STORE_CTX_get_current_cert(store),
    let ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx())
  else { return isFine }
  TLSNotes.of(OpaquePointer(ssl))?.note(refused: refused)
  return isFine
}

/// Called on a client when the server asks for a certificate.
let noteRequest: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> Int32 = { ssl, _ in
  if let ssl { TLSNotes.of(ssl)?.wasAsked = true }
  return 1
}

extension TLSEngine {
  /// What OpenSSL's last errors, and the notes, say.
  ///
  /// - Parameter showsCertificate: whether a server that asked for a certificate has got one.
  func failure(showsCertificate: Bool) -> TLSError {
    let code = ERR_peek_error()
    let verification = SSL_get_verify_result(ssl)
    if let refused = notes.refusedCertificate, verification != X509_V_OK {
      return refusal(Int(verification), of: refused)
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
      return alertError(alert - 1000, reason, showsCertificate: showsCertificate)
    default:
      return .failed(reason: reason)
    }
  }

  /// What an alert (RFC 8446 section 6.2) is about: a server that has asked for a certificate and then
  /// complains of one, or of the handshake as TLS 1.2 does, means ours.
  private func alertError(_ alert: Int32, _ reason: String, showsCertificate: Bool) -> TLSError {
    let certificateRequired: Int32 = 116
    // handshake_failure, bad_certificate to certificate_unknown, unknown_ca, access_denied,
    // decrypt_error.
    let complaints: Set<Int32> = [40, 42, 43, 44, 45, 46, 48, 49, 51]
    guard alert == certificateRequired || notes.wasAsked && complaints.contains(alert) else {
      return .alert(reason: reason)
    }
    return showsCertificate
      ? .clientCertificateRefused(reason: reason) : .clientCertificateRequired(reason: reason)
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

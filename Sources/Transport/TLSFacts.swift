import COpenSSL
import Glibc

/// What a handshake has settled.
public struct TLSFacts: Hashable, Sendable {
  /// `TLSv1.3` and the like.
  public let version: String
  /// The cipher suite by the name that RFC 8446 or OpenSSL gives it, `TLS_AES_256_GCM_SHA384`.
  public let cipher: String
  /// Whether an earlier session was resumed.
  public let isResumed: Bool
  /// What the peer has shown; nil for a client that shows none.
  public let certificate: CertificateFacts?
}

/// What a certificate says.
public struct CertificateFacts: Hashable, Sendable {
  /// Whom it is about, `CN=example.org`.
  public let subject: String
  /// Who says so.
  public let issuer: String
  /// From when it is valid, as RFC 3339 writes it.
  public let notBefore: String
  /// Until when it is valid, as RFC 3339 writes it.
  public let notAfter: String
  /// The names and addresses that it is for.
  public let names: [String]
  /// The hash of its key.
  public let pin: CertificatePin?

  init(_ certificate: OpaquePointer) {
    subject = TLSCertificate.text(of: X509_get_subject_name(certificate))
    issuer = TLSCertificate.text(of: X509_get_issuer_name(certificate))
    notBefore = Self.timestamp(X509_get0_notBefore(certificate))
    notAfter = Self.timestamp(X509_get0_notAfter(certificate))
    names = TLSCertificate.hosts(of: certificate)
    pin = CertificatePin(of: certificate)
  }

  private static func timestamp(_ time: UnsafePointer<ASN1_TIME>?) -> String {
    var parts = tm()
    guard let time, ASN1_TIME_to_tm(time, &parts) == 1 else { return "?" }
    func digits(_ number: Int32, _ width: Int = 2) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
    return digits(parts.tm_year + 1900, 4) + "-" + digits(parts.tm_mon + 1) + "-"
      + digits(parts.tm_mday) + "T" + digits(parts.tm_hour) + ":" + digits(parts.tm_min) + ":"
      + digits(parts.tm_sec) + "Z"
  }
}

extension TLSEngine {
  /// What the handshake has settled, once it is done.
  var facts: TLSFacts {
    TLSFacts(
      version: version,
      cipher: SSL_CIPHER_get_name(SSL_get_current_cipher(ssl)).map { String(cString: $0) } ?? "?",
      isResumed: isResumed,
      certificate: SSL_get0_peer_certificate(ssl).map(CertificateFacts.init))
  }
}

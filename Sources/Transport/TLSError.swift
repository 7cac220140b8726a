/// Why TLS with a peer failed.
public enum TLSError: Error, Hashable, Sendable {
  /// A certificate of the chain is past its time.
  case certificateExpired(subject: String, notAfter: String)
  /// A certificate of the chain is not valid yet.
  case certificateNotYetValid(subject: String, notBefore: String)
  /// The certificate is for other hosts: `validFor` lists its names and addresses.
  case wrongHost(host: String, validFor: [String])
  /// The chain does not lead to a trusted root.
  case unknownIssuer(subject: String, issuer: String)
  /// The certificate vouches for itself and is not among the trusted ones.
  case selfSigned(subject: String)
  /// The certificate was refused for another reason: `code` is an `X509_V_ERR_…`.
  case certificateRefused(code: Int, reason: String)
  /// The server's key is none of the expected ones; `shown` is nil where it has none at all.
  case pinMismatch(shown: CertificatePin?)
  /// The server wants to see a certificate, and there is none to show.
  case clientCertificateRequired(reason: String)
  /// The server does not accept the certificate that it was shown.
  case clientCertificateRefused(reason: String)
  /// The two sides share no version of the protocol.
  case protocolMismatch(reason: String)
  /// What answers is not TLS at all.
  case peerSpeaksPlainText
  /// The peer ended the handshake or the connection with an alert.
  case alert(reason: String)
  /// A file with certificates or a key cannot be used.
  case unusableFile(path: String, reason: String)
  /// The key in a file is encrypted, and there is no password for it.
  case passwordRequired(path: String)
  /// The password is not that of the key in the file.
  case wrongPassword(path: String)
  /// The key in a file is encrypted in a way that OpenSSL no longer knows.
  case outdatedEncryption(path: String)
  /// The key is another certificate's.
  case keyDoesNotFit(certificate: String, key: String)
  /// The secrets of the connection cannot be written where they are asked for.
  case keyLogFailed(path: String, reason: String)
  /// There can be no certificate for such a name.
  case invalidServerName(String)
  /// Anything else that OpenSSL reports.
  case failed(reason: String)
}

extension TLSError: CustomStringConvertible {
  /// One sentence for people.
  public var description: String {
    switch self {
    case .certificateExpired(let subject, let notAfter):
      "the server's certificate has expired (\(subject), valid until \(notAfter))"
    case .certificateNotYetValid(let subject, let notBefore):
      "the server's certificate is not valid yet (\(subject), valid from \(notBefore))"
    case .wrongHost(let host, let validFor):
      validFor.isEmpty
        ? "the server's certificate is not for '\(host)', and names no host at all"
        : "the server's certificate is not for '\(host)' but for \(validFor.joined(separator: ", "))"
    case .unknownIssuer(let subject, let issuer):
      "the issuer of the server's certificate is unknown (\(subject), issued by \(issuer))"
    case .selfSigned(let subject):
      "the server's certificate is self-signed (\(subject)) and not among the trusted ones"
    case .certificateRefused(_, let reason): "the server's certificate was refused: \(reason)"
    case .pinMismatch(let shown?): "the server's key is not a pinned one: it is \(shown)"
    case .pinMismatch(nil): "the server shows no key, so none that is pinned"
    case .clientCertificateRequired(let reason):
      "the server wants a client certificate, and none is given (\(reason))"
    case .clientCertificateRefused(let reason):
      "the server does not accept the client certificate: \(reason)"
    case .protocolMismatch(let reason): "no common version of TLS: \(reason)"
    case .peerSpeaksPlainText: "the server speaks plain text, not TLS"
    case .alert(let reason): "the peer refused TLS: \(reason)"
    case .unusableFile(let path, let reason): "cannot use '\(path)': \(reason)"
    case .passwordRequired(let path): "the key in '\(path)' is encrypted, and no password is given"
    case .wrongPassword(let path): "the password does not fit the key in '\(path)'"
    case .outdatedEncryption(let path):
      "the key in '\(path)' is encrypted in an outdated way, which is not supported"
    case .keyDoesNotFit(let certificate, let key):
      certificate == key
        ? "the key and the certificate in '\(key)' do not fit each other"
        : "the key in '\(key)' does not fit the certificate in '\(certificate)'"
    case .keyLogFailed(let path, let reason):
      "cannot write the connection's secrets to '\(path)': \(reason)"
    case .invalidServerName(let name): "no certificate can be for the name '\(name)'"
    case .failed(let reason): "TLS failed: \(reason)"
    }
  }
}

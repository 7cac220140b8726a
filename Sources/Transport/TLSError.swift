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
  /// The two sides share no version of the protocol.
  case protocolMismatch(reason: String)
  /// What answers is not TLS at all.
  case peerSpeaksPlainText
  /// The peer ended the handshake or the connection with an alert.
  case alert(reason: String)
  /// A file with certificates or a key cannot be used.
  case unusableFile(path: String, reason: String)
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
    case .protocolMismatch(let reason): "no common version of TLS: \(reason)"
    case .peerSpeaksPlainText: "the server speaks plain text, not TLS"
    case .alert(let reason): "the peer refused TLS: \(reason)"
    case .unusableFile(let path, let reason): "cannot use '\(path)': \(reason)"
    case .failed(let reason): "TLS failed: \(reason)"
    }
  }
}

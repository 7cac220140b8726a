import COpenSSL

/// The SHA-256 hash of a public key (the certificate's SubjectPublicKeyInfo, RFC 7469 section 2.4), by
/// which a server is known whoever vouches for it.
public struct CertificatePin: Hashable, Sendable, CustomStringConvertible {
  /// `sha256//` and the hash in base64, as curl writes it.
  public let description: String

  private static let prefix = "sha256//"

  /// Reads `sha256//BASE64`; nil where it is anything else.
  public init?(_ text: String) {
    guard text.hasPrefix(Self.prefix), text.utf8.count == Self.prefix.utf8.count + 44 else {
      return nil
    }
    let base64 = Array(text.utf8.dropFirst(Self.prefix.utf8.count))
    var hash = [UInt8](repeating: 0, count: 33)
    guard EVP_DecodeBlock(&hash, base64, Int32(base64.count)) == 33 else { return nil }
    self.init(hash: Array(hash.prefix(32)))
    // 44 characters that are not how 32 bytes are written.
    guard description == text else { return nil }
  }

  /// The pin of a certificate's key.
  init?(of certificate: OpaquePointer) {
    var encoded: UnsafeMutablePointer<UInt8>?
    let count = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &encoded)
    guard let encoded, count > 0 else { return nil }
    defer { CRYPTO_free(encoded, "", 0) }
    var hash = [UInt8](repeating: 0, count: 32)
    SHA256(encoded, Int(count), &hash)
    self.init(hash: hash)
  }

  private init(hash: [UInt8]) {
    var base64 = [UInt8](repeating: 0, count: 45)
    let count = EVP_EncodeBlock(&base64, hash, Int32(hash.count))
    description = Self.prefix + String(decoding: base64.prefix(Int(count)), as: UTF8.self)
  }
}

import COpenSSL

/// HMAC (RFC 2104) with SHA-256.
enum HMAC {
  /// The 32 bytes of the code.
  static func sha256(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
    var code = [UInt8](repeating: 0, count: 32)
    var size: UInt32 = 0
    // OpenSSL takes a null key for "the key of before": an empty one still needs an address.
    let padded = key + [0]
    COpenSSL.HMAC(
      EVP_sha256(), padded, Int32(clamping: key.count), message, message.count, &code, &size)
    return code
  }

  /// Compares without telling by the time it takes where two codes differ.
  static func equals(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    one.count == other.count && CRYPTO_memcmp(one, other, one.count) == 0
  }
}

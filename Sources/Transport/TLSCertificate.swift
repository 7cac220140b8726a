import COpenSSL

/// Reading facts from X.509 certificates, and making one.
enum TLSCertificate {
  /// The subject or issuer on one line, `CN=localhost`.
  static func text(of name: OpaquePointer?) -> String {
    guard let name, let bio = BIO_new(BIO_s_mem()) else { return "?" }
    defer { BIO_free(bio) }
    copenssl_print_name(bio, name)
    return contents(of: bio)
  }

  /// A point in time as OpenSSL prints it.
  static func text(of time: UnsafePointer<ASN1_TIME>?) -> String {
    guard let time, let bio = BIO_new(BIO_s_mem()) else { return "?" }
    defer { BIO_free(bio) }
    ASN1_TIME_print(bio, time)
    return contents(of: bio)
  }

  /// The DNS names and IP addresses of the subject alternative name, as `openssl` writes them.
  static func hosts(of certificate: OpaquePointer) -> [String] {
    let index = X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1)
    guard index >= 0, let found = X509_get_ext(certificate, index),
      let bio = BIO_new(BIO_s_mem())
    else { return [] }
    defer { BIO_free(bio) }
    guard X509V3_EXT_print(bio, found, 0, 0) == 1 else { return [] }
    return contents(of: bio).split(separator: ",").map { entry in
      let entry = entry.drop { $0 == " " }
      for prefix in ["DNS:", "IP Address:"] where entry.hasPrefix(prefix) {
        return String(entry.dropFirst(prefix.count))
      }
      return String(entry)
    }
  }

  /// What was written to a memory BIO.
  static func contents(of bio: OpaquePointer) -> String {
    var data: UnsafeMutablePointer<CChar>?
    let count = copenssl_bio_memory(bio, &data)
    guard let data else { return "" }
    return String(decoding: UnsafeRawBufferPointer(start: data, count: count), as: UTF8.self)
  }

  /// A new key with a self-signed certificate for this machine's loopback names, valid for 30 days,
  /// that can serve as its own root.
  static func makeSelfSigned() throws(TLSError) -> (certificate: OpaquePointer, key: OpaquePointer)
  {
    guard let key = copenssl_ec_keygen("P-256") else { throw lastError("making a key") }
    guard let certificate = X509_new() else {
      EVP_PKEY_free(key)
      throw lastError("making a certificate")
    }
    var serial: UInt64 = 0
    _ = withUnsafeMutableBytes(of: &serial) { RAND_bytes($0.baseAddress, Int32($0.count)) }
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1)
    X509_set_version(certificate, 2)
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600)
    X509_gmtime_adj(X509_getm_notAfter(certificate), 30 * 24 * 3600)
    X509_set_pubkey(certificate, key)
    let name = X509_get_subject_name(certificate)
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC_FLAG, "localhost", -1, -1, 0)
    X509_set_issuer_name(certificate, name)
    let isComplete =
      add(NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1", to: certificate)
      && add(NID_basic_constraints, "critical,CA:TRUE", to: certificate)
      && X509_sign(certificate, key, EVP_sha256()) != 0
    guard isComplete else {
      X509_free(certificate)
      EVP_PKEY_free(key)
      throw lastError("making a certificate")
    }
    return (certificate, key)
  }

  private static func add(_ nid: Int32, _ value: String, to certificate: OpaquePointer) -> Bool {
    guard let found = X509V3_EXT_conf_nid(nil, nil, nid, value) else { return false }
    defer { X509_EXTENSION_free(found) }
    return X509_add_ext(certificate, found, -1) == 1
  }

  private static func lastError(_ what: String) -> TLSError {
    .failed(reason: "\(what): \(openSSLReason(ERR_get_error()))")
  }
}

/// `MBSTRING_ASC`, an expression that is not imported.
private let MBSTRING_ASC_FLAG: Int32 = 0x1000 | 1

/// OpenSSL's words for an error code.
func openSSLReason(_ code: UInt) -> String {
  guard code != 0 else { return "no reason given" }
  if let text = ERR_reason_error_string(code) { return String(cString: text) }
  return "error \(code)"
}

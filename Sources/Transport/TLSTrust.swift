import COpenSSL
import Glibc

extension TLSContext {
  /// Whom a client trusts.
  public enum Trust: Hashable, Sendable {
    /// The system's roots, or those that `SSL_CERT_FILE` and `SSL_CERT_DIR` name.
    case system
    /// The certificates in a PEM file, and no others.
    case file(String)
    /// Anybody: no verification at all.
    case anybody
  }

  func believe(_ trust: Trust) throws(TLSError) {
    switch trust {
    case .anybody: break
    case .system: believeSystem()
    case .file(let path):
      ERR_clear_error()
      guard SSL_CTX_load_verify_file(raw, path) == 1 else {
        throw .unusableFile(path: path, reason: fileReason(path, "no certificate in PEM form"))
      }
    }
  }

  /// The folder of hashed links costs nothing until a certificate is looked up in it; the bundle,
  /// 24 ms to parse on Debian, is read only where there is no such folder.
  private func believeSystem() {
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
}

/// Why a file is of no use: the system's reason where it cannot be read at all.
func fileReason(_ path: String, _ otherwise: String) -> String {
  guard access(path, R_OK) == 0 else { return systemMessage(errno) }
  return otherwise
}

import COpenSSL
import CSystem
import CZlib

/// What the program is, and what it runs with.
enum Version {
  static let number = "0.1.0"

  /// What `--version` prints: the version and the commit, and the libraries in use, one a line.
  static var description: String {
    """
    instctl \(number)
    commit \(String(cString: csystem_commit()))
    \(String(cString: OpenSSL_version(OPENSSL_VERSION)))
    zlib \(String(cString: zlibVersion()))
    Swift \(String(cString: csystem_swift()))
    """
  }
}

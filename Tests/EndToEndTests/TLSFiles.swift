import Foundation
import Testing

/// An authority made by `openssl` for a test, certificates that it has issued, and a stranger's.
struct TLSFiles: Sendable {
  static let password = "xyzzy-password"
  private let folder: TemporaryFolder

  /// `ca.pem`; `server`, `client` and `other` with `.pem` and `.key`; `stranger.pem`, for `client.key`;
  /// `encrypted.key` and `client.p12`, both with the password.
  init() throws {
    folder = try TemporaryFolder()
    for name in ["ca", "stranger"] {
      try openssl(
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        "-keyout", "\(name)-ca.key", "-out", "\(name)-ca.pem", "-subj", "/CN=\(name)", "-days", "2")
    }
    for name in ["server", "client", "other"] {
      try openssl(
        "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        "-keyout", "\(name).key", "-out", "\(name).csr", "-subj", "/CN=\(name)",
        "-addext", "subjectAltName=DNS:localhost,DNS:inst.example")
      try issue("\(name).csr", by: "ca", "\(name).pem")
    }
    try issue("client.csr", by: "stranger", "stranger.pem")
    try openssl(
      "pkcs8", "-topk8", "-in", "client.key", "-out", "encrypted.key",
      "-passout", "pass:\(Self.password)")
    try openssl(
      "pkcs12", "-export", "-in", "client.pem", "-inkey", "client.key", "-out", "client.p12",
      "-passout", "pass:\(Self.password)")
    for name in ["client.key", "other.key", "encrypted.key", "client.p12"] {
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o600], ofItemAtPath: path(name))
    }
  }

  func path(_ name: String) -> String {
    folder.path(name == "ca.pem" ? "ca-ca.pem" : name)
  }

  /// A new file of the test's own.
  func write(_ name: String, _ text: String, permissions: Int = 0o600) throws -> String {
    try folder.write(name, text, permissions: permissions)
  }

  /// The path of a certificate for the server's key that was good until yesterday.
  func expired() throws -> String {
    try issue("server.csr", by: "ca", "expired.pem", days: "-1")
    return path("expired.pem")
  }

  /// What the tools say of the server's key.
  func pin() throws -> String {
    let outcome = try Program(
      [
        "-c",
        "openssl pkey -in \"$0\" -pubout -outform der | openssl dgst -sha256 -binary | base64",
        path("server.key"),
      ], executable: URL(fileURLWithPath: "/bin/sh")
    ).finish()
    return "sha256//" + outcome.output.split(separator: "\n").joined()
  }

  private func issue(
    _ request: String, by authority: String, _ certificate: String, days: String = "2"
  )
    throws
  {
    try openssl(
      "x509", "-req", "-in", request, "-CA", "\(authority)-ca.pem",
      "-CAkey", "\(authority)-ca.key", "-CAcreateserial", "-copy_extensions", "copy",
      "-days", days, "-out", certificate)
  }

  private func openssl(_ arguments: String...) throws {
    let outcome = try Program(
      ["-c", "cd \"$0\" && exec openssl \"$@\"", folder.url.path] + arguments,
      executable: URL(fileURLWithPath: "/bin/sh")
    ).finish()
    guard outcome.status == 0 else { throw Failed(errors: outcome.errors) }
  }

  struct Failed: Error { let errors: String }
}

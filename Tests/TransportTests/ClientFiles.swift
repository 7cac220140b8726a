import Foundation

@testable import Transport

/// A client's certificate, which an intermediate authority has issued, and its key, in all the forms in
/// which files hold them. `openssl` makes them for this run.
struct ClientFiles: Sendable {
  static let password = "open sesame"
  /// Whom a server must trust to accept the client.
  let authority: String
  private let folder: URL

  static func shared() async throws -> ClientFiles { try await making.value }

  private static let making = Task { try await ClientFiles() }

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  func identity(
    _ certificate: String, key: String? = nil, password: String? = nil
  ) -> ClientIdentity {
    ClientIdentity(
      certificateFile: path(certificate), keyFile: key.map(path),
      password: password.map(Passphrase.init))
  }

  private init() async throws {
    let certificates = try await TestCertificates.shared()
    authority = certificates.authority
    folder = certificates.folder.appendingPathComponent("client")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try write(
      "openssl.cnf",
      "[req]\ndistinguished_name=name\n[name]\n[authority]\nbasicConstraints=critical,CA:TRUE\n")
    for name in ["intermediate", "client", "other"] {
      try await openssl(
        "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "\(name).key")
    }
    try await issue("intermediate", by: authority, certificates.key, ["-extensions", "authority"])
    try await issue("client", by: "intermediate.pem", "intermediate.key")
    try join(["client.pem", "intermediate.pem"], into: "chain.pem")
    try join(["client.key", "client.pem", "intermediate.pem"], into: "all.pem")
    try await makeEncryptedKeys()
    try await makePKCS12Files()
    try write("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    try write("brokenKey.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
    try write("text.txt", "neither\n")
  }

  private func makeEncryptedKeys() async throws {
    let output = ["-passout", "pass:\(Self.password)"]
    try await openssl(["pkcs8", "-topk8", "-in", "client.key", "-out", "pkcs8.key"] + output)
    try await openssl(["ec", "-in", "client.key", "-aes128", "-out", "traditional.key"] + output)
    try await openssl(
      [
        "pkcs8", "-topk8", "-in", "client.key", "-v1", "PBE-MD5-DES", "-out", "outdated.key",
        "-provider", "legacy", "-provider", "default",
      ] + output)
    try join(["client.pem", "intermediate.pem", "pkcs8.key"], into: "encrypted.pem")
  }

  private func makePKCS12Files() async throws {
    let export = [
      "pkcs12", "-export", "-inkey", "client.key", "-in", "client.pem",
      "-certfile", "intermediate.pem",
    ]
    let password = ["-passout", "pass:\(Self.password)"]
    try await openssl(export + password + ["-out", "client.p12"])
    try await openssl(export + ["-passout", "pass:", "-out", "noPassword.p12"])
    try await openssl(export + password + ["-legacy", "-out", "outdated.p12"])
    try await openssl(export + password + ["-nomac", "-out", "noCode.p12"])
    try await openssl(
      ["pkcs12", "-export", "-nokeys", "-in", "client.pem", "-out", "noKey.p12"] + password)
  }

  private func issue(
    _ name: String, by authority: String, _ key: String, _ extensions: [String] = []
  ) async throws {
    try await openssl(
      "req", "-new", "-key", "\(name).key", "-subj", "/CN=\(name)", "-config", "openssl.cnf",
      "-out", "\(name).csr")
    try await openssl(
      [
        "x509", "-req", "-in", "\(name).csr", "-CA", authority, "-CAkey", key, "-days", "2",
        "-set_serial", "0x\(UUID().uuidString.replacing("-", with: ""))",
        "-extfile", "openssl.cnf", "-out", "\(name).pem",
      ] + extensions)
  }

  private func write(_ name: String, _ text: String) throws {
    try text.write(toFile: path(name), atomically: true, encoding: .utf8)
  }

  private func join(_ names: [String], into name: String) throws {
    try write(
      name,
      try names.map { try String(contentsOfFile: path($0), encoding: .utf8) }.joined())
  }

  private func openssl(_ arguments: String...) async throws { try await openssl(arguments) }

  private func openssl(_ arguments: [String]) async throws {
    try await output(of: "openssl", arguments, in: folder)
  }
}

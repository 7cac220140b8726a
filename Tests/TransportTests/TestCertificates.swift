import Foundation

/// A certificate authority made by `openssl` for this run, and certificates of every kind that it
/// and others have issued.
struct TestCertificates: Sendable {
  /// What a server may show.
  enum Kind: String, CaseIterable, Sendable {
    /// For localhost, 127.0.0.1 and ::1.
    case good
    case expired
    case notYetValid
    /// For wrong.example and *.wrong.example.
    case wrongHost
    /// For the address 127.0.0.1 alone.
    case addressOnly
    /// For *.example.test.
    case wildcard
    /// For w*.example.test, which nobody should honour.
    case partialWildcard
    /// Like `good`, by an authority that nobody knows.
    case unknownIssuer
    /// Like `good`, by itself.
    case selfSigned
  }

  let folder: URL

  /// The files of this run, made at the first use.
  static func shared() async throws -> TestCertificates { try await making.value }

  private static let making = Task { try await TestCertificates() }

  /// The authority's own certificate.
  var authority: String { path("authority.pem") }

  func certificate(_ kind: Kind) -> String { path("\(kind.rawValue).pem") }

  /// One key serves all.
  var key: String { path("key.pem") }

  private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  private init() async throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("instctl-test-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    removeAtExit(folder)
    try Self.configuration.write(
      toFile: path("openssl.cnf"), atomically: true, encoding: .utf8)
    try await openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
    for name in ["authority", "stranger"] {
      try await openssl(
        "req", "-x509", "-new", "-key", key, "-subj", "/CN=\(name)", "-days", "2",
        "-config", "openssl.cnf", "-extensions", "authority", "-out", path("\(name).pem"))
    }
    let loopback = "DNS:localhost,IP:127.0.0.1,IP:::1"
    try await issue(.good, for: loopback)
    try await issue(.expired, for: loopback, from: "20200101000000Z", to: "20210101000000Z")
    try await issue(.notYetValid, for: loopback, from: "20990101000000Z", to: "20991231000000Z")
    try await issue(.wrongHost, for: "DNS:wrong.example,DNS:*.wrong.example,IP:192.0.2.1")
    try await issue(.addressOnly, for: "IP:127.0.0.1")
    try await issue(.wildcard, for: "DNS:*.example.test")
    try await issue(.partialWildcard, for: "DNS:w*.example.test")
    try await issue(.unknownIssuer, for: loopback, by: "stranger")
    try await openssl(
      "req", "-x509", "-new", "-key", key, "-subj", "/CN=selfSigned", "-days", "2",
      "-config", "openssl.cnf", "-addext", "subjectAltName=\(loopback)",
      "-out", certificate(.selfSigned))
  }

  private func issue(
    _ kind: Kind, for names: String, by issuer: String = "authority",
    from start: String = "20200101000000Z", to end: String = "20991231000000Z"
  ) async throws {
    let request = path("\(kind.rawValue).csr")
    let extensions = path("\(kind.rawValue).ext")
    try "subjectAltName=\(names)\n".write(toFile: extensions, atomically: true, encoding: .utf8)
    try "".write(toFile: path("index.txt"), atomically: true, encoding: .utf8)
    try await openssl(
      "req", "-new", "-key", key, "-subj", "/CN=\(kind.rawValue)", "-config", "openssl.cnf",
      "-out", request)
    try await openssl(
      "ca", "-batch", "-notext", "-config", "openssl.cnf", "-cert", path("\(issuer).pem"),
      "-keyfile", key, "-in", request, "-extfile", extensions,
      "-startdate", start, "-enddate", end, "-out", certificate(kind))
  }

  private func openssl(_ arguments: String...) async throws {
    try await output(of: "openssl", arguments, in: folder)
  }

  /// Nothing of the machine's own settings counts.
  private static let configuration = """
    [req]
    distinguished_name = name
    [name]
    [authority]
    basicConstraints = critical,CA:TRUE
    [ca]
    default_ca = here
    [here]
    database = index.txt
    new_certs_dir = .
    rand_serial = yes
    default_md = sha256
    policy = any
    [any]
    commonName = supplied
    """
}

/// Removes a folder when the tests have ended.
private func removeAtExit(_ folder: URL) {
  ToRemove.folder = folder
  atexit { if let folder = ToRemove.folder { try? FileManager.default.removeItem(at: folder) } }
}

private enum ToRemove {
  // Written once, before the only reader is registered.
  nonisolated(unsafe) static var folder: URL?
}

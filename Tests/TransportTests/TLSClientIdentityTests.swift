import Foundation
import Testing
import WebSocket

@testable import Transport

/// Client certificates (RFC 8446 section 4.4.2, RFC 5246 section 7.4.6) from files of every form, against
/// OpenSSL's own server.
@EventLoop
struct TLSClientIdentityTests {
  /// One way to name a certificate and its key.
  struct Form: Sendable, CustomTestStringConvertible {
    let certificate: String
    var key: String?
    var password: String?

    func identity(_ files: ClientFiles) -> ClientIdentity {
      files.identity(certificate, key: key, password: password)
    }

    var testDescription: String {
      [certificate, key, password.map { _ in "password" }].compactMap { $0 }
        .joined(separator: ", ")
    }
  }

  nonisolated private static let password = ClientFiles.password
  nonisolated static let versions = ["-tls1_2", "-tls1_3"]

  private func server(
    _ version: String, demands: Bool = true
  ) async throws -> (OpenSSLServer, ClientFiles) {
    let files = try await ClientFiles.shared()
    let server = try await OpenSSLServer.reversing([
      version, "-CAfile", files.authority, demands ? "-Verify" : "-verify", "3",
      "-verify_return_error",
    ])
    return (server, files)
  }

  private func options(_ identity: ClientIdentity?) async throws -> TLSClientOptions {
    var options = TLSClientOptions(trust: .file(try await TestCertificates.shared().authority))
    options.identity = identity
    return options
  }

  // MARK: What is accepted

  /// The server knows the root alone: the chain has to come along.
  @Test(
    arguments: [
      Form(certificate: "all.pem"),
      Form(certificate: "chain.pem", key: "client.key"),
      Form(certificate: "all.pem", password: "not needed"),
      Form(certificate: "encrypted.pem", password: password),
      Form(certificate: "chain.pem", key: "pkcs8.key", password: password),
      Form(certificate: "chain.pem", key: "traditional.key", password: password),
      Form(certificate: "client.p12", password: password),
      Form(certificate: "noPassword.p12"),
      Form(certificate: "noPassword.p12", password: ""),
      Form(certificate: "client.p12", key: "pkcs8.key", password: password),
    ], versions)
  func everyFormIsAccepted(form: Form, version: String) async throws {
    let (server, files) = try await server(version)
    defer { server.stop() }
    try await server.exchange(options(form.identity(files))).close()
  }

  @Test func aPipeIsReadOnce() async throws {
    let (server, files) = try await server("-tls1_3")
    defer { server.stop() }
    let pipe = Pipe()
    pipe.fileHandleForWriting.write(
      try Data(contentsOf: URL(fileURLWithPath: files.path("all.pem"))))
    try pipe.fileHandleForWriting.close()
    let path = "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)"
    try await server.exchange(options(ClientIdentity(certificateFile: path))).close()
  }

  @Test(arguments: versions)
  func aServerThatOnlyAsksIsContentWithNone(version: String) async throws {
    let (server, _) = try await server(version, demands: false)
    defer { server.stop() }
    try await server.exchange(options(nil)).close()
  }

  // MARK: What the server refuses

  @Test(arguments: versions)
  func aServerThatDemandsOneSaysSo(version: String) async throws {
    let (server, _) = try await server(version)
    defer { server.stop() }
    let error = try await server.error(options(nil))
    guard case .clientCertificateRequired(let reason) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.contains("alert"))
  }

  @Test(arguments: [TestCertificates.Kind.unknownIssuer, .expired, .selfSigned], versions)
  func aServerThatDoesNotBelieveOursSaysSo(
    kind: TestCertificates.Kind, version: String
  ) async throws {
    let (server, _) = try await server(version)
    defer { server.stop() }
    let files = try await TestCertificates.shared()
    let error = try await server.error(
      options(ClientIdentity(certificateFile: files.certificate(kind), keyFile: files.key)))
    guard case .clientCertificateRefused = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func withoutItsChainItIsRefused() async throws {
    let (server, files) = try await server("-tls1_3")
    defer { server.stop() }
    let error = try await server.error(options(files.identity("client.pem", key: "client.key")))
    #expect(error == .clientCertificateRefused(reason: "tlsv1 alert unknown ca"))
  }

  /// With TLS 1.3 the alert arrives behind the handshake, and the reset of the connection right behind
  /// that: neither a write that fails nor a read may hide the alert.
  @Test func aResetBehindTheAlertDoesNotHideIt() async throws {
    let files = try await TestCertificates.shared()
    let server = try PythonPeers.start(
      "tls_refusing_server.py",
      ["--certificate", files.certificate(.good), "--key", files.key, "--ca", files.authority])
    defer { server.stop() }
    let port = try #require(UInt16(try await server.line()))
    let expected = TransportError.tls(
      .clientCertificateRequired(reason: "tlsv13 alert certificate required"))
    let context = try TLSContext.client(trust: .file(files.authority))
    for _ in 0..<20 {
      var options = ConnectOptions()
      options.tls = context
      let url = WebSocketURL(isSecure: true, host: "localhost", port: port, target: "/")
      let channelError = await errorThrown { () async throws(ConnectError) in
        try await WebSocketChannel.connect(to: url, options: options, deadline: .patient())
      }
      #expect(channelError == .transport(expected))

      var http = HTTPOptions()
      http.tls = context
      let request = HTTPRequest(
        method: "GET", url: try HTTPURL("https://localhost:\(port)/"))
      let httpError = await errorThrown { () async throws(HTTPError) in
        try await HTTPClient.send(request, options: http)
      }
      #expect(httpError == .transport(expected))
    }
  }

  // MARK: What cannot be used

  /// Each file's own error, and never the password.
  @Test func filesThatCannotBeUsed() async throws {
    let files = try await ClientFiles.shared()
    func error(_ certificate: String, key: String? = nil, password: String? = nil) -> TLSError? {
      var options = TLSClientOptions()
      options.identity = files.identity(certificate, key: key, password: password)
      do throws(TLSError) {
        _ = try TLSContext.client(options)
        return nil
      } catch {
        #expect(password.map { !error.description.contains($0) } != false)
        return error
      }
    }
    func unusable(_ name: String, _ reason: String) -> TLSError {
      .unusableFile(path: files.path(name), reason: reason)
    }

    for (certificate, key, file) in [
      ("chain.pem", "pkcs8.key", "pkcs8.key"), ("chain.pem", "traditional.key", "traditional.key"),
      ("encrypted.pem", nil, "encrypted.pem"), ("client.p12", nil, "client.p12"),
    ] {
      let path = files.path(file)
      #expect(error(certificate, key: key) == .passwordRequired(path: path))
      #expect(
        error(certificate, key: key, password: "wrong-password") == .wrongPassword(path: path))
      // Longer than OpenSSL has room for.
      #expect(
        error(certificate, key: key, password: String(repeating: "x", count: 5000))
          == .wrongPassword(path: path))
    }
    #expect(
      error("chain.pem", key: "outdated.key", password: ClientFiles.password)
        == .outdatedEncryption(path: files.path("outdated.key")))
    #expect(
      error("outdated.p12", password: ClientFiles.password)
        == .outdatedEncryption(path: files.path("outdated.p12")))
    #expect(
      error("noCode.p12", password: ClientFiles.password)
        == unusable("noCode.p12", "it has a password, but no code (MAC) to check it"))
    #expect(
      error("noKey.p12", password: ClientFiles.password)
        == unusable("noKey.p12", "it holds no certificate that a key is for"))

    #expect(
      error("chain.pem", key: "other.key")
        == .keyDoesNotFit(
          certificate: files.path("chain.pem"), key: files.path("other.key")))
    #expect(error("chain.pem") == unusable("chain.pem", "no key in PEM form"))
    #expect(
      error("chain.pem", key: "brokenKey.pem")
        == unusable("brokenKey.pem", "the key in it is broken"))
    #expect(error("client.key") == unusable("client.key", "no certificate in PEM form"))
    #expect(error("broken.pem") == unusable("broken.pem", "a certificate in it is broken"))
    #expect(error("text.txt") == unusable("text.txt", "neither PEM nor PKCS#12"))
    #expect(error("missing.pem") == unusable("missing.pem", "No such file or directory"))
    #expect(
      error("chain.pem", key: "missing.key")
        == unusable("missing.key", "No such file or directory"))
    #expect(error(".") == unusable(".", "Is a directory"))
  }

  @Test func aPasswordIsNotShown() {
    let identity = ClientIdentity(
      certificateFile: "file.pem", password: Passphrase("xyzzy"))
    var options = TLSClientOptions()
    options.identity = identity
    var dumped = ""
    dump(options, to: &dumped)
    #expect(
      !dumped.contains("xyzzy") && !"\(options)\(String(reflecting: options))".contains("xyzzy"))
    #expect(dumped.contains("file.pem"))
  }
}

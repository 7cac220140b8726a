import Foundation
import Testing

@testable import Transport

/// Pins of public keys (RFC 7469 section 2.4).
@EventLoop
struct TLSPinTests {
  /// What the tools say of the key that all test certificates have.
  private func pin() async throws -> CertificatePin {
    let files = try await TestCertificates.shared()
    let hash = try await output(
      of: "sh",
      [
        "-c",
        "openssl pkey -in \"$0\" -pubout -outform der | openssl dgst -sha256 -binary | base64",
        files.key,
      ])
    return try #require(CertificatePin("sha256//\(hash)"))
  }

  private let other = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

  private func options(
    _ pins: [CertificatePin], trust: TLSContext.Trust? = nil
  ) async throws -> TLSClientOptions {
    let files = try await TestCertificates.shared()
    var options = TLSClientOptions(trust: trust ?? .file(files.authority))
    options.pins = pins
    return options
  }

  @Test func isReadAsItIsWritten() throws {
    #expect(CertificatePin(other)?.description == other)
    for text in [
      "", "sha256//", "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
      "sha1//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
      "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
      "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=",
      "sha256//AAAAAAAAAAAAAAAAAAAA*AAAAAAAAAAAAAAAAAAAAAA=",
      "sha256// AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "\(other)\n", " \(other)",
      "sha256//éAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    ] {
      #expect(CertificatePin(text) == nil, "\(text)")
    }
  }

  @Test(arguments: ["-tls1_2", "-tls1_3"])
  func anyOfThemWillDo(version: String) async throws {
    let server = try await OpenSSLServer.reversing([version])
    defer { server.stop() }
    let pins = [try #require(CertificatePin(other)), try await pin()]
    try await server.exchange(options(pins)).close()
  }

  /// Also on a connection that resumes a session, where the server shows no certificate.
  @Test(arguments: ["-tls1_2", "-tls1_3"])
  func holdsForAResumedSession(version: String) async throws {
    let server = try await OpenSSLServer.reversing([version])
    defer { server.stop() }
    let context = try TLSContext.client(try await options([try await pin()]))
    for isResumed in [false, true] {
      let stream = try await server.exchange(context)
      #expect(stream.tlsSummary?.contains("resumed") == isResumed)
      stream.close()
    }
  }

  @Test(arguments: ["-tls1_2", "-tls1_3"])
  func anotherKeyIsNamed(version: String) async throws {
    let server = try await OpenSSLServer.reversing([version])
    defer { server.stop() }
    let pins = [try #require(CertificatePin(other))]
    for trust in [nil, TLSContext.Trust.anybody] {
      let error = try await server.error(options(pins, trust: trust))
      #expect(error == .pinMismatch(shown: try await pin()))
      #expect(error?.description.contains(try await pin().description) == true)
    }
  }

  /// A pin is more than the certificate's own word, not instead of it.
  @Test func aPinDoesNotReplaceVerification() async throws {
    let server = try await OpenSSLServer.reversing([], certificate: .expired)
    defer { server.stop() }
    let error = try await server.error(options([try await pin()]))
    guard case .certificateExpired = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    try await server.exchange(options([try await pin()], trust: .anybody)).close()
  }

  /// Who is not the one we know learns nothing of our certificate (TLS 1.3: it is not even sent).
  @Test func aStrangerIsShownNoCertificate() async throws {
    let files = try await ClientFiles.shared()
    let server = try await OpenSSLServer(
      ["-tls1_3", "-CAfile", files.authority, "-Verify", "3", "-naccept", "1"])
    defer { server.stop() }
    var options = try await options([try #require(CertificatePin(other))])
    options.identity = files.identity("all.pem")
    let error = try await server.error(options)
    #expect(error == .pinMismatch(shown: try await pin()))
    let transcript = try await server.command.rest(of: server.command.lines)
    #expect(!transcript.contains { $0.contains("CN = client") || $0.contains("CN=client") })
  }
}

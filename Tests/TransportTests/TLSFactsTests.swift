import Foundation
import Testing

@testable import Transport

/// What a handshake has settled, against what OpenSSL's tools say.
@EventLoop
struct TLSFactsTests {
  @Test(arguments: [
    (
      ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"], "TLSv1.2",
      "ECDHE-ECDSA-AES128-GCM-SHA256"
    ),
    (
      ["-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"], "TLSv1.3",
      "TLS_CHACHA20_POLY1305_SHA256"
    ),
  ])
  func namesWhatWasAgreed(arguments: [String], version: String, cipher: String) async throws {
    let server = try await OpenSSLServer.reversing(arguments)
    defer { server.stop() }
    let files = try await TestCertificates.shared()
    let context = try TLSContext.client(trust: .file(files.authority))
    for isResumed in [false, true] {
      let stream = try await server.exchange(context)
      let facts = try #require(stream.tlsFacts)
      #expect(facts.version == version && facts.cipher == cipher && facts.isResumed == isResumed)
      let certificate = try #require(facts.certificate)
      #expect(certificate.subject == "CN=good" && certificate.issuer == "CN=authority")
      #expect(certificate.notBefore == "2020-01-01T00:00:00Z")
      #expect(certificate.notAfter == "2099-12-31T00:00:00Z")
      #expect(certificate.names == ["localhost", "127.0.0.1", "0:0:0:0:0:0:0:1"])
      let hash = try await output(
        of: "sh",
        [
          "-c",
          "openssl pkey -in \"$0\" -pubout -outform der | openssl dgst -sha256 -binary | base64",
          files.key,
        ])
      #expect(certificate.pin?.description == "sha256//\(hash)")
      stream.close()
    }
  }

  @Test func withoutTLSThereAreNone() async throws {
    let server = try EchoServer()
    defer { server.close() }
    let stream = try await ByteStream.connect(
      host: "127.0.0.1", port: server.address.port, tls: nil, deadline: .patient())
    #expect(stream.tlsFacts == nil)
    stream.close()
  }
}

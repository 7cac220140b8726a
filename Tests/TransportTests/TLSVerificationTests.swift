import Foundation
import Testing
import WebSocket

@testable import Transport

/// Whom our client believes, and how it says why not.
@EventLoop
struct TLSVerificationTests {
  /// Connects to a server of ours that shows such a certificate.
  private func connect(
    to kind: TestCertificates.Kind, host: String = "localhost",
    trust: (TestCertificates) -> TLSContext.Trust = { .file($0.authority) }
  ) async throws -> (Result<String?, TransportError>, EchoServer) {
    let files = try await TestCertificates.shared()
    var options = AcceptOptions()
    options.tls = try TLSContext.server(
      identity: .files(certificate: files.certificate(kind), key: files.key))
    let server = try EchoServer(host: host == "::1" ? "::1" : "127.0.0.1", options: options)
    defer { server.close() }
    let context = try TLSContext.client(trust: trust(files))
    do throws(TransportError) {
      let stream = try await ByteStream.connect(
        host: host, port: server.address.port, tls: context, deadline: .patient())
      #expect(stream.isEncrypted)
      defer { stream.close() }
      return (.success(stream.tlsSummary), server)
    } catch {
      return (.failure(error), server)
    }
  }

  @Test(arguments: ["localhost", "127.0.0.1", "::1"])
  func aGoodCertificateIsBelieved(host: String) async throws {
    let (result, _) = try await connect(to: .good, host: host)
    #expect(result == .success("TLSv1.3"))
  }

  @Test func expired() async throws {
    let (result, server) = try await connect(to: .expired)
    #expect(
      result
        == .failure(
          .tls(
            .certificateExpired(
              subject: "CN=expired", notAfter: "Jan  1 00:00:00 2021 GMT"))))
    // The server is told why.
    guard case .transport(.tls(.alert(let reason))) = try await server.failures.next() else {
      Issue.record("no alert")
      return
    }
    #expect(reason.contains("expired"), "\(reason)")
  }

  @Test func notYetValid() async throws {
    let (result, _) = try await connect(to: .notYetValid)
    #expect(
      result
        == .failure(
          .tls(
            .certificateNotYetValid(
              subject: "CN=notYetValid", notBefore: "Jan  1 00:00:00 2099 GMT"))))
  }

  @Test(arguments: ["localhost", "127.0.0.1"]) func wrongHost(host: String) async throws {
    let (result, _) = try await connect(to: .wrongHost, host: host)
    let names = ["wrong.example", "*.wrong.example", "192.0.2.1"]
    #expect(result == .failure(.tls(.wrongHost(host: host, validFor: names))))
  }

  @Test func anAddressIsNoName() async throws {
    let (byAddress, _) = try await connect(to: .addressOnly, host: "127.0.0.1")
    #expect(byAddress == .success("TLSv1.3"))
    let (byName, _) = try await connect(to: .addressOnly)
    #expect(
      byName == .failure(.tls(.wrongHost(host: "localhost", validFor: ["127.0.0.1"]))))
  }

  @Test func unknownIssuer() async throws {
    let (result, server) = try await connect(to: .unknownIssuer)
    // Both authorities share a key, but not their name.
    #expect(
      result
        == .failure(.tls(.unknownIssuer(subject: "CN=unknownIssuer", issuer: "CN=stranger"))))
    guard case .transport(.tls(.alert)) = try await server.failures.next() else {
      Issue.record("no alert")
      return
    }
  }

  @Test func selfSigned() async throws {
    let (result, _) = try await connect(to: .selfSigned)
    #expect(result == .failure(.tls(.selfSigned(subject: "CN=selfSigned"))))
  }

  @Test func aSelfSignedCertificateThatIsTrustedByName() async throws {
    let (result, _) = try await connect(
      to: .selfSigned, trust: { .file($0.certificate(.selfSigned)) })
    #expect(result == .success("TLSv1.3"))
  }

  @Test func theSystemDoesNotKnowOurAuthority() async throws {
    let (result, _) = try await connect(to: .good, trust: { _ in .system })
    #expect(
      result == .failure(.tls(.unknownIssuer(subject: "CN=good", issuer: "CN=authority"))))
  }

  @Test(arguments: TestCertificates.Kind.allCases)
  func whoTrustsAnybodyBelievesEverything(kind: TestCertificates.Kind) async throws {
    let (result, _) = try await connect(to: kind, trust: { _ in .anybody })
    #expect(result == .success("TLSv1.3"))
  }

  /// The server makes its own certificate, which clients can be given.
  @Test func aServerWithACertificateMadeOnTheSpot() async throws {
    let files = try await TestCertificates.shared()
    var options = AcceptOptions()
    let context = try TLSContext.server(identity: .selfSigned)
    options.tls = context
    let server = try EchoServer(options: options)
    defer { server.close() }
    let pem = try #require(context.certificatePEM)
    let file = files.folder.appendingPathComponent("made.pem")
    try pem.write(to: file, atomically: true, encoding: .utf8)
    for host in ["localhost", "127.0.0.1"] {
      var client = ConnectOptions()
      client.tls = try TLSContext.client(trust: .file(file.path))
      let (channel, recorder) = try await WebSocketChannel.recorded(
        to: server.url(host: host), options: client)
      try channel.send(.text("hello"))
      #expect(try await recorder.messages.next() == .text("hello"))
      channel.abort()
    }
  }

  // MARK: Files

  @Test func filesThatCannotBeUsed() async throws {
    let files = try await TestCertificates.shared()
    let missing = files.folder.appendingPathComponent("missing.pem").path
    let broken = files.folder.appendingPathComponent("broken.pem").path
    try "-----BEGIN CERTIFICATE-----\nAAAA\n".write(
      toFile: broken, atomically: true, encoding: .utf8)
    for (path, isMissing) in [(missing, true), (broken, false), (files.key, false)] {
      let error = #expect(throws: TLSError.self) {
        _ = try TLSContext.client(trust: .file(path))
      }
      guard case .unusableFile(path, let reason) = error else {
        Issue.record("\(path): \(String(describing: error))")
        continue
      }
      #expect(reason.contains("No such file") == isMissing, "\(reason)")
    }
    for (certificate, key, culprit) in [
      (missing, files.key, missing), (files.certificate(.good), missing, missing),
      (broken, files.key, broken), (files.certificate(.good), broken, broken),
    ] {
      let error = #expect(throws: TLSError.self) {
        _ = try TLSContext.server(identity: .files(certificate: certificate, key: key))
      }
      guard case .unusableFile(culprit, _) = error else {
        Issue.record("\(culprit): \(String(describing: error))")
        continue
      }
    }
  }
}

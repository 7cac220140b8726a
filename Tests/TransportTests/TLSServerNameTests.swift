import Foundation
import Testing

@testable import Transport

/// A name to ask for and to verify (RFC 6066 section 3, RFC 9525) other than the host.
@EventLoop
struct TLSServerNameTests {
  private func options(_ name: String?) async throws -> TLSClientOptions {
    var options = TLSClientOptions(trust: .file(try await TestCertificates.shared().authority))
    options.serverName = name
    return options
  }

  /// The server has a certificate for `*.example.test`, which it shows only who asks for that host.
  private func serverOfTwoNames() async throws -> OpenSSLServer {
    let files = try await TestCertificates.shared()
    return try await OpenSSLServer.reversing([
      "-servername", "a.example.test", "-cert2", files.certificate(.wildcard), "-key2", files.key,
    ])
  }

  @Test(arguments: ["a.example.test", "a.example.test."])
  func isAskedForAndVerified(name: String) async throws {
    let server = try await serverOfTwoNames()
    defer { server.stop() }
    for host in ["localhost", "127.0.0.1"] {
      let stream = try await server.exchange(options(name), host: host)
      #expect(stream.tlsFacts?.certificate?.subject == "CN=wildcard")
      stream.close()
    }
    #expect(
      try await server.error(options("b.example.test"))
        == .wrongHost(
          host: "b.example.test", validFor: ["localhost", "127.0.0.1", "0:0:0:0:0:0:0:1"]))
  }

  @Test(arguments: [nil, "localhost", "localhost.", "127.0.0.1", "::1", "127.1"])
  func aNameOrAnAddress(name: String?) async throws {
    let server = try await serverOfTwoNames()
    defer { server.stop() }
    let stream = try await server.exchange(options(name))
    #expect(stream.tlsFacts?.certificate?.subject == "CN=good")
    stream.close()
  }

  @Test(arguments: ["192.0.2.9", "::2", "fe80::1%lo"])
  func anotherAddressIsWrong(name: String) async throws {
    let server = try await serverOfTwoNames()
    defer { server.stop() }
    let error = try await server.error(options(name))
    guard case .wrongHost(name, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  /// With these OpenSSL would check no name at all.
  @Test(arguments: ["", ".", "localhost\0.evil.test", String(repeating: "a", count: 300)])
  func noNameAtAll(name: String) async throws {
    let server = try await serverOfTwoNames()
    defer { server.stop() }
    #expect(try await server.error(options(name)) == .invalidServerName(name))
  }
}

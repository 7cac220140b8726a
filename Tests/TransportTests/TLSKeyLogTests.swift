import Foundation
import Testing

@testable import Transport

/// The key log, in the form of `SSLKEYLOGFILE` (RFC 9850).
@EventLoop
struct TLSKeyLogTests {
  private func file(_ name: String = "\(UUID())") async throws -> String {
    try await TestCertificates.shared().folder.appendingPathComponent(name).path
  }

  private func options(_ file: String) async throws -> TLSClientOptions {
    var options = TLSClientOptions(trust: .file(try await TestCertificates.shared().authority))
    options.keyLogFile = file
    return options
  }

  @Test(arguments: [
    ("-tls1_2", ["CLIENT_RANDOM"]),
    (
      "-tls1_3",
      [
        "SERVER_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
        "SERVER_TRAFFIC_SECRET_0", "CLIENT_TRAFFIC_SECRET_0", "EXPORTER_SECRET",
      ]
    ),
  ])
  func eachConnectionIsAppended(version: String, labels: [String]) async throws {
    let path = try await file()
    let server = try await OpenSSLServer.reversing([version])
    defer { server.stop() }
    for count in 1...2 {
      // A context of its own: another run of a program.
      try await server.exchange(options(path)).close()
      let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
      #expect(lines.count == count * labels.count)
      for line in lines {
        let parts = line.split(separator: " ")
        #expect(parts.count == 3 && labels.contains(String(parts[0])))
        #expect(parts.dropFirst().allSatisfy { $0.allSatisfy(\.isHexDigit) })
      }
      #expect(
        Set(lines.compactMap { $0.split(separator: " ").first.map(String.init) }) == Set(labels))
    }
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test func whatIsThereStays() async throws {
    let path = try await file()
    try "# mine\n".write(toFile: path, atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
    let server = try await OpenSSLServer.reversing([])
    defer { server.stop() }
    try await server.exchange(options(path)).close()
    #expect(try String(contentsOfFile: path, encoding: .utf8).hasPrefix("# mine\nS"))
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o640)
  }

  @Test func aFileThatCannotBeMade() async throws {
    let path = try await file("missing/keys.log")
    let options = try await options(path)
    #expect(throws: TLSError.keyLogFailed(path: path, reason: "No such file or directory")) {
      _ = try TLSContext.client(options)
    }
  }

  @Test func aFullDiskIsNoticed() async throws {
    let server = try await OpenSSLServer.reversing([])
    defer { server.stop() }
    #expect(
      try await server.error(options("/dev/full"))
        == .keyLogFailed(path: "/dev/full", reason: "No space left on device"))
  }
}

import Foundation
import Testing
import WebSocket

@testable import Transport

/// `wsecho-client` as a program, against the server of Python's `websockets`.
@EventLoop
@Suite(.serialized)
struct EchoClientProgramTests {
  /// Beside the test bundle, where the build puts everything.
  private static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appendingPathComponent("wsecho-client").path

  /// Runs it to its end.
  private func run(_ arguments: String...) async throws -> (status: Int32, errors: String) {
    let program = try Command(Self.program, arguments)
    defer { program.stop() }
    let errors = try await program.rest(of: program.errors).joined(separator: "\n")
    #expect(try await program.rest(of: program.lines) == [])
    return (try await program.status(), errors)
  }

  @Test(arguments: [true, false]) func echoesOverTLS(compresses: Bool) async throws {
    let server = try await PythonServer(Link(isCompressed: true, isSecure: true))
    defer { server.stop() }
    let url = server.url("drive/200/3000").description
    let (status, errors) = try await run(
      url, "--cacert", server.files.authority, compresses ? "--compress" : "--no-compress")
    #expect(status == 0)
    #expect(errors == "")
    #expect(try await server.end() == "1000 \(compresses ? " deflate" : "")")
  }

  @Test func tellsTheEndWhenAsked() async throws {
    let server = try await PythonServer()
    defer { server.stop() }
    let (status, errors) = try await run("-v", server.url("close/4004/gone").description)
    #expect(status == 0)
    #expect(errors == "wsecho-client: the peer closed the connection with code 4004: gone")
  }

  @Test func theCertificateMustBeTrusted() async throws {
    let server = try await PythonServer(Link(isCompressed: true, isSecure: true))
    defer { server.stop() }
    let url = server.url("drive/1/1").description
    let (refused, errors) = try await run(url)
    #expect(refused == 1)
    #expect(errors.contains("the issuer of the server's certificate is unknown"), "\(errors)")
    let (believed, _) = try await run(url, "-k")
    #expect(believed == 0)
    #expect(try await server.end() == "1000  deflate")
    let (unusable, reason) = try await run(url, "--cacert", "/no/such/file")
    #expect(unusable == 1)
    #expect(reason.contains("/no/such/file"), "\(reason)")
  }

  @Test func aMessageOverTheLimit() async throws {
    let server = try await PythonServer()
    defer { server.stop() }
    for (option, limit) in [("--max-message", 999), ("--max-frame", 1)] {
      let (status, errors) = try await run(
        "-v", option, "\(limit)", server.url("drive/3/1000").description)
      // It was opened, and it has ended.
      #expect(status == 0)
      #expect(errors.contains("the limit is") || errors.contains("more than 999"), "\(errors)")
      #expect(try await server.end().hasPrefix("1009 "))
    }
  }

  /// More under way than the system buffers: neither side may wait for the other for ever.
  @Test func largeMessages() async throws {
    let server = try await PythonServer(Link(isCompressed: false, isSecure: false))
    defer { server.stop() }
    let (status, _) = try await run(server.url("drive/6/3000000").description)
    #expect(status == 0)
    #expect(try await server.end() == "1000 ")
  }

  @Test func whatCannotBeOpened() async throws {
    let (descriptor, port) = try listeningSocket(backlog: 8)
    // Nobody accepts, so the upgrade is never answered.
    let (late, lateError) = try await run(
      "ws://127.0.0.1:\(port)/", "--connect-timeout", "300")
    #expect(late == 1)
    #expect(lateError.contains("timed out after 300 ms in the WebSocket upgrade"), "\(lateError)")
    close(descriptor)
    let (refused, refusal) = try await run("ws://127.0.0.1:\(port)/")
    #expect(refused == 1)
    #expect(refusal == "wsecho-client: connection refused by 127.0.0.1:\(port)")
    let (invalid, reason) = try await run("ftp://127.0.0.1/")
    #expect(invalid == 1)
    #expect(reason.contains("'ftp'"), "\(reason)")
  }

  @Test(arguments: [
    [], ["ws://localhost/", "--max-message", "0"], ["ws://localhost/", "--max-frame", "-1"],
    ["ws://localhost/", "--connect-timeout", "0"], ["ws://localhost/", "--no-such-option"],
  ])
  func wrongUsage(arguments: [String]) async throws {
    let program = try Command(Self.program, arguments)
    #expect(try await program.status() == 64)
  }
}

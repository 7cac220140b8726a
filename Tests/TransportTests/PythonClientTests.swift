import Testing
import WebSocket

@testable import Transport

/// The client of Python's `websockets` and our server.
@EventLoop
@Suite(.serialized)
struct PythonClientTests {
  /// Runs a scenario against our server; gives what the client printed, and the server.
  private func run(
    _ scenario: [String], over link: Link = Link(isCompressed: true, isSecure: false),
    options: AcceptOptions = AcceptOptions(), target: String = "/"
  ) async throws -> (lines: [String], server: EchoServer) {
    let files = try await TestCertificates.shared()
    var options = options
    if link.isSecure {
      options.tls = try TLSContext.server(
        identity: .files(certificate: files.certificate(.good), key: files.key))
    }
    let server = try EchoServer(options: options)
    defer { server.close() }
    var arguments = link.isCompressed ? [] : ["--no-deflate"]
    if link.isSecure { arguments += ["--cacert", files.authority] }
    let client = try PythonPeers.start(
      "ws_client.py",
      arguments + [server.url(host: "localhost", target: target).description] + scenario)
    defer { client.stop() }
    let lines = try await client.rest(of: client.lines)
    if lines.count != 2 {
      Issue.record("\(lines) \(try await client.rest(of: client.errors))")
    }
    return (lines, server)
  }

  private func suffix(_ link: Link) -> String { link.isCompressed ? " deflate" : "" }

  @Test(arguments: Link.all) func messagesComeBack(link: Link) async throws {
    let (lines, server) = try await run(["echo"], over: link)
    // The close frame is answered with its code alone.
    #expect(lines == ["ok", "4001 \(suffix(link))"])
    let end = try await server.ends.next()
    guard case .closed(let closure) = end else {
      Issue.record("\(end)")
      return
    }
    #expect(!closure.startedHere && closure.isClean)
    #expect(closure.received == CloseFrame(code: CloseCode(rawValue: 4001), reason: "tschüss"))
  }

  @Test(arguments: Link.all) func manyAtOnce(link: Link) async throws {
    let (lines, server) = try await run(["many"], over: link)
    #expect(lines == ["ok", "1000 \(suffix(link))"])
    #expect(try await server.ends.next().closeCode == 1000)
  }

  @Test func pingsAreAnswered() async throws {
    let (lines, _) = try await run(["ping"])
    #expect(lines == ["ok", "1000  deflate"])
  }

  @Test(arguments: [1000, 1012, 4999])
  func weClose(code: Int) async throws {
    let (lines, server) = try await run(["closed", "\(code)", "schön"])
    #expect(lines == ["ok", "\(code) schön deflate"])
    let end = try await server.ends.next()
    guard case .closed(let closure) = end else {
      Issue.record("\(end)")
      return
    }
    #expect(closure.startedHere && closure.isClean)
  }

  @Test func theClientVanishes() async throws {
    let (lines, server) = try await run(["vanish"])
    #expect(lines == ["ok", "1006  deflate"])
    let end = try await server.ends.next()
    #expect(end == .failed(.peerVanished) || end == .transport(.reset))
  }

  @Test func compressionMayBeDeclined() async throws {
    var options = AcceptOptions()
    options.compresses = false
    let (lines, _) = try await run(["echo"], options: options)
    #expect(lines == ["ok", "4001 "])
  }

  @Test func anotherPathIsNotFound() async throws {
    var options = AcceptOptions()
    options.path = "/websocket"
    let (found, _) = try await run(["ping"], options: options, target: "/websocket?x=1")
    #expect(found.first == "ok")
    let (lines, server) = try await run(["ping"], options: options, target: "/elsewhere")
    #expect(lines == ["status 404", "the WebSocket is at /websocket"])
    guard case .handshake(.unacceptableRequest(404, _)) = try await server.failures.next() else {
      Issue.record("not refused")
      return
    }
  }
}

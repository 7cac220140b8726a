import Testing

@testable import Transport

/// What comes of HTTP exchanges whose connection does not live to see their end (RFC 9112 sections 8
/// and 9.6).
@EventLoop
struct HTTPRefusalTests {
  private let refusal = "HTTP/1.1 413 Content Too Large\r\n"

  private func upload(
    to port: UInt16, tls: TLSContext? = nil
  ) async throws(HTTPError) -> HTTPResponse {
    var options = HTTPOptions()
    options.tls = tls
    options.idleTimeoutMilliseconds = patience
    let scheme = tls == nil ? "http" : "https"
    let url: HTTPURL
    do throws(TransportError) {
      url = try HTTPURL("\(scheme)://127.0.0.1:\(port)/")
    } catch { throw .transport(error) }
    return try await HTTPClient.send(
      HTTPRequest(method: "PUT", url: url, body: [UInt8](repeating: 65, count: 20 << 20)),
      options: options)
  }

  /// A server that closes with most of the body unread resets the connection behind its answer.
  @Test(arguments: ["Content-Length: 3\r\n\r\nbig", "\r\nbig"])
  func aRefusalBeforeAResetIsTheAnswer(rest: String) async throws {
    // The end of the script closes the socket with unread bytes in it.
    let peer = try ScriptedPeer([.readHead, .send(Array((refusal + rest).utf8))])
    let response = try await upload(to: peer.port)
    #expect(response.status == 413)
    #expect(response.body == Array("big".utf8))
  }

  @Test func aResetInsteadOfAnAnswerIsAnError() async throws {
    let peer = try ScriptedPeer([.readHead, .reset])
    let error = await errorThrown { () async throws(HTTPError) in try await upload(to: peer.port) }
    #expect(error == .transport(.reset))
  }

  /// Where only the end of the connection ends the body, a reset leaves it cut short.
  @Test func aSuccessBeforeAResetMayBeCutShort() async throws {
    let peer = try ScriptedPeer([.readHead, .send(Array("HTTP/1.1 200 OK\r\n\r\nhal".utf8))])
    let error = await errorThrown { () async throws(HTTPError) in try await upload(to: peer.port) }
    #expect(error == .transport(.reset))
  }

  /// Each kind of early refusal by a server of the standard library, in plain text and over TLS: the
  /// answer is heard although the server takes nothing any more.
  @Test(arguments: [false, true], ["reset", "drain"])
  func aServerThatRefusesEarly(isSecure: Bool, manner: String) async throws {
    let server = try await PythonHTTPServer(isSecure: isSecure)
    defer { server.stop() }
    let response = try await server.send("/refuse/\(manner)", body: 20 << 20)
    #expect(response.status == 403)
    #expect(response.body == Array("no".utf8))
  }

  @Test func aBodyUntilTheEndWithoutTLSsFarewellIsCutShort() async throws {
    let server = try await PythonHTTPServer(isSecure: true)
    defer { server.stop() }
    #expect(try await server.send("/until-end/orderly").body == Array("whole".utf8))
    let error = await errorThrown { () async throws(HTTPError) in
      try await server.send("/until-end/cut")
    }
    #expect(error == .truncated)
  }
}

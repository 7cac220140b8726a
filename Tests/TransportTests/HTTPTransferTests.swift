import Testing
import WebSocket

@testable import Transport

/// HTTP transfers in every framing and at every pace, with a server of Python's standard library and
/// with scripted ones (RFC 9112 sections 6 and 7).
@EventLoop
struct HTTPTransferTests {
  @Test(arguments: [false, true])
  func bodiesInBothDirections(isSecure: Bool) async throws {
    let server = try await PythonHTTPServer(isSecure: isSecure)
    defer { server.stop() }
    let put = try await server.send("/count", body: 5 << 20)
    #expect(put.status == 200)
    #expect(String(decoding: put.body, as: UTF8.self) == "\(5 << 20)")
    #expect(try await server.send("/status/404").status == 404)
    for framing in ["length", "chunked"] {
      let get = try await server.send("/large/\(framing)/\(50 << 20)")
      #expect(get.body.count == 50 << 20)
    }
  }

  /// By its length at once, in chunks as soon as they go over it.
  @Test(arguments: ["length", "chunked"])
  func aDownloadAboveTheLimit(framing: String) async throws {
    let server = try await PythonHTTPServer()
    defer { server.stop() }
    let limit = 50 << 20 - 1
    let error = await errorThrown { () async throws(HTTPError) in
      try await server.send("/large/\(framing)/\(50 << 20)") { $0.maximumBodySize = limit }
    }
    #expect(error == .bodyTooLarge(limit: limit))
  }

  /// Whoever sends something now and then is not idle; whoever stops is, in head, body or chunk.
  @Test func slowIsNotIdle() async throws {
    let answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
    let slow = try ScriptedPeer([.readHead, .drip(Array(answer.utf8), milliseconds: 20), .pause])
    defer { slow.proceed() }
    var options = HTTPOptions()
    options.idleTimeoutMilliseconds = 1000
    let start = MonotonicTime.current()
    let response = try await HTTPClient.send(
      HTTPRequest(url: try HTTPURL("http://127.0.0.1:\(slow.port)/")), options: options)
    #expect(response.body == Array("ok".utf8))
    #expect(MonotonicTime.current().nanoseconds(since: start) > 1_000_000_000)
  }

  @Test(arguments: [
    "HTTP/1.1 20", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
    "HTTP/1.1 200 OK\r\n\r\nhello",
  ])
  func whoeverStopsIsIdle(beginning: String) async throws {
    let peer = try ScriptedPeer([.readHead, .send(Array(beginning.utf8)), .readToEnd])
    var options = HTTPOptions()
    options.idleTimeoutMilliseconds = 300
    let error = await errorThrown { () async throws(HTTPError) in
      try await HTTPClient.send(try request(to: peer), options: options)
    }
    #expect(error == .timedOut(milliseconds: 300))
    // The connection is let go at once.
    #expect(try await peer.reports.next() == .read([]))
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
  ])
  func whatEndsEarlyIsCutShort(beginning: String) async throws {
    let peer = try ScriptedPeer([
      .readHead, .send(Array(beginning.utf8)), .finishWriting, .readToEnd,
    ])
    let error = await errorThrown { () async throws(HTTPError) in
      try await HTTPClient.send(try request(to: peer))
    }
    #expect(error == .truncated)
  }

  /// A redirect may carry a credential in its query, like the presigned URL of a storage.
  @Test func aRedirectIsToldWithoutItsQuery() {
    let error = HTTPError.redirected(status: 302, location: "https://a.test/b?signature=secret")
    #expect(error.description == "the server redirects (302) to https://a.test/b?…")
  }

  private func request(to peer: ScriptedPeer) throws(HTTPError) -> HTTPRequest {
    do throws(TransportError) {
      return HTTPRequest(url: try HTTPURL("http://127.0.0.1:\(peer.port)/"))
    } catch { throw .transport(error) }
  }
}

import Foundation
import Testing
import WebSocket

@testable import Transport

/// HTTP exchanges with peers that answer as they like (RFC 9112).
@EventLoop
@Suite struct HTTPClientTests {
  private func send(
    to peer: ScriptedPeer, method: String = "GET", body: [UInt8] = [],
    _ change: (inout HTTPOptions) -> Void = { _ in }
  ) async throws -> HTTPResponse {
    var options = HTTPOptions()
    options.idleTimeoutMilliseconds = patience
    change(&options)
    let url = try HTTPURL("http://127.0.0.1:\(peer.port)/path?query")
    return try await HTTPClient.send(
      HTTPRequest(
        method: method, url: url, fields: [HTTPField(name: "X-Mine", value: "1")], body: body),
      options: options)
  }

  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test func aRequestIsWhatWasAskedForAndNothingElse() async throws {
    let peer = try ScriptedPeer([
      .send(bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")), .readToEnd,
    ])
    let response = try await send(to: peer, method: "PUT", body: bytes("abc"))
    #expect(response.status == 200)
    #expect(response.body == bytes("ok"))
    #expect(
      try await peer.reports.next()
        == .read(
          bytes(
            "PUT /path?query HTTP/1.1\r\nHost: 127.0.0.1:\(peer.port)\r\nX-Mine: 1\r\n"
              + "Content-Length: 3\r\nConnection: close\r\n\r\nabc")))
  }

  @Test func interimResponsesAreSkippedAndChunksJoined() async throws {
    let peer = try ScriptedPeer([
      .readHead,
      .send(
        bytes(
          "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
            + "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n"
        )),
      .readToEnd,
    ])
    let response = try await send(to: peer)
    #expect(response.status == 404)
    #expect(response.body == bytes("no"))
  }

  @Test(arguments: [301, 302, 307, 308])
  func redirectsAreNotFollowed(status: Int) async throws {
    let peer = try ScriptedPeer([
      .readHead, .send(bytes("HTTP/1.1 \(status) Moved\r\nLocation: http://other/\r\n\r\n")),
      .readToEnd,
    ])
    await #expect(throws: HTTPError.redirected(status: status, location: "http://other/")) {
      try await send(to: peer)
    }
  }

  @Test func aRefusalBeforeTheWholeBodyIsSentIsTheAnswer() async throws {
    let peer = try ScriptedPeer([
      .readHead, .send(bytes("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig")),
      .pause,
    ])
    let body = [UInt8](repeating: 65, count: 20 << 20)
    let response = try await send(to: peer, method: "PUT", body: body)
    #expect(response.status == 413)
    #expect(response.body == bytes("big"))
    peer.proceed()
  }

  @Test func aBodyCutShortIsAnError() async throws {
    let peer = try ScriptedPeer([
      .readHead, .send(bytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell")),
      .finishWriting, .readToEnd,
    ])
    await #expect(throws: HTTPError.truncated) { try await send(to: peer) }
  }

  @Test func aResponseThatNeverBeginsOrIsNoneIsAnError() async throws {
    let silent = try ScriptedPeer([.readHead, .finishWriting, .readToEnd])
    await #expect(throws: HTTPError.transport(.ended(step: .upgrade))) {
      try await send(to: silent)
    }
    let other = try ScriptedPeer([.readHead, .send(bytes("SSH-2.0-x\r\n")), .readToEnd])
    await #expect(
      throws: HTTPError.malformed("not a valid HTTP head: it does not begin with HTTP/1.")
    ) {
      try await send(to: other)
    }
  }

  @Test func tooLargeABodyIsRefusedByItsLength() async throws {
    let peer = try ScriptedPeer([
      .readHead, .send(bytes("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n")), .readToEnd,
    ])
    await #expect(throws: HTTPError.bodyTooLarge(limit: 49)) {
      try await send(to: peer) { $0.maximumBodySize = 49 }
    }
    // The connection is let go at once.
    #expect(try await peer.reports.next() == .read([]))
  }

  @Test func whoeverDripsIsWaitedForUntilAllOfItTookTooLong() async throws {
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
    let peer = try ScriptedPeer([
      .readHead,
      .drip(bytes(answer) + [UInt8](repeating: 65, count: 100_000), milliseconds: 10),
    ])
    await #expect(throws: HTTPError.timedOut(milliseconds: 700)) {
      try await send(to: peer) { $0.totalTimeoutMilliseconds = 700 }
    }
  }

  @Test func silenceIsNotWaitedForLong() async throws {
    let peer = try ScriptedPeer([.readHead, .readToEnd])
    await #expect(throws: HTTPError.timedOut(milliseconds: 300)) {
      try await send(to: peer) { $0.idleTimeoutMilliseconds = 300 }
    }
    #expect(try await peer.reports.next() == .read([]))
  }

  @Test func toCancelTheTaskEndsTheExchange() async throws {
    let peer = try ScriptedPeer([.readHead, .report, .readToEnd])
    let task = Task { try await send(to: peer) }
    #expect(try await peer.reports.next() == .reached)
    task.cancel()
    await #expect(throws: HTTPError.transport(.cancelled)) { try await task.value }
    #expect(try await peer.reports.next() == .read([]))
  }

  @Test(arguments: ["Host", "content-length", "Transfer-Encoding", "Connection", "X\r\nY"])
  func fieldsThatWouldChangeTheFramingAreNotSent(name: String) async throws {
    let url = try HTTPURL("http://127.0.0.1:9/")
    let request = HTTPRequest(url: url, fields: [HTTPField(name: name, value: "1")])
    await #expect {
      _ = try await HTTPClient.send(request)
    } throws: { error in
      if case .invalidRequest? = error as? HTTPError { true } else { false }
    }
  }
}

import Testing
import WebSocket

@testable import Transport

/// What a server's HTTP side answers to clients that do not ask as they should (RFC 9112 sections 3.2
/// and 6.3, RFC 9110 section 10.1.1).
@EventLoop
struct HTTPServerTroubleTests {
  /// Says how long the body of each request is, or what is asked for in a header.
  private func answers(
    to request: String, _ change: (inout AcceptOptions) -> Void = { _ in }
  ) async throws -> [String] {
    var options = AcceptOptions()
    options.timeoutMilliseconds = patience
    options.http = { request in
      let status = request.head.value("X-Status").flatMap { Int($0) } ?? 200
      return HTTPResponse(
        status: status, fields: [HTTPField(name: "Transfer-Encoding", value: "chunked")],
        body: Array("\(request.body.count)".utf8))
    }
    change(&options)
    let settled = options
    let ended = Mailbox<Bool>("the end of the exchange")
    let listener = try Listener(host: "127.0.0.1", port: 0) { connection in
      EventLoop.start {
        let channel = try? await WebSocketChannel.acceptOrAnswer(connection, options: settled)
        ended.put(channel == nil)
      }
    }
    defer { listener.close() }
    let stream = try await ByteStream.connect(
      host: "127.0.0.1", port: listener.address.port, tls: nil, deadline: .patient())
    defer { stream.close() }
    try await stream.writeAll(Array(request.utf8), deadline: .patient())
    var all: [UInt8] = []
    while true {
      let bytes = try await stream.readSome(deadline: .patient())
      if bytes.isEmpty { break }
      all += bytes
    }
    stream.close()
    #expect(try await ended.next())
    return String(decoding: all, as: UTF8.self).split(separator: "\r\n").map(String.init)
  }

  @Test func aBodyThatStopsIsNotWaitedForForEver() async throws {
    let lines = try await answers(
      to: "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhel"
    ) { $0.timeoutMilliseconds = 3000 }
    #expect(lines.first == "HTTP/1.1 408 Request Timeout")
    #expect(lines.last == "no more of the body came for 3000 ms\n")
  }

  @Test(arguments: [
    "", "Host: x\r\nHost: x\r\n", "Host: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n",
    "Host: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    "Host: x\r\nTransfer-Encoding: gzip\r\n",
  ])
  func whatCouldBeReadInTwoWaysIsRefused(fields: String) async throws {
    let lines = try await answers(to: "PUT / HTTP/1.1\r\n\(fields)\r\nhello")
    #expect(lines.first == "HTTP/1.1 400 Bad Request")
    #expect(lines.contains("Connection: close"))
  }

  @Test func onlyWhoWaitsIsToldToGoOn() async throws {
    let asking = "Host: x\r\nExpect: 100-Continue\r\nContent-Length: 5\r\n\r\n"
    var lines = try await answers(to: "PUT / HTTP/1.1\r\n\(asking)hel") {
      $0.timeoutMilliseconds = 3000
    }
    #expect(lines.prefix(2) == ["HTTP/1.1 100 Continue", "HTTP/1.1 408 Request Timeout"])
    // Who has sent all of it does not wait.
    lines = try await answers(to: "PUT / HTTP/1.1\r\n\(asking)hello")
    #expect(lines.first == "HTTP/1.1 200 OK")
    // Too much is refused before it comes.
    lines = try await answers(to: "PUT / HTTP/1.1\r\n\(asking)") { $0.maximumRequestBody = 4 }
    #expect(lines.first == "HTTP/1.1 413 Content Too Large")
  }

  /// One length and one end, whatever the handler's fields say.
  @Test func theFramingOfTheAnswerIsTheServersOwn() async throws {
    let lines = try await answers(to: "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(lines == ["HTTP/1.1 200 OK", "Content-Length: 1", "Connection: close", "0"])
    let none = try await answers(to: "GET / HTTP/1.0\r\nX-Status: 204\r\n\r\n")
    #expect(none == ["HTTP/1.1 204 No Content", "Connection: close"])
    let interim = try await answers(to: "GET / HTTP/1.1\r\nHost: x\r\nX-Status: 100\r\n\r\n")
    #expect(interim.first?.hasPrefix("HTTP/1.1 500") == true)
  }
}

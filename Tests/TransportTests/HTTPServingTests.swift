import Foundation
import Testing
import WebSocket

@testable import Transport

/// HTTP on the port of a WebSocket server: with our own client, and with curl.
@EventLoop
@Suite struct HTTPServingTests {
  /// Says what it got, and stays open for WebSockets.
  @EventLoop
  private final class Server {
    let address: SocketAddress
    let isSecure: Bool
    private let listener: Listener

    init(_ change: (inout AcceptOptions) -> Void = { _ in }) throws {
      var options = AcceptOptions()
      options.http = { request in
        if request.head.target == "/large" {
          return HTTPResponse(status: 200, body: [UInt8](repeating: 66, count: 50 << 20))
        }
        // Compared by Foundation: a loop over so many bytes would hold up the loop, which other tests
        // share.
        let count = request.body.count
        let isWhole = Data(request.body) == Data(repeating: 1, count: count)
        return HTTPResponse(
          status: 201, fields: [HTTPField(name: "X-Peer", value: request.peerAddress?.host ?? "")],
          body: Array("\(request.head.method) \(request.head.target) \(isWhole ? count : -1)".utf8))
      }
      change(&options)
      let settled = options
      isSecure = options.tls != nil
      listener = try Listener(host: "127.0.0.1", port: 0) { connection in
        EventLoop.start {
          do throws(ConnectError) {
            let channel = try await WebSocketChannel.acceptOrAnswer(connection, options: settled)
            channel?.close(CloseFrame(code: .normal, reason: ""))
            await channel?.finished()
          } catch {}
        }
      }
      address = listener.address
    }

    func url(_ target: String) -> String {
      "\(isSecure ? "https" : "http")://127.0.0.1:\(address.port)\(target)"
    }

    func close() { listener.close() }
  }

  @Test(arguments: [false, true])
  func requestsAndLargeBodiesInBothDirections(isSecure: Bool) async throws {
    let certificates = try await TestCertificates.shared()
    let server = try Server { options in
      if isSecure {
        options.tls = try? TLSContext.server(
          identity: .files(
            certificate: certificates.certificate(.good), key: certificates.key))
      }
    }
    #expect(server.isSecure == isSecure)
    var options = HTTPOptions()
    options.idleTimeoutMilliseconds = patience
    if isSecure { options.tls = try TLSContext.client(trust: .file(certificates.authority)) }
    let body = [UInt8](repeating: 1, count: 20 << 20)
    let put = try await HTTPClient.send(
      HTTPRequest(method: "PUT", url: try HTTPURL(server.url("/a?b")), body: body),
      options: options)
    #expect(put.status == 201)
    #expect(put.head.value("X-Peer") == "127.0.0.1")
    #expect(String(decoding: put.body, as: UTF8.self) == "PUT /a?b \(20 << 20)")
    let get = try await HTTPClient.send(
      HTTPRequest(url: try HTTPURL(server.url("/large"))), options: options)
    #expect(get.body.count == 50 << 20)
    let head = try await HTTPClient.send(
      HTTPRequest(method: "HEAD", url: try HTTPURL(server.url("/large"))), options: options)
    #expect(head.body.isEmpty && head.head.value("Content-Length") == "\(50 << 20)")
    server.close()
  }

  @Test func tooLargeABodyIsAnswered413() async throws {
    let server = try Server { $0.maximumRequestBody = 10 }
    let response = try await HTTPClient.send(
      HTTPRequest(
        method: "PUT", url: try HTTPURL(server.url("/")),
        body: [UInt8](repeating: 1, count: 1 << 20)))
    #expect(response.status == 413)
    server.close()
  }

  @Test func curlGetsItsAnswersAndAWebSocketStillOpens() async throws {
    let server = try Server()
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try Data(repeating: 1, count: 3 << 20).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    // Of a body of that size curl first asks whether it may come.
    let put = try Command(
      "curl", ["-sS", "-H", "Expect: 100-continue", "-T", file.path, server.url("/up")])
    #expect(try await put.lines.next() == "PUT /up \(3 << 20)")
    let chunked = try Command(
      "curl",
      [
        "-sS", "-H", "Transfer-Encoding: chunked", "--data-binary", "@\(file.path)",
        server.url("/c"),
      ]
    )
    #expect(try await chunked.lines.next() == "POST /c \(3 << 20)")
    let channel = try await WebSocketChannel.connect(
      to: try WebSocketURL(server: "ws://127.0.0.1:\(server.address.port)/"),
      options: ConnectOptions(), deadline: .patient())
    channel.abort()
    server.close()
  }

  @Test func withoutAHandlerNothingIsAnsweredButARefusal() async throws {
    let server = try Server { $0.http = nil }
    let response = try await HTTPClient.send(HTTPRequest(url: try HTTPURL(server.url("/"))))
    #expect(response.status == 426)
    server.close()
  }
}

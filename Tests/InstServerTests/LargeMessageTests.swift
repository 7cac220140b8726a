import InstProtocol
import JSONText
import Testing

@testable import InstServer

/// A server behind a gateway (PROTOCOL section 5, Large messages), beyond what was recorded.
@Suite struct LargeMessageTests {
  private let acl = ["x-amz-acl": "bucket-owner-full-control"]

  private func server(
    _ configure: (inout ServerConfiguration) -> Void = { _ in }
  ) -> TestServer {
    var server = TestServer {
      $0.messageStorageURL = "http://127.0.0.1:1/storage"
      configure(&$0)
    }
    server.logIn(1, 2)
    return server
  }

  private func frame(_ effect: Effect?) throws -> JSONValue {
    try JSONValue(parsing: try #require(effect?.sent?.text))
  }

  private func access(
    _ server: inout TestServer, _ method: String, _ url: String, _ body: String = "",
    headers: [String: String]? = nil
  ) -> (status: Int, body: [UInt8]) {
    let parts = url.split(separator: "?signature=").map(String.init)
    let name = parts[0].split(separator: "/").last.map(String.init) ?? ""
    let request = OperationRequest(
      method: method, path: "", query: parts.count > 1 ? ["signature": parts[1]] : [:],
      headers: headers ?? acl)
    return server.core.accessStorage(
      request, name: name, body: Array(body.utf8), now: server.now)
  }

  private func reserve(_ server: inout TestServer) throws -> String {
    let answer = try frame(server.sendFrame("[2,5]", from: 1).first)
    #expect(answer[0] == 3)
    #expect(answer[1] == 5)
    return try #require(answer[2]?.stringValue)
  }

  @Test func longFramesCloseTheConnection() {
    var server = server()
    let text = #"[1,7,{"type":"repo/get_updates","x":""#
    let rest = #""}]"#
    func frame(_ length: Int, of character: Character = "a") -> String {
      text + String(repeating: character, count: length - text.count - rest.count) + rest
    }
    #expect(server.sendFrame(frame(32_000), from: 1).first?.message != nil)
    // Characters are counted, not bytes.
    #expect(server.sendFrame(frame(32_000, of: "\u{E9}"), from: 1).first?.message != nil)
    #expect(server.sendFrame(frame(32_001), from: 1) == [.close(ClientID(1), code: 1009)])
    #expect(server.sendFrame("[2,5]", from: 1).isEmpty)
  }

  @Test func puttingAMessage() throws {
    var server = server()
    let url = try reserve(&server)
    let message = #"{"type":"sync/time","id":3,"clientRequestTime":4}"#
    #expect(access(&server, "PUT", url, message, headers: [:]).status == 403)
    #expect(access(&server, "PUT", url + "0", message).status == 403)
    #expect(access(&server, "GET", url).status == 403)
    #expect(access(&server, "POST", url).status == 405)
    #expect(access(&server, "PUT", url.replacing("/storage/", with: "/storage/0")).status == 404)
    #expect(access(&server, "PUT", url, message).status == 200)
    // Only once.
    #expect(access(&server, "PUT", url, message).status == 403)
    let plain = String(url.prefix { $0 != "?" })
    let answer = server.sendFrame(#"[4,6,"\#(plain)","GET",{}]"#, from: 1)
    #expect(answer.first?.message?["type"] == "sync/time/response")
    #expect(answer.first?.message?["id"] == 3)
    let again = try frame(server.sendFrame(#"[4,7,"\#(plain)","GET",{}]"#, from: 1).first)
    #expect(again[0] == 5)
    #expect(again[1] == 7)
    #expect(again[2]?["errorCode"] == "message_not_found")
    #expect(server.core.store?.usedBytes == 0)
  }

  /// What is wrong with the message is told by the number of the frame that names it.
  @Test(arguments: ["no JSON", "[]", #"{"type":"sync/time"}"#, #"{},1],[1,2,{}"#])
  func badMessages(message: String) throws {
    var server = server()
    let url = try reserve(&server)
    #expect(access(&server, "PUT", url, message).status == 200)
    let answer = try frame(server.sendFrame(#"[4,6,"\#(url)","GET",{}]"#, from: 1).first)
    #expect(answer[0] == 5)
    #expect(answer[2]?["errorCode"] == "unacceptable_request")
  }

  @Test func largeBatchesAreFetchedOnce() throws {
    var server = server()
    let update = String(repeating: "A", count: 20_000)
    for _ in 0..<2 {
      _ = server.send("repo/add_updates", #","updates":["\#(update)"]"#, from: 1)
    }
    let watched = server.send("repo/watch_branch", from: 2)
    #expect(watched.count == 2)
    #expect(watched[0].message?["type"] == "repo/watch_branch_result")
    let download = try frame(watched.last)
    #expect(download[0] == 4)
    let url = try #require(download[2]?.stringValue)
    let fetched = access(&server, "GET", url)
    let batch = try JSONValue(parsing: fetched.body)
    #expect(batch["initial"] == true)
    #expect(batch["updates"]?.arrayValue?.count == 2)
    #expect(access(&server, "GET", url).status == 404)
    #expect(server.core.store?.usedBytes == 0)
  }

  @Test func messagesGrowOld() throws {
    var server = server()
    let url = try reserve(&server)
    #expect(access(&server, "PUT", url, "{}").status == 200)
    server.now += 10 * 60_000
    let answer = try frame(server.sendFrame(#"[4,6,"\#(url)","GET",{}]"#, from: 1).first)
    #expect(answer[2]?["errorCode"] == "message_not_found")
    _ = try reserve(&server)
    #expect(server.core.store?.usedBytes == 0)
  }

  /// What finds no room is not lost in silence: the client has to come again.
  @Test func aFullStorage() throws {
    var server = server { $0.maxStorageBytes = 30_000 }
    let url = try reserve(&server)
    #expect(access(&server, "PUT", url, String(repeating: " ", count: 30_001)).status == 413)
    let update = String(repeating: "A", count: 20_000)
    for _ in 0..<2 {
      _ = server.send("repo/add_updates", #","updates":["\#(update)"]"#, from: 1)
    }
    let watched = server.send("repo/watch_branch", from: 2)
    #expect(watched.last == .close(ClientID(2), code: 1013))
    #expect(server.sendFrame("[2,5]", from: 2).isEmpty)
  }
}

import InstProtocol
import JSONText
import Testing
import WebSocket

@testable import InstServer

/// HTTP operations, as messages and by themselves (PROTOCOL sections 5, Tunnelled HTTP, and 6).
@Suite struct OperationTests {
  private func message(_ path: String, query: String = "{}", headers: String = "{}") -> String {
    #"{"type":"http_request","id":77,"request":{"path":"\#(path)","method":"get","headers":\#(headers),"body":null,"query":\#(query),"pathParams":{}}}"#
  }

  @Test func echo() throws {
    var server = TestServer()
    server.logIn(1)
    let text = message(
      "/api/v2/echo", query: #"{"a":"b","n":1.0,"x":null}"#, headers: #"{"Accept":"x"}"#)
    let response = try #require(server.sendMessage(text, from: 1).first?.message?["response"])
    #expect(response["statusCode"] == 200)
    let body = try JSONValue(parsing: Array((response["body"]?.stringValue ?? "").utf8))
    #expect(
      body == [
        "success": true, "method": "GET", "path": "/api/v2/echo",
        "query": ["a": "b", "n": "1.0"], "headers": ["accept": "x"], "body": .null,
      ])
  }

  /// Parts count from 0; the first has status and headers, the last says so.
  @Test func streams() {
    var server = TestServer()
    server.logIn(1)
    let parts = server.sendMessage(
      message("/api/v2/stream", query: #"{"parts":"3","size":"2"}"#), from: 1
    ).compactMap(\.message)
    #expect(parts.map { $0["type"] } == Array(repeating: "http_partial_response", count: 3))
    #expect(parts.map { $0["index"] } == [0, 1, 2])
    #expect(parts.map { $0["final"] } == [nil, nil, true])
    #expect(parts.map { $0["response"]?["statusCode"] } == [200, nil, nil])
    #expect(parts.map { $0["response"]?["body"] } == ["aa", "bb", "cc"])
    #expect(parts.allSatisfy { $0["id"] == 77 })
    let one = server.sendMessage(
      message("/api/v2/stream", query: #"{"parts":1,"size":0}"#), from: 1)
    #expect(one.count == 1)
    #expect(one.first?.message?["final"] == true)
  }

  @Test(arguments: [
    #"{"parts":"0"}"#, #"{"parts":"10001"}"#, #"{"size":"-1"}"#, #"{"size":"x"}"#,
    #"{"parts":"100","size":"1048576"}"#, #"{"size":"99999999999999999999"}"#,
  ])
  func streamLimits(query: String) {
    var server = TestServer()
    server.logIn(1)
    let response = server.sendMessage(message("/api/v2/stream", query: query), from: 1).first?
      .message?["response"]
    #expect(response?["statusCode"] == 400)
  }

  /// Documented parts are not numbered: the response that follows them ends them.
  @Test func documentedStreams() {
    var server = TestServer { $0.dialect = .documented }
    server.logIn(1)
    let text =
      #"{"type":"http/request","request":{"path":"/api/v2/stream","method":"GET","headers":{},"body":null,"query":{},"pathParams":{}}}"#
    let messages = server.sendMessage(text, from: 1).compactMap(\.message)
    let part: JSONValue = "http/response/part"
    #expect(messages.map { $0["type"] } == [part, part, part, "http/response"])
  }

  /// Queries as forms write them (RFC 3986 section 2.1).
  @Test(arguments: [
    ("/p?a=1&b=%2F%20+x&c", ["a": "1", "b": "/  x", "c": ""]), ("/p", [:]), ("/p?", [:]),
    ("/p?a=1&a=2", ["a": "2"]), ("/p?a=%zz%4&%FF=x&b=%FF", ["a": "%zz%4"]),
    ("/p?a=%+1&b=x=y", ["a": "% 1", "b": "x=y"]), ("/p?a=?&=z", ["a": "?", "": "z"]),
  ])
  func targets(target: String, query: [String: String]) {
    let request = OperationRequest(
      method: "GET", target: target, fields: [HTTPField(name: "X-A", value: "b")], body: nil)
    #expect(request.path == "/p")
    #expect(request.query == query)
    #expect(request.headers == ["x-a": "b"])
  }

  // MARK: Listing

  private func list(
    _ server: inout TestServer, _ query: [String: String], userID: String? = nil
  ) throws -> (status: Int, body: JSONValue) {
    let request = OperationRequest(
      method: "GET", path: "/api/v2/records/insts/list", query: query)
    let response = server.core.perform(request, userID: userID, now: server.now)
    return (response.status, try JSONValue(parsing: Array(response.body.utf8)))
  }

  @Test func pagesOfInsts() throws {
    var database = TestUsers.database
    database.records[0].insts = (10..<35).map {
      AuthDatabase.Inst(name: "i\($0)", markers: $0 == 10 ? ["publicRead"] : [])
    }
    var server = TestServer { [database] in $0.auth = database }
    var names: [String] = []
    var sizes: [Int] = []
    var query = ["recordName": "testRecord"]
    while true {
      let (status, body) = try list(&server, query, userID: TestUsers.owner)
      #expect(status == 200)
      #expect(body["totalCount"] == 25)
      let page = (body["insts"]?.arrayValue ?? []).compactMap { $0["inst"]?.stringValue }
      if names.isEmpty {
        #expect(
          body["insts"]?[0]
            == ["recordName": "testRecord", "inst": "i10", "markers": ["publicRead"]])
        #expect(body["insts"]?[1]?["markers"] == ["private"])
      }
      guard let last = page.last else { break }
      sizes.append(page.count)
      names += page
      query["inst"] = last
    }
    #expect(sizes == [10, 10, 5])
    #expect(names == (10..<35).map { "i\($0)" })
  }

  @Test func whoMayList() throws {
    var server = TestServer { $0.auth = TestUsers.database }
    let query = ["recordName": "testRecord"]
    #expect(try list(&server, query).body["errorCode"] == "not_logged_in")
    let other = try list(&server, query, userID: TestUsers.other)
    #expect(other.status == 403)
    #expect(other.body["errorCode"] == "not_authorized")
    let unknown = try list(&server, ["recordName": "none"], userID: TestUsers.owner)
    #expect(unknown.status == 404)
    #expect(unknown.body["errorCode"] == "record_not_found")
    #expect(try list(&server, [:], userID: TestUsers.owner).status == 400)
    let key = try list(&server, ["recordName": TestUsers.recordKey], userID: TestUsers.other)
    #expect(key.body["insts"] == [])
  }

  /// Without users, everybody may list what there is.
  @Test func openRecords() throws {
    var server = TestServer()
    server.logIn(1)
    for inst in ["b", "a"] {
      _ = server.sendMessage(
        #"{"type":"repo/add_updates","recordName":"r","inst":"\#(inst)","branch":"x","updates":["AA=="]}"#,
        from: 1)
    }
    _ = server.send("repo/add_updates", #","updates":["AA=="]"#, from: 1)
    let body = try list(&server, ["recordName": "r"]).body
    #expect(body["insts"]?.arrayValue?.map { $0["inst"] } == ["a", "b"])
  }
}

import Foundation
import Testing

/// `http`: requests through the socket (PROTOCOL sections 2, 4 and 5, Tunnelled HTTP).
@Suite(.serialized) struct HTTPTests {
  /// A server that answers each request with frames in which `$id` is the request's id.
  private func server(
    _ requests: Recorder = Recorder(), answer: [String]
  ) throws -> ScriptedServer {
    try ScriptedServer { message in
      if message["type"] as? String == "sync/time" {
        let id = message["id"] as? Int ?? 0
        return [
          #"[1,-1,{"type":"sync/time/response","id":\#(id),"clientRequestTime":0,"serverReceiveTime":0,"serverTransmitTime":0}]"#
        ]
      }
      guard message["type"] as? String == "http_request" else { return [] }
      requests.add(message)
      let id = message["id"] as? Int ?? -1
      return answer.map { $0.replacingOccurrences(of: "$id", with: "\(id)") }
    }
  }

  private func response(_ status: Int, _ body: String = #""text""#) -> String {
    """
    [1,-1,{"type":"http_response","id":$id,"response":{"statusCode":\(status),\
    "headers":{"a":"b"},"body":\(body)}}]
    """
  }

  @Test func theRequestSaysWhatWasAskedFor() throws {
    let requests = Recorder()
    let server = try server(requests, answer: [response(200)])
    let outcome = try instctl(
      "http", "POST", "/api/v2/x?a=b%20c+d&flag", "-s", server.url,
      "--query", "q=1=2", "--path-param", "name=value", "--field", "X-Some: thing ",
      "--body", #"{"recordName":"é"}"#)
    #expect(outcome.status == 0)
    let request = try #require(requests.messages.first?["request"] as? [String: Any])
    #expect(request["method"] as? String == "POST")
    #expect(request["path"] as? String == "/api/v2/x")
    #expect(request["query"] as? [String: String] == ["a": "b c d", "flag": "", "q": "1=2"])
    #expect(request["pathParams"] as? [String: String] == ["name": "value"])
    #expect(request["headers"] as? [String: String] == ["x-some": "thing"])
    #expect(request["body"] as? String == #"{"recordName":"é"}"#)

    let plain = try instctl("http", "GET", "/", "-s", server.url)
    #expect(plain.status == 0)
    let bare = try #require(requests.messages.last?["request"] as? [String: Any])
    // Every field is there always.
    #expect(bare["body"] is NSNull)
    #expect(Set(bare.keys) == ["path", "method", "query", "pathParams", "headers", "body"])
  }

  @Test func aParameterGivenTwiceIsRefusedRatherThanDropped() throws {
    let outcome = try instctl(
      "http", "GET", "/x?q=1", "--query", "q=2", "-s", "ws://127.0.0.1:1/")
    #expect(outcome.status == 64)
    #expect(outcome.output == "")
  }

  @Test func aResponseThatIsNotWholeIsNotPrinted() throws {
    let server = try server(
      Recorder(),
      answer: [
        #"[1,-1,{"type":"http_partial_response","id":$id,"index":0,"response":{"statusCode":200,"headers":{},"body":"0"}}]"#,
        #"[1,-1,{"type":"http_partial_response","id":$id,"index":2,"final":true,"response":{"body":"2"}}]"#,
      ])
    let outcome = try instctl("http", "GET", "/", "-s", server.url, "--timeout", "500ms")
    #expect(outcome.status == 124)
    #expect(outcome.output == "")
  }

  @Test func bodiesFromStdinAndFiles() throws {
    let requests = Recorder()
    let server = try server(requests, answer: [response(200)])
    let folder = try TemporaryFolder()
    let piped = try instctl(
      "http", "PUT", "/", "-s", server.url, "--body", "-", stdin: .text("two\nlines\n"))
    #expect(piped.status == 0)
    let file = try folder.write("body", "from a file")
    #expect(try instctl("http", "PUT", "/", "-s", server.url, "--body", "@\(file)").status == 0)
    let bodies = requests.messages.compactMap {
      ($0["request"] as? [String: Any])?["body"] as? String
    }
    #expect(bodies == ["two\nlines\n", "from a file"])

    let fields = try folder.write("fields", "Authorization: Bearer hidden\n\nX-Two: 2\n")
    #expect(try instctl("http", "GET", "/", "-s", server.url, "--field", "@\(fields)").status == 0)
    let request = requests.messages.last?["request"] as? [String: Any]
    #expect(
      request?["headers"] as? [String: String] == ["authorization": "Bearer hidden", "x-two": "2"])

    let missing = try instctl(
      "http", "PUT", "/", "-s", server.url, "--body", "@\(folder.path("none"))")
    #expect(missing.status == 66)
    try Data([0xFF, 0xFE]).write(to: folder.url.appendingPathComponent("binary"))
    let binary = try instctl(
      "http", "PUT", "/", "-s", server.url, "--body", "@\(folder.path("binary"))")
    #expect(binary.status == 65)
  }

  @Test func theResponseIsOneLine() throws {
    let server = try server(answer: [response(200, #"{"kept": 1.50, "as":"\u0041"}"#)])
    let outcome = try instctl("http", "GET", "/", "-s", server.url)
    #expect(outcome.lines.count == 1)
    #expect(
      outcome.output.hasSuffix(
        #""statusCode":200,"headers":{"a":"b"},"body":{"kept": 1.50, "as":"\u0041"}}"# + "\n"))
    #expect(outcome.lines.first?["type"] as? String == "http_response")
    #expect(outcome.errors == "")
  }

  @Test func partsArePutInOrder() throws {
    func part(_ index: Int, _ response: String, final: Bool = false) -> String {
      """
      [1,-1,{"type":"http_partial_response","id":$id,"index":\(index)\
      \(final ? #","final":true"# : ""),"response":{\(response)}}]
      """
    }
    let server = try server(answer: [
      part(2, #""body":"three\n""#, final: true),
      part(0, #""statusCode":200,"headers":{},"body":"one,""#),
      part(1, #""body":"two,""#),
    ])
    let whole = try instctl("http", "GET", "/", "-s", server.url)
    #expect(whole.lines.first?["body"] as? String == "one,two,three\n")
    #expect(whole.lines.first?["statusCode"] as? Int == 200)
    let raw = try instctl("http", "GET", "/", "-s", server.url, "--raw")
    #expect(raw.output == "one,two,three\n")
    #expect(raw.status == 0)
  }

  @Test func largeBodiesComeRaw() throws {
    let text = String(repeating: "0123456789\\n", count: 50_000)
    let server = try server(answer: [response(200, "\"\(text)\"")])
    let outcome = try instctl("http", "GET", "/", "-s", server.url, "--raw")
    #expect(outcome.output == String(repeating: "0123456789\n", count: 50_000))
  }

  @Test(arguments: [
    (204, 0), (302, 76), (400, 65), (401, 77), (403, 77), (404, 67), (418, 76), (429, 75),
    (500, 69),
    (503, 75),
  ])
  func theExitCodeTellsOfTheStatus(status: Int, exit: Int32) throws {
    let server = try server(answer: [response(status)])
    let outcome = try instctl("http", "GET", "/", "-s", server.url)
    #expect(outcome.status == exit)
    // The response is there all the same.
    #expect(outcome.lines.first?["statusCode"] as? Int == status)
    #expect((outcome.error == nil) == (exit == 0))
    if exit != 0 { #expect(outcome.error?["status"] as? Int == status) }
  }

  @Test func failuresWithoutAResponse() throws {
    let silent = try server(answer: [])
    let late = try instctl("http", "GET", "/", "-s", silent.url, "--timeout", "300ms")
    #expect(late.status == 124)
    #expect(late.output == "")
    let refusing = try server(answer: [
      #"[5,2,{"success":false,"errorCode":"not_supported","errorMessage":"no"}]"#
    ])
    let refused = try instctl("http", "GET", "/", "-s", refusing.url, "--dialect", "deployed")
    #expect(refused.status == 76)
    #expect(refused.error?["code"] as? String == "not_supported")
    #expect(try instctl("http", "GET", "no-slash", "-s", silent.url).status == 64)
    #expect(try instctl("http", "GET", "/", "-s", silent.url, "--query", "none").status == 64)
    // What may be a secret is not repeated.
    let field = try instctl("http", "GET", "/", "-s", silent.url, "--field", "secret")
    #expect(field.status == 64)
    #expect(!field.errors.contains("secret"))
  }

  @Test func ourOwnServerAnswers() throws {
    let server = try TestServer()
    let outcome = try instctl("http", "GET", "/nothing/here", "-s", server.url)
    #expect(outcome.status == 67)
    #expect(outcome.lines.first?["statusCode"] as? Int == 404)
  }
}

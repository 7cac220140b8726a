import Foundation
import Testing

/// The embedded server's options over real sockets.
@Suite(.serialized) struct ServeTests {
  @Test func latencyShowsInAcknowledgements() throws {
    let server = try TestServer("--latency", "300ms")
    let added = try instctl("add-updates", "-s", server.url, "late", hello)
    #expect(added.status == 0)
    let waits = added.lines.of(type: "ack").compactMap { $0["ackMs"] as? Double }
    #expect(waits.count == 1)
    #expect(waits.allSatisfy { $0 >= 300 })
  }

  /// An update whose acknowledgement is lost is stored all the same, and sent again.
  @Test func lostAcknowledgementsAreMadeUpFor() throws {
    let server = try TestServer("--drop-acks", "2")
    let added = try instctl(
      "add-updates", "-s", server.url, "--timeout", "60s", "lost", hello, helloAgain)
    #expect(added.status == 0)
    let tries = added.lines.of(type: "ack").compactMap { $0["tries"] as? Int }
    #expect(tries.sorted() == [1, 2])
    let got = try instctl("get-updates", "-s", server.url, "lost")
    #expect(got.lines.first?["updates"] as? [String] == [hello, helloAgain, helloAgain])
  }

  @Test func everythingArrivesInWhateverOrder() throws {
    let server = try TestServer("--reorder", "--latency", "20ms", "--seed", "7")
    let updates = Array(repeating: hello, count: 100)
    let added = try Program(["add-updates", "-s", server.url, "mixed"] + updates).finish()
    #expect(added.status == 0)
    #expect(added.lines.of(type: "ack").count == 100)
    let got = try instctl("get-updates", "-s", server.url, "mixed")
    #expect((got.lines.first?["updates"] as? [String])?.count == 100)
  }

  /// With `--auth`, who is nobody may not read a record's inst, and the key's user may.
  @Test func tokensAreChecked() throws {
    let folder = try TemporaryFolder()
    let key = "vCK1.dXNlcjE=.c2Vzc2lvbjE=.TURFeU16UTFOamM0T1dGaVkyUmxaZz09.SW5maW5pdHk="
    let auth = try folder.write(
      "users.json",
      #"""
      {"users":[{"id":"user1"}],"sessions":[{"connectionKey":"\#(key)"}],
       "records":[{"name":"rec","owner":"user1"}]}
      """#)
    let server = try TestServer("--auth", auth)
    let keyFile = try folder.write("key", key)
    let added = try instctl(
      "add-updates", "-s", server.url, "rec/inst", hello, "--key-file", keyFile)
    #expect(added.status == 0)
    let denied = try instctl("get-updates", "-s", server.url, "rec/inst")
    #expect(denied.status == 77)
    #expect(denied.error?["code"] as? String == "not_logged_in")
    let got = try instctl(
      "get-updates", "-s", server.url, "rec/inst", environment: ["INSTCTL_KEY": key])
    #expect(got.lines.first?["updates"] as? [String] == [hello])
  }

  /// The file that `--help` shows works as printed.
  @Test func theExampleInTheHelpWorks() throws {
    let help = try instctl("serve", "--help").output
    let start = try #require(help.firstRange(of: #"{"users""#)).lowerBound
    let end = try #require(help.firstRange(of: "}]}]}")).upperBound
    let folder = try TemporaryFolder()
    let auth = try folder.write("users.json", String(help[start..<end]))
    let server = try TestServer("--auth", auth)
    let key = "vCK1.dXNlcjE=.czE=.YzJWamNtVjA=.SW5maW5pdHk="
    let added = try instctl(
      "add-updates", "-s", server.url, "rec/new", hello, environment: ["INSTCTL_KEY": key])
    #expect(added.status == 0)
    let open = try instctl("get-updates", "-s", server.url, "rec/open")
    #expect(open.lines.first?["updates"] as? [String] == [])
  }

  @Test func secretsMustBeProtected() throws {
    let folder = try TemporaryFolder()
    let open = try folder.write("open.json", "{}", permissions: 0o644)
    let refused = try instctl("serve", "--port", "0", "--auth", open)
    #expect(refused.status == 78)
    #expect(refused.error?["code"] as? String == "unprotected_file")
    let broken = try folder.write("broken.json", #"{"users":[{}]}"#)
    let misread = try instctl("serve", "--port", "0", "--auth", broken)
    #expect(misread.status == 78)
    #expect((misread.error?["message"] as? String)?.contains("users[0].id") == true)
    let missing = try instctl("serve", "--port", "0", "--auth", folder.path("none.json"))
    #expect(missing.status == 66)
  }

  /// The parts of a response overtake each other, and are put in order again.
  @Test func partsArriveInWhateverOrder() throws {
    let server = try TestServer("--reorder", "--seed", "3")
    let got = try instctl(
      "http", "GET", "/api/v2/stream?parts=40&size=2", "-s", server.url, "--raw")
    #expect(got.status == 0)
    let letters = (0..<40).map { Character(UnicodeScalar(97 + UInt8($0 % 26))) }
    #expect(got.output == letters.map { "\($0)\($0)" }.joined())
  }

  @Test func operationsOverHTTP() throws {
    let server = try TestServer()
    let echo = try HTTPExchange(
      "PUT", "/api/v2/echo?a=b%20c+d&e", port: server.port, headers: ["X-Test": "y"], body: "text")
    #expect(echo.status == 200)
    #expect(echo.object?["query"] as? [String: String] == ["a": "b c d", "e": ""])
    #expect((echo.object?["headers"] as? [String: String])?["x-test"] == "y")
    #expect(echo.object?["body"] as? String == "text")
    let stream = try HTTPExchange("GET", "/api/v2/stream?parts=2&size=3", port: server.port)
    #expect(String(decoding: stream.body, as: UTF8.self) == "aaabbb")
    let login = try HTTPExchange("POST", "/api/v2/login", port: server.port, body: "{}")
    #expect(login.status == 404)
    #expect(try HTTPExchange("GET", "/storage/x", port: server.port).status == 404)
  }

  /// The code is printed, and the keys that it gives open the user's record.
  @Test func signingIn() throws {
    let folder = try TemporaryFolder()
    let auth = try folder.write(
      "users.json",
      #"{"users":[{"id":"u","email":"a@b.c"}],"records":[{"name":"rec","owner":"u"}]}"#)
    let server = try TestServer("--auth", auth)
    let headers = ["Origin": "http://127.0.0.1:\(server.port)"]
    let asked = try HTTPExchange(
      "POST", "/api/v2/login", port: server.port, headers: headers,
      body: #"{"address":"a@b.c","addressType":"email"}"#)
    #expect(asked.status == 200)
    let codes = server.program.wait("the code") { !$0.of(type: "login_code").isEmpty }
      .of(type: "login_code")
    #expect(codes.first?["address"] as? String == "a@b.c")
    let completion = try JSONSerialization.data(withJSONObject: [
      "userId": "u", "requestId": asked.object?["requestId"] as? String ?? "",
      "code": codes.first?["code"] as? String ?? "",
    ])
    let signedIn = try HTTPExchange(
      "POST", "/api/v2/completeLogin", port: server.port, headers: headers,
      body: String(decoding: completion, as: UTF8.self))
    let key = signedIn.object?["connectionKey"] as? String ?? ""
    let added = try instctl(
      "add-updates", "-s", server.url, "rec/inst", hello, environment: ["INSTCTL_KEY": key])
    #expect(added.status == 0)

    let session = ["Authorization": "Bearer \(signedIn.object?["sessionKey"] as? String ?? "")"]
    let list = try HTTPExchange(
      "GET", "/api/v2/records/insts/list?recordName=rec", port: server.port, headers: session)
    #expect((list.object?["insts"] as? [[String: Any]])?.first?["inst"] as? String == "inst")
    let revoked = try HTTPExchange(
      "POST", "/api/v2/revokeSession", port: server.port,
      headers: headers.merging(session) { $1 })
    #expect(revoked.status == 200)
    let late = try instctl(
      "get-updates", "-s", server.url, "rec/inst", environment: ["INSTCTL_KEY": key])
    #expect(late.status == 77)
    #expect(late.error?["code"] as? String == "session_expired")
  }

  /// Behind `--large-messages`, long messages go through the storage, and long frames are the end.
  @Test func largeMessages() throws {
    let server = try TestServer("--large-messages")
    let writer = try RawWebSocket(port: server.port)
    let watcher = try RawWebSocket(port: server.port)
    let place = #""recordName":null,"inst":"large","branch":"default""#
    for (client, name) in [(writer, "w"), (watcher, "r")] {
      try client.send(#"[1,1,{"type":"login","connectionId":"\#(name)"}]"#)
      #expect(try client.receive()[1] as? Int == 0)
    }
    try watcher.send(#"[1,2,{"type":"repo/watch_branch",\#(place)}]"#)
    for _ in 0..<2 { _ = try watcher.receive() }

    try writer.send("[2,2]")
    let upload = try writer.receive()
    #expect(upload[0] as? Int == 3)
    let place1 = try StoragePlace(upload, server)
    let update = String(repeating: "A", count: 50_000)
    let message = #"{"type":"repo/add_updates",\#(place),"updates":["\#(update)"],"updateId":9}"#
    let acl = ["X-Amz-Acl": "bucket-owner-full-control"]
    #expect(try place1.access("PUT", body: message).status == 403)
    #expect(try place1.access("PUT", headers: acl, body: message).status == 200)
    try writer.send(#"[4,3,"\#(place1.urlWithoutQuery)","GET",{}]"#)
    let acknowledgement = try writer.receive()
    #expect((acknowledgement[2] as? [String: Any])?["updateId"] as? Int == 9)

    let download = try watcher.receive()
    #expect(download[0] as? Int == 4)
    let fetched = try StoragePlace(download, server).access("GET")
    #expect(fetched.object?["updates"] as? [String] == [update])
    try writer.send(#"[1,4,{"type":"repo/get_updates",\#(place),"x":"\#(update)"}]"#)
    #expect(try writer.receiveClose() == 1009)
  }

  /// Where a frame of the server says that a message is.
  private struct StoragePlace {
    let urlWithoutQuery: String
    private let target: String
    private let port: String

    init(_ frame: [Any], _ server: TestServer) throws {
      let url = try #require(frame[2] as? String)
      let origin = "http://127.0.0.1:\(server.port)"
      #expect(url.hasPrefix(origin + "/"))
      target = String(url.dropFirst(origin.count))
      urlWithoutQuery = String(url.prefix { $0 != "?" })
      port = server.port
    }

    func access(
      _ method: String, headers: [String: String] = [:], body: String = ""
    ) throws -> HTTPExchange {
      try HTTPExchange(method, target, port: port, headers: headers, body: body)
    }
  }

  @Test(arguments: [
    (["--drop-acks", "0"], 64), (["--latency", "5"], 64), (["--dialect", "auto"], 64),
  ])
  func optionsAreChecked(options: [String], status: Int) throws {
    let outcome = try Program(["serve", "--port", "0"] + options).finish()
    #expect(Int(outcome.status) == status)
  }
}

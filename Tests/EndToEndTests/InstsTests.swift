import Foundation
import Testing

/// `instctl insts list` against scripted servers (PROTOCOL section 6).
@Suite(.serialized) struct InstsTests {
  /// Pages of two, those behind `inst`.
  private func pages(_ names: [String]) throws -> ScriptedAPI {
    try ScriptedAPI { request in
      let query = URLComponents(string: request.target)?.queryItems ?? []
      let behind = query.first { $0.name == "inst" }?.value
      let start = behind.map { (names.firstIndex(of: $0) ?? 0) + 1 } ?? 0
      let insts = names[start...].prefix(2).map {
        #"{"recordName":"my rec","inst":"\#($0)","markers":["private"],"size":1.50}"#
      }
      return (
        200,
        #"{"success":true,"insts":[\#(insts.joined(separator: ","))],"totalCount":\#(names.count)}"#
      )
    }
  }

  @Test func allPagesArePrintedWithAllFields() throws {
    let configuration = try TestConfiguration()
    let names = ["a", "b/c", "d&e", "f g", "ü"]
    let api = try pages(names)
    let keyFile = try configuration.folder.write("session", TestKeys.session)
    let outcome = try instctl(
      "insts", "list", "-s", api.url, "my rec", "--session-key-file", keyFile,
      environment: configuration.environment)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.lines.map { $0["type"] as? String } == names.map { _ in "inst" })
    #expect(outcome.lines.compactMap { $0["inst"] as? String } == names)
    #expect(outcome.lines.allSatisfy { $0["recordName"] as? String == "my rec" })
    #expect(outcome.lines.allSatisfy { $0["markers"] as? [String] == ["private"] })
    #expect(outcome.output.contains(#""size":1.50"#))
    #expect(api.requests.count == 4)
    #expect(api.requests[0].target == "/api/v2/records/insts/list?recordName=my%20rec")
    #expect(api.requests[1].target == "/api/v2/records/insts/list?recordName=my%20rec&inst=b%2Fc")
    #expect(api.requests.allSatisfy { $0.fields["authorization"] == "Bearer \(TestKeys.session)" })
    #expect(api.requests.allSatisfy { $0.fields["origin"] == api.url })
  }

  /// The key comes from the environment or the store, and goes to its own origin alone.
  @Test func whereTheSessionKeyComesFrom() throws {
    let configuration = try TestConfiguration()
    let (api, other) = (try pages([]), try pages([]))
    try configuration.write(
      #"{"origins":{"\#(api.url)":{"connectionKey":"\#(TestKeys.connection)","sessionKey":"\#(TestKeys.session)"}}}"#
    )
    let stored = try instctl(
      "insts", "list", "-s", api.url, "rec", environment: configuration.environment)
    #expect(stored.status == 0, "\(stored.errors)")
    #expect(api.requests.last?.fields["authorization"] == "Bearer \(TestKeys.session)")
    _ = try instctl(
      "insts", "list", "-s", other.url, "rec", environment: configuration.environment)
    #expect(other.requests.count == 1)
    #expect(other.requests.last?.fields["authorization"] == nil)
    let given = TestKeys.session.replacingOccurrences(of: "dXNlcjE=", with: "dXNlcjI=")
    _ = try instctl(
      "insts", "list", "-s", other.url, "rec",
      environment: configuration.environment.merging(["INSTCTL_SESSION_KEY": given]) { $1 })
    #expect(other.requests.last?.fields["authorization"] == "Bearer \(given)")
    let broken = try instctl(
      "insts", "list", "-s", other.url, "rec", environment: ["INSTCTL_SESSION_KEY": "vSK1.hidden"])
    #expect(broken.status == 78)
    #expect(!broken.errors.contains("hidden"))
  }

  @Test func aRecordKeyStandsForItsRecord() throws {
    let configuration = try TestConfiguration()
    let api = try ScriptedAPI { request in
      request.target.contains("&inst=")
        ? (200, #"{"success":true,"insts":[]}"#)
        : (200, #"{"success":true,"insts":[{"inst":"a"}]}"#)
    }
    let keyFile = try configuration.folder.write("key", "vRK2.cmVj.c2VjcmV0.subjectless")
    let outcome = try instctl(
      "insts", "list", "-s", api.url, "--record-key-file", keyFile, "-v",
      environment: configuration.environment)
    #expect(outcome.lines.of(type: "inst").first?["recordName"] as? String == "rec")
    #expect(api.requests.first?.target.contains("vRK2.cmVj.c2VjcmV0.subjectless") == true)
    #expect(!(outcome.output + outcome.errors).contains("c2VjcmV0"))
    let typed = try instctl("insts", "list", "-s", api.url, "vRK2.cmVj.c2VjcmV0.subjectless")
    #expect(typed.status == 64)
  }

  /// A server that does not know the parameter `inst` must not be asked for ever.
  @Test func aServerThatRepeatsItselfIsStopped() throws {
    let always = try ScriptedAPI { _ in
      (200, #"{"success":true,"insts":[{"inst":"a"},{"inst":"b"}]}"#)
    }
    let outcome = try instctl("insts", "list", "-s", always.url, "rec")
    #expect(outcome.status == 76)
    #expect(outcome.output == "")
    #expect(outcome.error?["layer"] as? String == "protocol")
    #expect(always.requests.count == 2)
    let counted = try ScriptedAPI { _ in
      (200, #"{"success":true,"insts":[{"inst":"a"},{"inst":"b"}],"totalCount":2}"#)
    }
    #expect(try instctl("insts", "list", "-s", counted.url, "rec").lines.count == 2)
  }

  @Test(arguments: [
    (
      401, #"{"success":false,"errorCode":"not_logged_in","errorMessage":"no"}"#, 77,
      "not_logged_in"
    ),
    (
      404, #"{"success":false,"errorCode":"record_not_found","errorMessage":"no"}"#, 67,
      "record_not_found"
    ),
    (
      403, #"{"success":false,"errorCode":"never_heard_of","errorMessage":"no"}"#, 77,
      "never_heard_of"
    ),
    (
      200, #"{"success":false,"errorCode":"never_heard_of","errorMessage":"no"}"#, 69,
      "never_heard_of"
    ),
    (
      429, #"{"success":false,"errorCode":"rate_limit_exceeded","errorMessage":"no"}"#, 75,
      "rate_limit_exceeded"
    ),
    (401, "who are you", 77, "http_401"), (403, "", 77, "http_403"),
    (429, "slowly", 75, "http_429"), (503, "later", 75, "http_503"),
    (500, "oops", 69, "http_500"), (404, "not here", 76, "http_404"),
    (200, "<html>hello</html>", 76, "http_200"),
    (200, #"{"success":true}"#, 76, "protocol_violation"),
    (302, "", 76, "http_redirected"),
    (200, #"{"success":true,"insts":[{"name":"a"}]}"#, 76, "protocol_violation"),
  ])
  func refusalsHaveTheirCodes(status: Int, body: String, exit: Int32, code: String) throws {
    let api = try ScriptedAPI { _ in (status, body) }
    let outcome = try instctl("insts", "list", "-s", api.url, "rec")
    #expect(outcome.status == exit, "\(outcome.errors)")
    #expect(outcome.output == "")
    #expect(outcome.error?["code"] as? String == code)
    if code.hasPrefix("http_4") {
      #expect(outcome.error?["layer"] as? String == "server")
      #expect(outcome.error?["status"] as? Int == status)
      #expect(outcome.error?["body"] as? String == body)
      let hint = outcome.error?["hint"] as? String
      #expect(hint?.contains("credentials") == [401, 403].contains(status))
      #expect(hint?.contains("later") == (status == 429))
    }
  }

  @Test func failuresBelowHTTPHaveTheirLayers() throws {
    let refused = try instctl("insts", "list", "-s", "http://127.0.0.1:1", "rec")
    #expect(refused.status == 69)
    #expect(refused.error?["layer"] as? String == "tcp")
    let hangingUp = try ScriptedAPI { _ in nil }
    let closed = try instctl("insts", "list", "-s", hangingUp.url, "rec")
    #expect(closed.status == 69)
    let silent = try ScriptedPeer(answer: nil)
    let timedOut = try instctl(
      "insts", "list", "-s", "http://127.0.0.1:\(silent.port)", "rec", "--timeout", "200ms")
    #expect(timedOut.status == 124)
    #expect(timedOut.error?["layer"] as? String == "timeout")
    let plain = try instctl("insts", "list", "-s", "https://127.0.0.1:\(hangingUp.port)", "rec")
    #expect(plain.error?["layer"] as? String == "tls")
  }

  @Test func whatCannotBeMeant() throws {
    for arguments in [
      ["insts", "list", "-s", "http://h"], ["insts", "list", "rec"],
      ["insts", "list", "-s", "http://h", "rec", "--key-file", "x"],
      ["insts", "list", "-s", "http://h", "rec", "--record-key-file", "x"],
      ["insts", "list", "-s", "http://h", ""],
    ] {
      let outcome = try Program(arguments).finish()
      #expect(outcome.status == 64, "\(arguments) \(outcome.errors)")
    }
  }
}

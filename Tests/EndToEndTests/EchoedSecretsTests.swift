import Foundation
import Testing

/// Servers that repeat what they were sent: what was secret in it stays so (CLI.md section 2, DESIGN section 9).
@Suite struct EchoedSecretsTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Answers with the whole request, as debugging proxies do.
  private func echoingAPI(status: Int) throws -> ScriptedAPI {
    try ScriptedAPI { request in
      let fields = request.fields.map { "\($0): \($1)" }.sorted()
      return (status, ([request.target] + fields + [request.body]).joined(separator: "\n"))
    }
  }

  @Test func fieldsCookiesAndTheQueryOfARefusedUpgrade() throws {
    let api = try echoingAPI(status: 403)
    let trace = folder.path("trace")
    let outcome = try instctl(
      "count", "x", "-vv", "--trace", trace,
      "-s", "ws://127.0.0.1:\(api.port)/websocket?key=QUERYSECRET",
      "-H", "@\(folder.write("fields", "X-Api-Key: FIELDSECRET\n"))",
      "--cookie-file", folder.write("cookies", "sid=COOKIESECRET; other=1\n"))
    #expect(outcome.status == 77)
    #expect(api.requests.first?.fields["x-api-key"] == "FIELDSECRET")
    #expect(api.requests.first?.fields["cookie"]?.contains("COOKIESECRET") == true)
    let body = try #require(outcome.error?["body"] as? String)
    #expect(body.contains("x-api-key: ***"))
    let all = try outcome.output + outcome.errors + String(contentsOfFile: trace, encoding: .utf8)
    for secret in ["FIELDSECRET", "COOKIESECRET", "QUERYSECRET"] {
      #expect(!all.contains(secret), "\(secret)")
    }
  }

  @Test(arguments: ["INSTCTL_PROXY", "http_proxy"])
  func credentialsForAProxy(variable: String) throws {
    let proxy = try echoingAPI(status: 403)
    let outcome = try instctl(
      "count", "x", "-s", "ws://inst.example/", "-vv",
      environment: [variable: "http://user:PROXYSECRET@127.0.0.1:\(proxy.port)"])
    #expect(outcome.status == 77)
    let coded = Data("user:PROXYSECRET".utf8).base64EncodedString()
    #expect(proxy.requests.first?.fields["proxy-authorization"] == "Basic \(coded)")
    #expect(!outcome.errors.contains("PROXYSECRET"))
    #expect(!outcome.errors.contains(coded))
  }

  @Test func fieldsOfTheEnvironment() throws {
    let api = try echoingAPI(status: 403)
    let outcome = try instctl(
      "count", "x", "-s", "ws://127.0.0.1:\(api.port)/",
      environment: ["INSTCTL_HEADER": "X-Api-Key: FIELDSECRET"])
    #expect(api.requests.first?.fields["x-api-key"] == "FIELDSECRET")
    #expect(!outcome.errors.contains("FIELDSECRET"))
  }

  @Test(arguments: [200, 400, 403, 503])
  func theSessionKeyOfAnHTTPRequest(status: Int) throws {
    let api = try echoingAPI(status: status)
    let key = "vSK1.dXNlcjE=.c2Vzc2lvbjE=.c2Vzc2lvbi1zZWNyZXQ=.SW5maW5pdHk="
    let outcome = try instctl(
      "insts", "list", "rec", "-s", api.url, "-vv",
      "--session-key-file", folder.write("key", key))
    #expect(outcome.status != 0)
    #expect(api.requests.first?.fields["authorization"] == "Bearer \(key)")
    #expect(!(outcome.output + outcome.errors).contains("c2Vzc2lvbi1zZWNyZXQ"))
  }

  @Test(arguments: [
    ["whoami"], ["get-updates", "x"], ["watch", "x"], ["devices", "x"], ["timesync"],
    ["count", "x"],
  ])
  func theTokenOfALogin(command: [String]) throws {
    let server = try ScriptedServer(login: { message in
      let token = message["connectionToken"] as? String ?? "none came"
      return """
        [1,-1,{"type":"login_result","success":false,"errorCode":"invalid_token",\
        "errorMessage":"the token \(token) is bad","reason":{"token":"\(token)"}}]
        """
    }) { _ in [] }
    let key = "vCK1.dXNlcjE=.c2Vzc2lvbjE=.TURFeU16UTFOamM0T1dGaVkyUmxaZz09.SW5maW5pdHk="
    let outcome = try Program(
      command + ["-s", server.url, "-vv"], environment: ["INSTCTL_KEY": key]
    ).finish()
    #expect(outcome.status == 77, "\(outcome.errors)")
    #expect(outcome.errors.contains("the token vCT1.*** is bad"))
    let leak = (outcome.output + outcome.errors).firstRange(of: /vCT1\.[^*]/)
    #expect(leak == nil, "\(outcome.output) \(outcome.errors)")
  }

  @Test func filesOfSecretsThatOthersCanReadAreRefused() throws {
    let api = try echoingAPI(status: 403)
    let file = try folder.write("open", "sid: OPENSECRET\n", permissions: 0o644)
    for option in [["-H", "@\(file)"], ["--cookie-file", file]] {
      let outcome = try Program(["count", "x", "-s", api.url] + option).finish()
      #expect(outcome.status == 78)
      #expect(outcome.error?["layer"] as? String == "config")
      #expect(outcome.errors.contains(file))
      #expect(!outcome.errors.contains("OPENSECRET"))
    }
    #expect(api.requests.isEmpty)
  }
}

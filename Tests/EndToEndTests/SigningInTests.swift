import Foundation
import Testing

/// `login --email`, `logout` and the store between them (PROTOCOL section 6, CLI.md section 5).
@Suite(.serialized) struct SigningInTests {
  /// A server where one code is right, and no socket is.
  private func server(_ code: String = "123456") throws -> ScriptedAPI {
    try ScriptedAPI { request in
      switch request.target {
      case "/api/v2/login":
        (200, #"{"success":true,"userId":"user1","requestId":"request-1","address":"x"}"#)
      case "/api/v2/completeLogin" where request.member("code") == code:
        (
          200,
          #"{"success":true,"userId":"user1","sessionKey":"\#(TestKeys.session)","connectionKey":"\#(TestKeys.connection)","expireTimeMs":null}"#
        )
      case "/api/v2/completeLogin":
        (403, #"{"success":false,"errorCode":"invalid_code","errorMessage":"wrong"}"#)
      case "/api/v2/revokeSession": (200, #"{"success":true}"#)
      default: (404, "no socket here")
      }
    }
  }

  @Test func theCodeIsExchangedForKeysThatAreStored() throws {
    let configuration = try TestConfiguration()
    let api = try server()
    let outcome = try instctl(
      "login", "-s", api.url, "--email", "ann@example.com", "--code-file", "-", "-v",
      environment: configuration.environment, stdin: .text(" 123 456\n"))
    // The keys are there; only the proof on the socket fails at this server.
    #expect(outcome.status == 76)
    #expect(outcome.error?["layer"] as? String == "upgrade")
    #expect(outcome.errors.contains(configuration.file.path))
    #expect(try configuration.entry(api.url)?["connectionKey"] as? String == TestKeys.connection)
    #expect(try configuration.entry(api.url)?["sessionKey"] as? String == TestKeys.session)
    #expect(try configuration.entry(api.url)?["userId"] as? String == "user1")
    #expect(try configuration.permissions("instctl") == 0o700)
    #expect(try configuration.permissions("instctl/credentials.json") == 0o600)
    for secret in ["123456", "c2Vzc2lvbi1zZWNyZXQ=", "TURFeU16"] {
      #expect(!(outcome.output + outcome.errors).contains(secret))
    }
    let (asked, completed) = (api.requests[0], api.requests[1])
    #expect(asked.method == "POST")
    #expect(asked.member("address") == "ann@example.com")
    #expect(asked.member("addressType") == "email")
    #expect(asked.fields["origin"] == api.url)
    #expect(asked.fields["content-type"] == "application/json")
    #expect(asked.fields["authorization"] == nil)
    #expect(completed.member("userId") == "user1")
    #expect(completed.member("requestId") == "request-1")
    #expect(completed.member("code") == "123456")
  }

  @Test func signingInInTwoSteps() throws {
    let configuration = try TestConfiguration()
    let api = try server()
    let first = try instctl(
      "login", "-s", api.url, "--phone", "+15550100", "--request-only",
      environment: configuration.environment)
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.lines.first?["type"] as? String == "login_request")
    #expect(api.requests.last?.member("addressType") == "phone")
    #expect(!FileManager.default.fileExists(atPath: configuration.file.path))
    let code = try configuration.folder.write("code", "123456\n")
    _ = try instctl(
      "login", "-s", api.url, "--user-id", first.lines.first?["userId"] as? String ?? "",
      "--request-id", first.lines.first?["requestId"] as? String ?? "", "--code-file", code,
      environment: configuration.environment)
    #expect(try configuration.entry(api.url)?["userId"] as? String == "user1")
  }

  @Test func aWrongCodeStoresNothing() throws {
    let configuration = try TestConfiguration()
    let api = try server()
    let outcome = try instctl(
      "login", "-s", api.url, "--email", "a@b", "--code-file", "-",
      environment: configuration.environment, stdin: .text("654321"))
    #expect(outcome.status == 77)
    #expect(outcome.output == "")
    #expect(outcome.error?["code"] as? String == "invalid_code")
    #expect(outcome.error?["layer"] as? String == "server")
    #expect(!outcome.errors.contains("654321"))
    #expect(!FileManager.default.fileExists(atPath: configuration.file.path))
    let empty = try instctl(
      "login", "-s", api.url, "--email", "a@b", "--code-file", "-",
      environment: configuration.environment)
    #expect(empty.status == 78)
  }

  @Test func whatElseStandsInTheStoreStays() throws {
    let configuration = try TestConfiguration()
    let api = try server()
    try configuration.write(
      #"{"note":1.50,"origins":{"https://other":{"connectionKey":"k"},"\#(api.url)":{"label":"work","connectionKey":"old"}}}"#
    )
    let outcome = try instctl(
      "login", "-s", api.url, "--email", "a@b", "--code-file", "-",
      environment: configuration.environment, stdin: .text("123456"))
    #expect(outcome.error?["layer"] as? String == "upgrade", "\(outcome.errors)")
    #expect(try String(contentsOf: configuration.file, encoding: .utf8).contains(#""note":1.50"#))
    #expect(try configuration.entry("https://other")?["connectionKey"] as? String == "k")
    #expect(try configuration.entry(api.url)?["label"] as? String == "work")
    #expect(try configuration.entry(api.url)?["connectionKey"] as? String == TestKeys.connection)
  }

  /// Each process reads the file, changes it and writes it: nobody's change may get lost.
  @Test func severalProcessesStoreAtOnce() throws {
    let configuration = try TestConfiguration()
    let servers = try (0..<8).map { _ in try server() }
    let programs = try servers.map { api in
      try Program(
        ["login", "-s", api.url, "--email", "a@b", "--code-file", "-"],
        environment: configuration.environment, stdin: .text("123456"))
    }
    for program in programs {
      let outcome = program.finish()
      #expect(outcome.error?["layer"] as? String == "upgrade", "\(outcome.errors)")
    }
    for api in servers { #expect(try configuration.entry(api.url) != nil) }
    let files = try FileManager.default.contentsOfDirectory(
      atPath: configuration.file.deletingLastPathComponent().path)
    #expect(Set(files) == ["credentials.json", "credentials.lock"])
  }

  @Test func theFoldersAreMadeWhereTheyAreMissing() throws {
    let home = try TemporaryFolder()
    let api = try server()
    let outcome = try instctl(
      "login", "-s", api.url, "--email", "a@b", "--code-file", "-",
      environment: ["XDG_CONFIG_HOME": "", "HOME": home.url.path], stdin: .text("123456"))
    #expect(outcome.error?["layer"] as? String == "upgrade", "\(outcome.errors)")
    for (path, expected) in [
      (".config", 0o700), (".config/instctl", 0o700), (".config/instctl/credentials.json", 0o600),
    ] {
      let attributes = try FileManager.default.attributesOfItem(atPath: home.path(path))
      #expect(attributes[.posixPermissions] as? Int == expected, "\(path)")
    }
  }

  /// A name by another name is another place, and nothing is sent there.
  @Test func keysAreKeptByOriginPortIncluded() throws {
    let configuration = try TestConfiguration()
    let api = try server()
    try store(api, in: configuration)
    let outcome = try instctl(
      "insts", "list", "-s", "http://localhost:\(api.port)", "rec",
      environment: configuration.environment)
    #expect(outcome.status == 76)
    #expect(api.requests.last?.fields["authorization"] == nil)
  }

  @Test func nothingIsAskedForThatCannotBeStored() throws {
    let configuration = try TestConfiguration()
    let api = try server()
    try configuration.write("{}", permissions: 0o644)
    let outcome = try instctl(
      "login", "-s", api.url, "--email", "a@b", "--code-file", "-",
      environment: configuration.environment, stdin: .text("123456"))
    #expect(outcome.status == 78)
    #expect(api.requests.isEmpty)
  }

  @Test func whatCannotBeMeant() throws {
    for arguments in [
      ["--email", "a@b"], ["--email", "a@b", "--phone", "1", "--code-file", "-"],
      ["--email", ""], ["--code-file", "-"], ["--no-store"], ["--request-only"],
      ["--user-id", "u", "--code-file", "-"], ["--email", "a@b", "--request-only", "--no-store"],
      ["--email", "a@b", "--request-id", "r", "--user-id", "u", "--code-file", "-"],
      ["--email", "a@b", "--code-file", "-", "--connection-id", "c"],
    ] {
      let outcome = try Program(["login", "-s", "http://127.0.0.1:1"] + arguments).finish()
      #expect(outcome.status == 64, "\(arguments) \(outcome.errors)")
    }
  }

  // MARK: logout

  private func store(_ api: ScriptedAPI, in configuration: TestConfiguration) throws {
    try configuration.write(
      #"{"origins":{"https://other":{"connectionKey":"k"},"\#(api.url)":{"connectionKey":"\#(TestKeys.connection)","sessionKey":"\#(TestKeys.session)"}}}"#
    )
  }

  @Test func logoutRevokesAndForgets() throws {
    let configuration = try TestConfiguration()
    let api = try server()
    try store(api, in: configuration)
    let outcome = try instctl("logout", "-s", api.url, environment: configuration.environment)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.lines.first?["type"] as? String == "logout")
    #expect(outcome.lines.first?["revoked"] as? Bool == true)
    #expect(api.requests.last?.target == "/api/v2/revokeSession")
    #expect(api.requests.last?.fields["authorization"] == "Bearer \(TestKeys.session)")
    #expect(api.requests.last?.member("sessionId") == "session1")
    #expect(try configuration.entry(api.url) == nil)
    #expect(try configuration.entry("https://other") != nil)
    let again = try instctl("logout", "-s", api.url, environment: configuration.environment)
    #expect(again.status == 77)
    #expect(again.error?["code"] as? String == "not_logged_in")
    #expect(api.requests.count == 1)
  }

  @Test(arguments: [
    (404, "what?"),
    (401, #"{"success":false,"errorCode":"session_expired","errorMessage":"over"}"#),
    (501, #"{"success":false,"errorCode":"not_supported","errorMessage":"no"}"#),
  ])
  func aServerThatCannotRevokeIsNoObstacle(status: Int, body: String) throws {
    let configuration = try TestConfiguration()
    let api = try ScriptedAPI { _ in (status, body) }
    try store(api, in: configuration)
    let outcome = try instctl("logout", "-s", api.url, environment: configuration.environment)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.lines.first?["revoked"] as? Bool == false)
    #expect(outcome.errors.contains(#""type":"warning""#))
    #expect(try configuration.entry(api.url) == nil)
  }

  @Test func aServerOutOfReachLeavesTheKeys() throws {
    let configuration = try TestConfiguration()
    let api = try ScriptedAPI { _ in (503, "later") }
    try store(api, in: configuration)
    let outcome = try instctl("logout", "-s", api.url, environment: configuration.environment)
    #expect(outcome.status == 75)
    #expect(outcome.output == "")
    #expect((outcome.error?["hint"] as? String)?.contains("--local") == true)
    #expect(try configuration.entry(api.url) != nil)
    let local = try instctl(
      "logout", "-s", api.url, "--local", environment: configuration.environment)
    #expect(local.status == 0)
    #expect(try configuration.entry(api.url) == nil)
    #expect(api.requests.count == 1)
  }
}

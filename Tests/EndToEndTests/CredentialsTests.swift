import Foundation
import Testing

/// A folder for the configuration of programs under test.
struct TestConfiguration {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  var environment: [String: String] { ["XDG_CONFIG_HOME": folder.url.path] }
  var file: URL { folder.url.appendingPathComponent("instctl/credentials.json") }

  /// What `credentials.json` holds.
  func contents() throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
  }

  /// The entry of an origin.
  func entry(_ origin: String) throws -> [String: Any]? {
    (try contents()["origins"] as? [String: Any])?[origin] as? [String: Any]
  }

  func write(_ text: String, permissions: Int = 0o600) throws {
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    _ = try folder.write("instctl/credentials.json", text, permissions: permissions)
  }

  func permissions(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(
      atPath: folder.url.appendingPathComponent(path).path)
    return attributes[.posixPermissions] as? Int ?? 0
  }
}

/// Keys of one user, and a server that knows the user.
enum TestKeys {
  static let connection =
    "vCK1.dXNlcjE=.c2Vzc2lvbjE=.TURFeU16UTFOamM0T1dGaVkyUmxaZz09.SW5maW5pdHk="
  static let session = "vSK1.dXNlcjE=.c2Vzc2lvbjE=.c2Vzc2lvbi1zZWNyZXQ=.SW5maW5pdHk="
  /// Its time was over a second after the epoch.
  static let expired = "vCK1.dXNlcjE=.c2Vzc2lvbjE=.TURFeU16UTFOamM0T1dGaVkyUmxaZz09.MTAwMA=="
  static let users = """
    {"users":[{"id":"user1","email":"ann@example.com"}],
     "sessions":[{"connectionKey":"\(connection)","sessionKey":"\(session)"}],
     "records":[{"name":"rec","owner":"user1"}]}
    """

  static func server(_ folder: TemporaryFolder) throws -> TestServer {
    try TestServer("--auth", folder.write("users.json", users))
  }
}

extension TestServer {
  /// To which credentials belong.
  var origin: String { "http://127.0.0.1:\(port)" }
}

/// What commands log in with, and where they find it (CLI.md sections 2 and 5).
@Suite(.serialized) struct CredentialsTests {
  @Test func loginAndWhoamiTellWhoTheServerSaysWeAre() throws {
    let configuration = try TestConfiguration()
    let server = try TestKeys.server(configuration.folder)
    let keyFile = try configuration.folder.write("key", TestKeys.connection)
    let login = try instctl(
      "login", "-s", server.url, "--key-file", keyFile, "--connection-id", "mine",
      environment: configuration.environment)
    #expect(login.status == 0, "\(login.errors)")
    #expect(login.lines.first?["type"] as? String == "login")
    #expect(login.lines.first?["success"] as? Bool == true)
    let info = login.lines.first?["info"] as? [String: Any]
    #expect(info?["connectionId"] as? String == "mine")
    #expect(info?["userId"] as? String == "user1")

    let who = try instctl("whoami", "-s", server.url, environment: configuration.environment)
    #expect(who.lines.first?["type"] as? String == "whoami")
    #expect(who.lines.first?["origin"] as? String == server.origin)
    #expect(who.lines.first?["credentials"] as? String == "connectionId")
    #expect(who.lines.first?["source"] as? String == "random")
    #expect((who.lines.first?["info"] as? [String: Any])?["userId"] is NSNull)
  }

  @Test func aStoredKeyIsUsedAtItsOriginAlone() throws {
    let configuration = try TestConfiguration()
    let server = try TestKeys.server(configuration.folder)
    let other = try TestKeys.server(configuration.folder)
    try configuration.write(
      #"{"origins":{"\#(server.origin)":{"connectionKey":"\#(TestKeys.connection)"}}}"#)
    func who(_ arguments: String..., environment: [String: String] = [:]) throws -> [String: Any] {
      let all = configuration.environment.merging(environment) { $1 }
      let outcome = try Program(["whoami"] + arguments, environment: all).finish()
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(!(outcome.output + outcome.errors).contains("TURFeU16"))
      return outcome.lines.first ?? [:]
    }
    let stored = try who("-s", server.url)
    #expect(stored["source"] as? String == "stored")
    #expect((stored["info"] as? [String: Any])?["userId"] as? String == "user1")
    // The same server by its socket's URL is the same origin.
    #expect(
      try who("-s", "ws://127.0.0.1:\(server.port)/websocket")["source"] as? String == "stored")
    #expect(try who("-s", other.url)["source"] as? String == "random")
    let anonymous = try who("-s", server.url, "--connection-id", "me")
    #expect(anonymous["source"] as? String == "option")
    #expect((anonymous["info"] as? [String: Any])?["userId"] is NSNull)
    let named = try who("-s", server.url, environment: ["INSTCTL_CONNECTION_ID": "me"])
    #expect(named["source"] as? String == "environment")
    #expect(named["credentials"] as? String == "connectionId")
    let given = try who("-s", server.url, environment: ["INSTCTL_KEY": TestKeys.connection])
    #expect(given["source"] as? String == "environment")
    #expect(given["credentials"] as? String == "key")

    let added = try instctl(
      "add-updates", "-s", server.url, "rec/doc", hello, environment: configuration.environment)
    #expect(added.status == 0, "\(added.errors)")
  }

  /// Found out before anything goes over the network: nobody listens at that port.
  @Test func anExpiredStoredKeyIsAnErrorOfItsOwn() throws {
    let configuration = try TestConfiguration()
    try configuration.write(
      #"{"origins":{"http://127.0.0.1:1":{"connectionKey":"\#(TestKeys.expired)"}}}"#)
    for command in ["whoami", "login", "watch", "get-updates"] {
      let inst = command == "whoami" || command == "login" ? [] : ["x"]
      let outcome = try Program(
        [command, "-s", "http://127.0.0.1:1"] + inst, environment: configuration.environment
      ).finish()
      #expect(outcome.status == 77, "\(command) \(outcome.errors)")
      #expect(outcome.error?["code"] as? String == "session_expired")
      #expect((outcome.error?["hint"] as? String)?.contains("instctl login") == true)
    }
  }

  @Test func aStoreThatOthersMayReadOrThatIsBrokenIsRefused() throws {
    let configuration = try TestConfiguration()
    let secret = TestKeys.connection
    func attempt(_ text: String, permissions: Int = 0o600) throws -> Program.Outcome {
      try configuration.write(text, permissions: permissions)
      return try instctl(
        "whoami", "-s", "http://127.0.0.1:1", environment: configuration.environment)
    }
    let good = #"{"origins":{"http://127.0.0.1:1":{"connectionKey":"\#(secret)"}}}"#
    #expect(try attempt(good).status == 69)
    let open = try attempt(good, permissions: 0o640)
    #expect(open.status == 78)
    #expect(open.error?["code"] as? String == "unprotected_file")
    for broken in [
      "", "[", "[]", #"{"origins":[]}"#,
      #"{"origins":{"http://127.0.0.1:1":{"connectionKey":"\#(secret.dropLast(12))"}}}"#,
      #"{"origins":{"http://127.0.0.1:1":null}}"#,
      #"{"origins":{"http://127.0.0.1:1":{"connectionKey":7}}}"#,
    ] {
      let outcome = try attempt(broken)
      #expect(outcome.status == 78, "\(broken) \(outcome.errors)")
      #expect(!outcome.errors.contains("TURFeU16"))
    }
  }

  @Test func withoutAHomeNothingIsStored() throws {
    let server = try TestServer()
    let outcome = try instctl(
      "whoami", "-s", server.url, environment: ["HOME": "", "XDG_CONFIG_HOME": ""])
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test func aRefusedLoginPrintsNothing() throws {
    let configuration = try TestConfiguration()
    let server = try TestServer()
    for command in ["login", "whoami"] {
      let outcome = try instctl(
        command, "-s", server.url,
        environment: configuration.environment.merging(["INSTCTL_TOKEN": "none"]) { $1 })
      #expect(outcome.status == 77)
      #expect(outcome.output == "")
      #expect(outcome.error?["layer"] as? String == "login")
    }
  }
}

/// `instctl token` (PROTOCOL section 6: the example's hash).
@Suite(.serialized) struct TokenTests {
  @Test func theTokenIsTheOneOfTheProtocol() throws {
    let configuration = try TestConfiguration()
    let keyFile = try configuration.folder.write("key", TestKeys.connection + "\n")
    let outcome = try instctl(
      "token", "rec/inst/1", "--key-file", keyFile, "--connection-id", "conn-1",
      environment: configuration.environment)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let line = outcome.lines.first ?? [:]
    #expect(line["type"] as? String == "token")
    #expect(line["connectionId"] as? String == "conn-1")
    #expect(line["recordName"] as? String == "rec")
    #expect(line["inst"] as? String == "inst/1")
    let hash = "ca3b641e26483cd5f60da28b40399b71ffb689efdefa0075ecae17e7ebaf7c0b"
    let parts = (line["token"] as? String ?? "").split(separator: ".").map(String.init)
    #expect(parts.count == 7)
    #expect(parts.last == Data(hash.utf8).base64EncodedString())
  }

  @Test func aServerTakesIt() throws {
    let configuration = try TestConfiguration()
    let server = try TestKeys.server(configuration.folder)
    try configuration.write(
      #"{"origins":{"\#(server.origin)":{"connectionKey":"\#(TestKeys.connection)"}}}"#)
    // The stored key, for a connection id of one's own.
    let made = try instctl(
      "token", "-s", server.url, "doc", "--record", "rec", "--connection-id", "tool",
      environment: configuration.environment)
    let token = try #require(made.lines.first?["token"] as? String, "\(made.errors)")
    let elsewhere = try TestConfiguration()
    let who = try instctl(
      "whoami", "-s", server.url,
      environment: elsewhere.environment.merging(["INSTCTL_TOKEN": token]) { $1 })
    let info = who.lines.first?["info"] as? [String: Any]
    #expect(info?["connectionId"] as? String == "tool")
    #expect(info?["userId"] as? String == "user1")
    let added = try instctl(
      "add-updates", "-s", server.url, "rec/doc", hello,
      environment: elsewhere.environment.merging(["INSTCTL_TOKEN": token]) { $1 })
    #expect(added.status == 0, "\(added.errors)")
  }

  @Test func withoutAKeyItIsAUsageError() throws {
    let configuration = try TestConfiguration()
    let tokenFile = try configuration.folder.write("token", "vCT1.x")
    for arguments in [
      ["token", "x"], ["token", "-s", "http://127.0.0.1:1", "x"],
      ["token", "x", "--token-file", tokenFile], ["token", ""],
      ["token", "vRK1.a.b/x"],
    ] {
      let outcome = try Program(arguments, environment: configuration.environment).finish()
      #expect(outcome.status == 64, "\(arguments) \(outcome.errors)")
      #expect(outcome.output == "")
    }
    let expired = try instctl(
      "token", "x",
      environment: configuration.environment.merging(["INSTCTL_KEY": TestKeys.expired]) { $1 })
    #expect(expired.status == 77)
  }
}

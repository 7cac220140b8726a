import Foundation
import Testing

/// Profiles, and where settings come from (CLI.md sections 2 and 5).
@Suite(.serialized) struct ProfileTests {
  let configuration: TestConfiguration

  init() throws { configuration = try TestConfiguration() }

  private func run(
    _ arguments: String..., environment: [String: String] = [:],
    stdin: Program.StandardInput = .closed
  ) throws -> Program.Outcome {
    try Program(
      arguments, environment: configuration.environment.merging(environment) { $1 }, stdin: stdin
    ).finish()
  }

  private func error(_ outcome: Program.Outcome) throws -> [String: Any] {
    let last = try #require(outcome.errors.split(separator: "\n").last)
    return try #require(
      try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any])
  }

  private func write(_ path: String, _ text: String, permissions: Int = 0o600) throws {
    let url = configuration.folder.url.appendingPathComponent("instctl/" + path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    _ = try configuration.folder.write("instctl/" + path, text, permissions: permissions)
  }

  /// The lines of `profile show --origin`, by setting.
  private func settings(
    _ environment: [String: String] = [:], profile: String? = nil
  ) throws -> [String: [String: Any]] {
    let outcome = try Program(
      ["profile", "show"] + (profile.map { [$0] } ?? []) + ["--origin"],
      environment: configuration.environment.merging(environment) { $1 }
    ).finish()
    #expect(outcome.status == 0)
    return Dictionary(
      uniqueKeysWithValues: outcome.lines.map { ($0["setting"] as? String ?? "", $0) })
  }

  // MARK: Keeping

  @Test func aProfileIsAddedListedShownUsedAndRemoved() throws {
    let added = try run(
      "profile", "add", "local", "-s", "http://127.0.0.1:1", "--connect-timeout", "5s", "--inst",
      "rec/board", "-b", "main", "-4")
    #expect(added.status == 0)
    #expect(added.lines.first?["used"] as? Bool == false)
    #expect(try configuration.permissions("instctl") == 0o700)
    #expect(try configuration.permissions("instctl/profiles") == 0o700)
    #expect(try configuration.permissions("instctl/profiles/local.json") == 0o600)

    var listed = try run("profile", "list").lines
    #expect(listed.map { $0["name"] as? String } == ["local"])
    #expect(listed.first?["server"] as? String == "http://127.0.0.1:1")
    #expect(listed.first?["used"] as? Bool == false)

    let shown = try #require(try run("profile", "show", "local").lines.first)
    #expect(
      shown["settings"] as? [String: String] == [
        "server": "http://127.0.0.1:1", "branch": "main", "connectTimeout": "5s", "ipVersion": "4",
      ])
    #expect(shown["insts"] as? [String] == ["rec/board"])

    #expect(try run("profile", "use", "local").status == 0)
    listed = try run("profile", "list").lines
    #expect(listed.first?["used"] as? Bool == true)
    #expect(try run("profile", "remove", "local").status == 0)
    #expect(try run("profile", "list").lines.isEmpty)
    // It was in use, and is no longer: nothing is missing now.
    #expect(try run("profile", "show", "--origin").status == 0)
  }

  @Test func namesOfFilesAreKeptAsAbsolutePaths() throws {
    #expect(
      try run(
        "profile", "add", "p", "-s", "http://127.0.0.1:1", "--key-file", "key.txt", "-H",
        "@headers.txt", "-H", "X-One: 1"
      ).status == 0)
    let text = try String(
      contentsOf: configuration.folder.url.appendingPathComponent("instctl/profiles/p.json"),
      encoding: .utf8)
    let file = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let here = FileManager.default.currentDirectoryPath
    #expect(file["keyFile"] as? String == here + "/key.txt")
    #expect(file["header"] as? [String] == ["@" + here + "/headers.txt", "X-One: 1"])
    // What may be a secret is not shown.
    let shown = try #require(try run("profile", "show", "p").lines.first)
    #expect((shown["settings"] as? [String: Any])?["header"] as? String == "set")
  }

  static let refused: [(arguments: [String], status: Int32)] = [
    (["profile", "add", "../evil", "-s", "http://127.0.0.1:1"], 64),
    (["profile", "add", "p", "-s", "nonsense"], 64),
    (["profile", "add", "p", "--key-file", "-"], 64),
    (["profile", "add", "p", "-p", "q"], 64),
    (["profile", "use", "nobody"], 78),
    (["profile", "use"], 64),
    (["profile", "use", "a", "--none"], 64),
    (["profile", "remove", "nobody"], 78),
    (["profile", "show", "nobody"], 78),
    (["profile", "show"], 64),
    (["count", "x", "-p", "nobody"], 78),
    (["count", "x", "-p", "../../etc/passwd"], 78),
  ]

  @Test(arguments: refused) func whatCannotBeIsRefused(arguments: [String], status: Int32) throws {
    let outcome = try Program(arguments, environment: configuration.environment).finish()
    #expect(outcome.status == status)
    #expect(outcome.output.isEmpty)
    #expect(try error(outcome)["exit"] as? Int == Int(status))
  }

  @Test func aProfileIsReplacedOnlyWhenAsked() throws {
    #expect(try run("profile", "add", "p", "-s", "http://127.0.0.1:1").status == 0)
    let again = try run("profile", "add", "p", "-s", "http://127.0.0.1:2")
    #expect(again.status == 78)
    #expect(try error(again)["code"] as? String == "profile_exists")
    #expect(try settings(profile: "p")["server"]?["value"] as? String == "http://127.0.0.1:1")
    #expect(try run("profile", "add", "p", "-s", "http://127.0.0.1:2", "--replace").status == 0)
    #expect(try settings(profile: "p")["server"]?["value"] as? String == "http://127.0.0.1:2")
  }

  @Test func aConfigurationThatIsKeptElsewhereStaysThere() throws {
    #expect(try run("profile", "add", "p", "-s", "http://127.0.0.1:1").status == 0)
    let kept = try configuration.folder.write("kept.json", "{}")
    let link = configuration.folder.url.appendingPathComponent("instctl/config.json")
    try FileManager.default.createSymbolicLink(
      atPath: link.path, withDestinationPath: kept)
    #expect(try run("profile", "use", "p").status == 0)
    #expect(try String(contentsOfFile: kept, encoding: .utf8).contains("\"p\""))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == kept)
  }

  @Test func theProxyOfAllProgramsIsShownWithoutItsURL() throws {
    let row = try #require(try settings(["HTTPS_PROXY": "http://u:hush@h:1"])["proxy"])
    #expect(row["value"] as? String == "set")
    #expect(row["source"] as? String == "environment")
  }

  @Test func manyProcessesWriteAtOnceAndNothingIsLost() throws {
    let programs = try (0..<12).map { number in
      try Program(
        ["profile", "add", "p\(number)", "-s", "http://127.0.0.1:\(number + 1)", "--use"],
        environment: configuration.environment)
    }
    for program in programs { #expect(program.finish().status == 0) }
    let listed = try run("profile", "list").lines
    #expect(
      Set(listed.compactMap { $0["name"] as? String }) == Set((0..<12).map { "p\($0)" }))
    #expect(listed.count { $0["used"] as? Bool == true } == 1)
    let left = try FileManager.default.contentsOfDirectory(
      atPath: configuration.folder.url.appendingPathComponent("instctl/profiles").path)
    #expect(left.allSatisfy { $0.hasSuffix(".json") })
  }

  // MARK: Precedence

  @Test func theOptionCountsBeforeTheEnvironmentBeforeTheProfileBeforeTheDefault() throws {
    let server = try TestServer()
    func whoami(_ arguments: [String], _ environment: [String: String]) throws -> [String] {
      let outcome = try Program(
        ["whoami"] + arguments,
        environment: configuration.environment.merging(environment) { $1 }
      ).finish()
      let line = try #require(outcome.lines.first)
      let info = try #require(line["info"] as? [String: Any])
      return [info["connectionId"] as? String ?? "", line["source"] as? String ?? ""]
    }
    try write(
      "profiles/p.json", #"{"server":"\#(server.origin)","connectionId":"of-the-profile"}"#)
    let variable = ["INSTCTL_CONNECTION_ID": "of-the-environment", "INSTCTL_PROFILE": "p"]
    #expect(
      try whoami(["--connection-id", "of-the-option"], variable) == ["of-the-option", "option"])
    #expect(try whoami([], variable) == ["of-the-environment", "environment"])
    #expect(try whoami([], ["INSTCTL_PROFILE": "p"]) == ["of-the-profile", "profile"])
    #expect(try whoami(["-p", "p"], [:]) == ["of-the-profile", "profile"])
    try write("config.json", #"{"profile":"p"}"#)
    #expect(try whoami([], [:]) == ["of-the-profile", "profile"])
    #expect(try whoami(["-s", server.origin], ["INSTCTL_PROFILE": "p"])[1] == "profile")
  }

  @Test func everySettingHasAVariableAndAFieldThatCount() throws {
    let values: [String: String] = [
      "server": "http://127.0.0.1:7",
      "connect-timeout": "7s", "timeout": "7s", "retries": "7", "reconnect": "false",
      "backoff": "7s..8s", "ping-interval": "7000ms", "ping-timeout": "7s", "insecure": "true",
      "ip-version": "6", "compress": "false", "max-message": "7MiB", "dialect": "documented",
      "large-messages": "inline", "output": "raw", "color": "never", "log-format": "json",
      "verbose": "1", "quiet": "true", "trace": configuration.folder.path("trace.jsonl"),
    ]
    let secret = ["header", "proxy"]
    let rows = try settings().values.filter { $0["field"] != nil }
    #expect(rows.count > 30)
    var environment: [String: String] = [:]
    var fields: [String: Any] = [:]
    for row in rows {
      let setting = try #require(row["setting"] as? String)
      let value = values[setting] ?? "text-7"
      let variable = try #require(row["variable"] as? String)
      #expect(variable == "INSTCTL_" + setting.uppercased().replacing("-", with: "_"))
      environment[variable] = value
      fields[try #require(row["field"] as? String)] = value
      #expect(row["source"] as? String == "default")
    }
    let file = try JSONSerialization.data(withJSONObject: fields)
    try write("profiles/p.json", String(decoding: file, as: UTF8.self))

    for (source, found) in [
      ("environment", try settings(environment)), ("profile", try settings(profile: "p")),
    ] {
      #expect(found.values.count { $0["field"] != nil } == rows.count)
      for row in found.values where row["field"] != nil {
        let setting = try #require(row["setting"] as? String)
        #expect(row["source"] as? String == source, "\(setting)")
        let expected = secret.contains(setting) ? "set" : values[setting] ?? "text-7"
        let value = row["value"] as? String ?? (row["value"] as? [String])?.first
        #expect(value == expected, "\(setting)")
      }
    }
  }

  @Test(arguments: [
    ("INSTCTL_TIMEOUT", "soon"), ("INSTCTL_RETRIES", "-1"), ("INSTCTL_BACKOFF", "2s..1s"),
    ("INSTCTL_COMPRESS", "perhaps"), ("INSTCTL_OUTPUT", "xml"), ("INSTCTL_VERBOSE", "9"),
    ("INSTCTL_MAX_MESSAGE", "much"), ("INSTCTL_IP_VERSION", "5"), ("INSTCTL_PIN", "abc"),
    ("INSTCTL_SUBPROTOCOL", "a b"), ("INSTCTL_RESOLVE", "x"), ("INSTCTL_PING_INTERVAL", "0s"),
  ]) func aVariableThatMakesNoSenseIsAnError(variable: String, value: String) throws {
    let outcome = try run(
      "count", "x", "-s", "http://127.0.0.1:1", environment: [variable: value])
    #expect(outcome.status == 78)
    let message = try #require(try error(outcome)["message"] as? String)
    #expect(message.contains(variable) && message.contains(value))
  }

  @Test func aValueThatMayBeASecretIsNotRepeated() throws {
    let outcome = try run(
      "count", "x", "-s", "http://127.0.0.1:1", environment: ["INSTCTL_HEADER": "hush"])
    #expect(outcome.status == 78)
    #expect(!outcome.errors.contains("hush"))
  }

  @Test(arguments: [
    ("{", "not valid JSON"), ("[]", "not a JSON object"),
    (#"{"servr":"http://127.0.0.1:1"}"#, "'servr'"), (#"{"server":{}}"#, "'server'"),
    (#"{"server":["a","b"]}"#, "one value"),
  ]) func aBrokenProfileIsAnError(text: String, reason: String) throws {
    try write("profiles/p.json", text)
    let outcome = try run("count", "x", "-p", "p")
    #expect(outcome.status == 78)
    let error = try error(outcome)
    #expect(error["layer"] as? String == "config")
    #expect((error["message"] as? String)?.contains(reason) == true)
  }

  @Test func whatCannotBeReadDoesNotHideTheOthers() throws {
    for name in ["a", "z"] {
      try write("profiles/\(name).json", #"{"server":"http://127.0.0.1:1"}"#)
    }
    try write("profiles/broken.json", "{")
    try write("profiles/open.json", "{}", permissions: 0o644)
    let outcome = try run("profile", "list")
    #expect(outcome.lines.map { $0["name"] as? String } == ["a", "z"])
    #expect(outcome.status == 78)
    #expect((outcome.error?["message"] as? String)?.contains("broken.json") == true)
    #expect(outcome.errors.contains("open.json"))
  }

  @Test func aProfileThatOthersCanReadIsRefused() throws {
    try write("profiles/p.json", #"{"server":"http://127.0.0.1:1"}"#, permissions: 0o644)
    let outcome = try run("count", "x", "-p", "p")
    #expect(outcome.status == 78)
    #expect(try error(outcome)["code"] as? String == "unprotected_file")
  }

  // MARK: Credentials

  @Test func theCredentialsOfAProfileStayWithItsServer() throws {
    let server = try TestServer()
    try write(
      "profiles/p.json", #"{"server":"http://127.0.0.1:1","connectionId":"mine"}"#)
    let outcome = try run("whoami", "-p", "p", "-s", server.origin)
    let info = try #require(outcome.lines.first?["info"] as? [String: Any])
    #expect(info["connectionId"] as? String != "mine")
    #expect(outcome.errors.contains("connectionId"))
  }

  @Test func aKeyComesFromACommand() throws {
    let server = try TestKeys.server(configuration.folder)
    let key = try configuration.folder.write("key", TestKeys.connection, permissions: 0o600)
    let outcome = try run(
      "whoami", "-s", server.origin, "--key-command",
      "test -z \"$INSTCTL_RECORD_KEY\" && cat '\(key)'; echo typed >&2",
      environment: ["INSTCTL_RECORD_KEY": "vRK1.secret"])
    #expect(outcome.lines.first?["credentials"] as? String == "key")
    #expect((outcome.lines.first?["info"] as? [String: Any])?["userId"] as? String == "user1")
    #expect(outcome.errors.contains("typed"))
  }

  @Test(arguments: [
    ("exit 3", "exit code 3"), ("true", "no line"), ("kill -9 $$", "signal 9"),
    ("echo nonsense", "no connection key"), ("yes", "too much"),
  ]) func aCommandThatGivesNoKeyIsAnError(command: String, reason: String) throws {
    let outcome = try run("whoami", "-s", "http://127.0.0.1:1", "--key-command", command)
    #expect(outcome.status == 78)
    let error = try error(outcome)
    #expect((error["message"] as? String)?.contains(reason) == true)
    #expect(error["layer"] as? String == "config")
  }

  @Test func onlyOneKindOfCredentialsCanBeGiven() throws {
    let outcome = try run(
      "whoami", "-s", "http://127.0.0.1:1", "--key-command", "true", "--token-file", "x")
    #expect(outcome.status == 64)
  }

  // MARK: What a command cannot honour

  @Test(arguments: [
    ["insts", "list", "rec", "--dialect", "auto"], ["insts", "list", "rec", "--retries", "1"],
    ["insts", "list", "rec", "--no-compress"], ["logout", "--connection-id", "x"],
    ["logout", "--local", "--proxy", "http://127.0.0.1:1"],
    ["token", "rec/x", "--proxy", "http://127.0.0.1:1"], ["token", "rec/x", "--cacert", "f"],
    ["login", "--email", "a@b", "--key-file", "k"], ["serve", "--retries", "1"],
    ["profile", "list", "--server", "http://127.0.0.1:1"],
    ["count", "x", "--cert", "f"], ["count", "x", "--servername", "f"],
    ["count", "x", "--unix-socket", "/x", "--proxy", "http://h:1"],
    ["profile", "add", "p", "--proxy", "http://u:hush@h:1"],
    ["count", "x", "-H", "Content-Length: 3"], ["whoami", "--output", "raw"],
  ]) func anOptionThatMeansNothingHereIsRefused(arguments: [String]) throws {
    let outcome = try Program(
      arguments,
      environment: configuration.environment.merging(["INSTCTL_SERVER": "http://127.0.0.1:1"]) {
        $1
      }
    ).finish()
    #expect(outcome.status == 64)
    #expect(outcome.output.isEmpty)
  }
}

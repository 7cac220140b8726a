import Foundation
import Glibc
import Testing

/// One command and one way to fail: the program and what is round it.
final class FailureMatrixCell {
  let command: FailureMatrixCommand
  let failure: FailureMatrixClass
  private let folder: TemporaryFolder
  private let peer: FailureMatrixPeer
  private let program: Program
  private var complaints: [String] = []

  /// Nil where the failure is none of the command's.
  init?(
    _ command: FailureMatrixCommand, _ failure: FailureMatrixClass, _ surroundings: Surroundings,
    usesToken: Bool
  ) throws {
    let isAPI = command.kind == .api
    let fault = isAPI ? failure.api : failure.socket
    let needsPeer = ![.unknownName, .refused, .expired, .wrongHost, .unknownIssuer, .proxyGone]
      .contains(failure.place)
    guard failure.isFor(command), fault != nil || !needsPeer else { return nil }
    self.command = command
    self.failure = failure
    folder = try TemporaryFolder()
    let moment = failure.moment ?? command.moment
    let isHealthy = if case .nothing = fault ?? .nothing { true } else { false }
    peer = try FailureMatrixPeer(
      fault ?? .nothing,
      at: isAPI && moment != .connected && !isHealthy ? .requested : moment)
    let url = surroundings.url(failure.place, port: peer.port)
    let secrets = FailureMatrixSecrets(usesToken: usesToken)
    var environment = try secrets.environment(folder, origin: url)
    environment.merge(surroundings.environment(failure.place, port: peer.port)) { $1 }
    var arguments = command.name.split(separator: " ").map(String.init) + command.arguments
    arguments += ["--server", url] + (try secrets.arguments(folder, isAPI: isAPI))
    arguments += failure.options.filter { !isAPI || $0 != "--no-reconnect" }
    if usesToken { arguments.append("-vv") }
    switch failure.ending {
    case .own, .signal: program = try Program(arguments, environment: environment)
    case .noReader:
      program = try Self.shell("exec \"$0\" \"$@\" > >(exec true)", arguments, environment)
    case .fullDevice:
      program = try Self.shell("exec \"$0\" \"$@\" > /dev/full", arguments, environment)
    }
  }

  private static func shell(
    _ script: String, _ arguments: [String], _ environment: [String: String]
  ) throws -> Program {
    try Program(
      ["-c", script, Programs.instctl.path] + arguments,
      executable: URL(fileURLWithPath: "/bin/bash"), environment: environment)
  }

  /// What is not as it should be.
  func finish() -> [String] {
    if case .signal(let signal) = failure.ending {
      if !peer.awaitMoment() { complain("it never asked for anything") }
      let line = try? String(contentsOfFile: "/proc/\(program.identifier)/cmdline", encoding: .utf8)
      if let line { expectNoSecret(line, "the arguments") }
      program.signal(signal)
    }
    let outcome = program.finish()
    check(outcome)
    expectNoSecret(outcome.output, "stdout")
    expectNoSecret(outcome.errors, "stderr")
    if let trace = try? String(contentsOfFile: folder.path("trace"), encoding: .utf8) {
      expectNoSecret(trace, "the trace")
    }
    let words = ([command.name] + command.arguments).joined(separator: " ")
    let last = outcome.errors.split(separator: "\n").last ?? ""
    return complaints.map { "\(words): \($0); stderr ends with: \(last.prefix(500))" }
  }

  private func complain(_ text: String) { complaints.append(text) }

  private func check(_ outcome: Program.Outcome) {
    let expected = failure.exceptions[command.name] ?? failure.exit
    if outcome.endedBySignal { complain("killed by signal \(outcome.status)") }
    if outcome.status != expected { complain("exit \(outcome.status), not \(expected)") }
    let lines = outcome.output.split(separator: "\n")
    if lines.count != outcome.lines.count { complain("stdout has what is no line of JSON") }
    if !outcome.output.isEmpty, !outcome.output.hasSuffix("\n") {
      complain("stdout ends within a line")
    }
    if expected != 0, command.kind != .following, !outcome.output.isEmpty {
      complain("stdout: \(outcome.output.prefix(300))")
    }
    let errors = outcome.errors.split(separator: "\n").compactMap {
      (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any]
    }.of(type: "error")
    guard expected != 0, expected < 125 else {
      if !errors.isEmpty { complain("an error though there is none") }
      return
    }
    if errors.count != 1 { complain("\(errors.count) errors on stderr") }
    if let error = errors.first { check(error, Int(outcome.status)) }
  }

  /// CLI.md section 3.
  private static let layers: Set = [
    "usage", "config", "dns", "tcp", "proxy", "tls", "upgrade", "websocket", "login", "protocol",
    "server", "timeout", "io",
  ]

  private func check(_ error: [String: Any], _ status: Int) {
    if (error["code"] as? String ?? "").isEmpty { complain("no code") }
    if (error["message"] as? String ?? "").isEmpty { complain("no message") }
    if error["hint"] == nil { complain("no hint, not even null") }
    if error["retryable"] as? Bool == nil { complain("nothing says whether it can be retried") }
    if error["exit"] as? Int != status { complain("it says another exit code") }
    let layer = error["layer"] as? String ?? ""
    if !Self.layers.contains(layer) { complain("the layer is '\(layer)'") }
    let expected = command.kind == .api ? failure.apiLayer : failure.layer
    if let expected, layer != expected { complain("the layer is '\(layer)', not '\(expected)'") }
  }

  private func expectNoSecret(_ text: String, _ place: String) {
    for (name, secret) in FailureMatrixSecrets.all where text.contains(secret) {
      complain("\(name) is in \(place)")
    }
  }
}

/// What is given to the program and must not be seen again.
struct FailureMatrixSecrets {
  let usesToken: Bool

  private static let token = "vCT1.dXNlcjE=.c2Vzc2lvbjE=.Yw==..aQ==.hush-token"
  private static let record = "vRK2.cmVj.aHVzaC1yZWNvcmQ=.subjectless"

  /// By what they are looked for: what is secret in them.
  static let all = [
    ("the connection key", "TURFeU16UTFOamM0T1dGaVkyUmxaZz09"),
    ("the session key", "c2Vzc2lvbi1zZWNyZXQ="),
    ("the token", "hush-token"), ("the record key", "aHVzaC1yZWNvcmQ="),
    ("the authorization", "hush-authorization"), ("the cookie", "hush-cookie"),
    ("the proxy's password", "hush-proxy"),
    ("the proxy's password", Data("ann:hush-proxy".utf8).base64EncodedString()),
  ]

  func environment(_ folder: TemporaryFolder, origin: String) throws -> [String: String] {
    try FileManager.default.createDirectory(
      atPath: folder.path("instctl"), withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    _ = try folder.write(
      "instctl/credentials.json",
      """
      {"origins":{"\(origin)":{"connectionKey":"\(TestKeys.connection)",\
      "sessionKey":"\(TestKeys.session)"}}}
      """)
    var environment = [
      "XDG_CONFIG_HOME": folder.url.path, "INSTCTL_SESSION_KEY": TestKeys.session,
    ]
    if usesToken {
      environment["INSTCTL_TOKEN"] = Self.token
      environment["INSTCTL_RECORD_KEY"] = Self.record
    }
    return environment
  }

  func arguments(_ folder: TemporaryFolder, isAPI: Bool) throws -> [String] {
    let header = try folder.write(
      "headers", "Authorization: Bearer hush-authorization\nCookie: id=hush-cookie\n")
    var arguments = ["-H", "@\(header)"]
    if !isAPI, !usesToken {
      arguments += ["--key-file", try folder.write("key", TestKeys.connection)]
    }
    if !isAPI { arguments += ["--trace", folder.path("trace")] }
    return arguments
  }
}

/// What several cells use: names, ports, certificates and servers that have them.
final class Surroundings: Sendable {
  private let servers: [TestServer]
  private let files: TLSFiles?
  /// Where nobody listens.
  private let unused = 1

  init(_ place: FailureMatrixClass.Place) throws {
    guard [.expired, .wrongHost, .unknownIssuer].contains(place) else {
      (servers, files) = ([], nil)
      return
    }
    let files = try TLSFiles()
    let certificate = place == .expired ? try files.expired() : files.path("server.pem")
    servers = [try TestServer("--cert", certificate, "--cert-key", files.path("server.key"))]
    self.files = files
  }

  func url(_ place: FailureMatrixClass.Place, port: UInt16) -> String {
    switch place {
    case .peer, .proxyGone: "http://127.0.0.1:\(port)"
    case .httpProxy, .socksProxy: "http://inst.example"
    // What begins so is no name: no resolver need be there to say it.
    case .unknownName: "http://-no-such-host.invalid"
    case .refused: "http://127.0.0.1:\(unused)"
    case .tlsPeer: "https://127.0.0.1:\(port)"
    case .expired, .unknownIssuer: "https://localhost:\(servers.first?.port ?? "")"
    case .wrongHost: "https://127.0.0.1:\(servers.first?.port ?? "")"
    }
  }

  func environment(_ place: FailureMatrixClass.Place, port: UInt16) -> [String: String] {
    switch place {
    case .expired, .wrongHost: ["INSTCTL_CACERT": files?.path("ca.pem") ?? ""]
    case .httpProxy: ["INSTCTL_PROXY": "http://ann:hush-proxy@127.0.0.1:\(port)"]
    case .socksProxy: ["INSTCTL_PROXY": "socks5h://ann:hush-proxy@127.0.0.1:\(port)"]
    case .proxyGone: ["INSTCTL_PROXY": "http://ann:hush-proxy@127.0.0.1:\(unused)"]
    default: [:]
    }
  }
}

import Foundation
import Testing

/// Where the commands of a page are typed: a home of its own, with the files that examples name, and, but
/// for pages that start one themselves, a server at the address that examples name.
final class ExampleSandbox {
  let folder: TemporaryFolder
  private var server: TestServer?
  /// The ports that pages name, and those that are used instead: others may have the former.
  private var ports: [String: String] = [:]

  init(for page: ExamplePage) throws {
    folder = try TemporaryFolder()
    for name in ["bin", "home/.config/instctl", "run"] {
      try FileManager.default.createDirectory(
        at: folder.url.appending(path: name), withIntermediateDirectories: true)
    }
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("bin/instctl"), withDestinationPath: Programs.instctl.path)
    let users = try folder.write("home/users.json", Self.users)
    _ = try folder.write("home/bots.aux", Self.bots)
    for (name, key) in Self.keys { _ = try folder.write("home/" + name, key) }
    if !page.text.contains("instctl serve") {
      let needsUsers = page.text.contains(/\.txt|\.key|login|logout|permission|insts list/)
      let server = needsUsers ? try TestServer("--auth", users) : try TestServer()
      self.server = server
      ports["3000"] = server.port
      guard needsUsers else { return }
      _ = try folder.write(
        "home/.config/instctl/credentials.json",
        """
        {"origins":{"\(server.origin)":{"connectionKey":"\(WatchSeveralTests.ownerKey)",\
        "sessionKey":"\(TestKeys.session)"}}}
        """)
    }
  }

  /// Ann owns a record, and Bob knows its name.
  private static let users = """
    {"users": [{"id": "user1", "email": "ann@example.com"}, {"id": "user2"}],
     "sessions": [{"connectionKey": "\(WatchSeveralTests.ownerKey)", "sessionKey": "\(TestKeys.session)"},
                  {"connectionKey": "\(WatchSeveralTests.otherKey)"}],
     "records": [{"name": "rec", "owner": "user1",
                  "insts": [{"name": "open", "markers": ["publicRead"]}, {"name": "closed"}]}]}
    """
  private static let bots =
    #"{"version":1,"state":{"ball":{"id":"ball","tags":{"color":"red"}}}}"#
  private static let keys = [
    "key.txt": WatchSeveralTests.ownerKey, "owner.key": WatchSeveralTests.ownerKey,
    "other.key": WatchSeveralTests.otherKey, "session.txt": TestKeys.session,
  ]

  /// What a command does here.
  struct Result {
    let status: Int32?
    let output: String
    let errors: String
  }

  /// Types the commands; those in `endless` are interrupted once they have printed something.
  func type(_ commands: [String], endless: Set<String>) throws -> [Result] {
    for (index, command) in commands.enumerated() {
      _ = try folder.write("run/\(index + 1).command", adapted(command))
      if endless.contains(command) { _ = try folder.write("run/\(index + 1).endless", "") }
    }
    let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Peers/run_examples.sh")
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    _ = try Program(
      [
        "-c", #"cd "$1" && exec "$2" "$3""#, "bash", folder.path("home"), script.path,
        folder.path("run"),
      ],
      executable: URL(filePath: "/bin/bash"),
      environment: [
        "HOME": folder.path("home"), "XDG_CONFIG_HOME": folder.path("home/.config"),
        "PATH": folder.path("bin") + ":" + path,
      ]
    ).finish(within: 240)
    return commands.indices.map { index in
      Result(
        status: Int32(contents(index, "status").trimmingCharacters(in: .newlines)),
        output: contents(index, "out"), errors: contents(index, "err"))
    }
  }

  private func contents(_ index: Int, _ kind: String) -> String {
    (try? String(contentsOfFile: folder.path("run/\(index + 1).\(kind)"), encoding: .utf8)) ?? ""
  }

  /// The command with ports that are free here.
  private func adapted(_ command: String) throws -> String {
    var command = command.replacing(
      /instctl serve(?![^|&;]*--port)/, with: "instctl serve --port 3000")
    for match in command.matches(of: /(?:--port |127\.0\.0\.1:|localhost:)([1-9]\d{3,})/)
    where ports[String(match.1)] == nil {
      ports[String(match.1)] = try Self.freePort()
    }
    for (port, free) in ports {
      command = command.replacingOccurrences(
        of: #"(--port |127\.0\.0\.1:|localhost:)\#(port)\b"#, with: "$1\(free)",
        options: .regularExpression)
    }
    return command
  }

  private static func freePort() throws -> String {
    let server = try TestServer()
    defer { server.stop() }
    return server.port
  }
}

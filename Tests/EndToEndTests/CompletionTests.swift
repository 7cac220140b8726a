import Foundation
import Testing

/// The completions in the shells that they are for, each in a terminal, with what is offered at the tab
/// key (CLI.md section 5).
@Suite(.serialized) struct CompletionTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for name in ["bin", "home", "config/instctl/profiles"] {
      try FileManager.default.createDirectory(
        at: folder.url.appending(path: name), withIntermediateDirectories: true)
    }
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("bin/instctl"), withDestinationPath: Programs.instctl.path)
    let home =
      #"{"server":"http://127.0.0.1:1","branch":"garden","insts":["kitchen","rec/cellar"]}"#
    _ = try folder.write("config/instctl/profiles/homestead.json", home)
    _ = try folder.write("config/instctl/profiles/workshop.json", #"{"branch":"attic"}"#)
    _ = try folder.write("config/instctl/config.json", #"{"profile":"homestead"}"#)
    _ = try folder.write("home/bright.key", "")
    _ = try folder.write("home/calm.key", "")
  }

  enum Shell: String, CaseIterable {
    case bash, zsh, fish

    /// How it is started with nothing but our completions.
    var arguments: [String] {
      switch self {
      case .bash: ["--norc", "--noprofile", "-i"]
      case .zsh: ["-f", "-i"]
      case .fish: ["--no-config", "--private"]
      }
    }

    func loading(_ completions: String) -> String {
      switch self {
      case .bash: "source \(completions)/instctl.bash"
      case .zsh: "fpath=(\(completions) $fpath); autoload -Uz compinit; compinit -u -D"
      case .fish: "source \(completions)/instctl.fish"
      }
    }
  }

  static let cases: [(typed: String, offered: [String])] = [
    ("instctl ", ["watch", "get-updates", "send-action", "profile", "help"]),
    ("instctl profile ", ["add", "list", "remove", "show", "use"]),
    ("instctl watch --dialect ", ["auto", "deployed", "documented"]),
    ("instctl watch --output ", ["json", "pretty", "raw"]),
    ("instctl watch --profile ", ["homestead", "workshop"]),
    ("instctl profile use ", ["homestead", "workshop"]),
    ("instctl watch --branch ", ["attic", "default", "garden"]),
    // Bash shows what is behind the last slash.
    ("instctl get-updates ", ["kitchen", "cellar"]),
    ("instctl help ", ["exit-codes", "environment", "watch"]),
    ("instctl call ", ["login", "watch_branch"]),
    ("instctl count --token-file ", ["bright.key", "calm.key"]),
    ("instctl serve --auth ", ["bright.key", "calm.key"]),
  ]

  @Test(arguments: Shell.allCases)
  func whatIsOffered(shell: Shell) throws {
    for (typed, offered) in Self.cases {
      let terminal = try open(shell)
      terminal.type(typed + "\t\t")
      for text in offered.dropLast() { terminal.wait(text) }
      let state = terminal.wait(offered.last ?? "")
      #expect(!state.text.lowercased().contains("error"), "\(typed)\n\(state.text)")
      #expect(!state.text.contains("not found"), "\(typed)\n\(state.text)")
    }
  }

  /// One possibility is taken at once.
  @Test(arguments: Shell.allCases)
  func oneIsTaken(shell: Shell) throws {
    let terminal = try open(shell)
    terminal.type("instctl profile use work\t")
    terminal.wait("instctl profile use workshop")
  }

  private func open(_ shell: Shell) throws -> TerminalProgram {
    let completions = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "completions")
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let terminal = try TerminalProgram(
      columns: 100, rows: 60,
      ["-c", #"cd "$0" && exec "$@""#, folder.path("home"), shell.rawValue] + shell.arguments,
      executable: "/bin/sh",
      environment: [
        "HOME": folder.path("home"), "XDG_CONFIG_HOME": folder.path("config"),
        "XDG_DATA_HOME": folder.path("home"), "PATH": folder.path("bin") + ":" + path,
        "PS1": "$ ", "INPUTRC": "/dev/null",
      ])
    terminal.type(shell.loading(completions.path) + "; echo read\"\"y\n")
    terminal.wait("ready")
    return terminal
  }

  /// What the shells' scripts call: it is quick, says nothing of trouble, and asks no server.
  @Test func whatTheScriptsCall() throws {
    func completed(_ arguments: [String], _ environment: [String: String]) throws -> [Substring] {
      let start = Date()
      let outcome = try Program(
        ["---completion"] + arguments, environment: environment
      ).finish()
      #expect(outcome.status == 0)
      #expect(outcome.errors == "")
      #expect(Date().timeIntervalSince(start) < 5)
      return outcome.output.split(separator: "\n")
    }
    let known = ["XDG_CONFIG_HOME": folder.path("config")]
    let profiles = ["watch", "--", "--profile", "2", "0", "instctl", "watch", "--profile", ""]
    #expect(try completed(profiles, known) == ["homestead", "workshop"])
    let insts = ["get-updates", "--", "positional@0", "2", "0", "instctl", "get-updates", ""]
    #expect(try completed(insts, known) == ["kitchen", "rec/cellar"])
    #expect(try completed(profiles, ["XDG_CONFIG_HOME": "/nonexistent"]) == [])
    #expect(try completed(insts, ["XDG_CONFIG_HOME": "", "HOME": ""]) == [])
    // What is broken, or open to others, is for the command to complain of.
    _ = try folder.write("config/instctl/config.json", "{", permissions: 0o644)
    _ = try folder.write("config/instctl/profiles/workshop.json", "[", permissions: 0o644)
    #expect(try completed(profiles, known) == ["homestead", "workshop"])
    #expect(try completed(insts, known) == [])
  }
}

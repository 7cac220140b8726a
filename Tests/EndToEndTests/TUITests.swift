import Foundation
import Testing

/// `watch --tui` in a terminal that others emulate.
@Suite(.serialized) struct TUITests {
  private func watch(
    _ server: TestServer, _ options: String..., columns: Int = 80, rows: Int = 24,
    environment: [String: String] = [:]
  ) throws -> TerminalProgram {
    try TerminalProgram(
      columns: columns, rows: rows, ["watch", "-s", server.url, "t", "--tui"] + options,
      environment: environment)
  }

  private func ring(_ server: TestServer, _ name: String = "ring") throws {
    #expect(
      try instctl(
        "send-action", "-s", server.url, "t", "--broadcast", "--connection-id", "kitchen",
        #"{"name":"\#(name)"}"#
      ).status == 0)
  }

  private func expectRestored(
    _ state: TerminalProgram.State, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(!state.isAlternate, sourceLocation: sourceLocation)
    #expect(!state.isCursorHidden, sourceLocation: sourceLocation)
    #expect(state.isRestored, sourceLocation: sourceLocation)
  }

  @Test func showsWhatHappensAndGivesTheScreenBack() throws {
    let server = try TestServer()
    #expect(try instctl("add-updates", "-s", server.url, "t", hello).status == 0)
    let other = try Program(["watch", "-s", server.url, "t", "--connection-id", "other-device"])
    other.wait("sync") { !$0.of(type: "sync").isEmpty }
    let terminal = try watch(server)
    var state = terminal.wait(
      "● connected", "/t ", "✓ synced", "DEVICES 2", "● other-device", "latency", "q quits")
    #expect(state.isAlternate)
    #expect(state.isCursorHidden)
    #expect(!state.isRestored)
    #expect(state.screen.contains { $0.contains(#/^\/t +✓ synced +1 /#) })
    try ring(server)
    terminal.wait("kitchen → ring")
    #expect(try instctl("add-updates", "-s", server.url, "t", helloAgain).status == 0)
    state = terminal.wait("updates 2 ")
    #expect(state.colours.contains("green"))
    other.signal(SIGTERM)
    terminal.wait("DEVICES 1")

    terminal.resize(columns: 40, rows: 10)
    try ring(server, "small")
    state = terminal.wait("kitchen → sm", "● connected")
    #expect(state.screen.count == 10)
    terminal.resize(columns: 100, rows: 30)
    terminal.wait("kitchen → small", "LAST")

    terminal.type("q")
    state = terminal.finish()
    #expect(state.status == 0)
    expectRestored(state)
    #expect(state.text.trimmingCharacters(in: .whitespacesAndNewlines) == "")
  }

  @Test(arguments: [(SIGTERM, 143), (SIGINT, 130), (SIGHUP, 129)])
  func signalsGiveTheScreenBack(signal: Int32, status: Int) throws {
    let server = try TestServer()
    let terminal = try watch(server, columns: 40, rows: 10)
    terminal.wait("● connected")
    terminal.signal(signal)
    let state = terminal.finish()
    #expect(state.status == status)
    expectRestored(state)
  }

  /// Ctrl-C is a key there; a crash is nobody's wish.
  @Test func controlCAndCrashesGiveTheScreenBack() throws {
    let server = try TestServer()
    var terminal = try watch(server)
    terminal.wait("✓ synced")
    terminal.type("\u{3}")
    var state = terminal.finish()
    #expect(state.status == 130)
    expectRestored(state)

    for signal in [SIGSEGV, SIGILL, SIGABRT] {
      terminal = try watch(server)
      terminal.wait("✓ synced")
      terminal.signal(signal)
      state = terminal.finish()
      #expect(state.status == -Int(signal))
      expectRestored(state)
    }
  }

  /// The ends that were asked for, and a failure before there was anything to see.
  @Test(arguments: [
    ("--for 300ms", 0), ("--until-synced", 0), ("-c 1", 0), ("-c 2 --timeout 500ms", 124),
  ])
  func plannedEndsGiveTheScreenBack(options: String, status: Int) throws {
    let server = try TestServer()
    let terminal = try TerminalProgram(
      columns: 80, rows: 24,
      ["watch", "-s", server.url, "t", "--tui"] + options.split(separator: " ").map(String.init))
    let state = terminal.finish()
    #expect(state.status == status)
    #expect(state.written.contains("\u{1B}[?1049h"))
    expectRestored(state)
  }

  @Test func noServer() throws {
    let state = try TerminalProgram(
      columns: 80, rows: 24, ["watch", "-s", "ws://127.0.0.1:1", "t", "--tui"]
    ).finish()
    #expect(state.status == 69)
    expectRestored(state)
    #expect(state.text.contains("error: connection refused by 127.0.0.1:1"))
  }

  /// A peer that does not take part in the closing is waited for a little, and not after a second signal.
  @Test func aSecondSignalGivesTheScreenBackToo() throws {
    let server = try TestServer()
    let terminal = try watch(server)
    terminal.wait("✓ synced")
    server.program.signal(SIGSTOP)
    defer { server.program.signal(SIGCONT) }
    terminal.signal(SIGINT)
    terminal.signal(SIGTERM)
    let state = terminal.finish()
    #expect([130, 143].contains(state.status))
    expectRestored(state)
  }

  /// A connection to the terminal that stands still, such as ssh's, holds up neither the watch nor its end.
  @Test func aTerminalThatTakesNothing() throws {
    let server = try TestServer()
    let terminal = try watch(server)
    terminal.wait("✓ synced")
    // Painted anew for each, until the terminal is full.
    terminal.type(String(repeating: "\u{C}", count: 500))
    terminal.signal(SIGTERM)
    let state = terminal.finishUnread()
    #expect(state.status == 143)
    #expect(state.isRestored)
  }

  /// What ends the command is told behind the screen, and what stderr got meanwhile as well.
  @Test func failuresAreToldBehindTheScreen() throws {
    let server = try TestServer()
    let terminal = try watch(server, "--no-reconnect", "-v")
    terminal.wait("✓ synced")
    server.stop()
    let state = terminal.finish()
    #expect(state.status == 69)
    expectRestored(state)
    #expect(state.text.contains("error: "))
    // Words and no JSON, though stderr was held back.
    #expect(!state.text.contains("{"))
    #expect(!state.text.contains("INST "))
    // It goes on trying where that is wished, and shows it.
    let lasting = try TestServer()
    let patient = try watch(lasting)
    patient.wait("✓ synced")
    lasting.stop()
    patient.wait("reconnecting", "○ waiting")
    patient.type("q")
    let last = patient.finish()
    #expect(last.status == 0)
    expectRestored(last)
  }

  /// A terminal that goes away ends the command.
  @Test func aTerminalThatGoesAway() throws {
    let server = try TestServer()
    let terminal = try watch(server)
    terminal.wait("✓ synced")
    terminal.hangUp()
    #expect(terminal.finish().status == 129)
  }

  /// The shell's Ctrl-Z gives the screen back for as long as it lasts.
  @Test func suspending() throws {
    let server = try TestServer()
    let terminal = try TerminalProgram(
      columns: 80, rows: 24, ["-i"], executable: "/bin/sh", environment: ["PS1": "ready> "])
    terminal.wait("ready> ")
    terminal.type("\(Programs.instctl.path) watch -s \(server.url) t --tui\n")
    var state = terminal.wait("✓ synced")
    #expect(state.isAlternate)
    terminal.type("\u{1A}")
    state = terminal.wait(untilGone: "✓ synced")
    terminal.type("echo back-$((20 + 3))\n")
    state = terminal.wait("back-23")
    #expect(!state.isAlternate)
    #expect(!state.isCursorHidden)
    terminal.type("fg\n")
    state = terminal.wait("✓ synced")
    #expect(state.isAlternate)
    try ring(server)
    terminal.wait("kitchen → ring")
    terminal.type("q")
    terminal.wait(untilGone: "✓ synced")
    terminal.type("echo status-$?\n")
    state = terminal.wait("status-0")
    #expect(!state.isAlternate)
    #expect(!state.isCursorHidden)
    terminal.type("exit\n")
    expectRestored(terminal.finish())
  }

  /// Stopped by others: with a word (SIGTSTP) the terminal is given back, without one (SIGSTOP) it is not,
  /// but all is well afterwards.
  @Test func stoppingAndGoingOn() throws {
    let server = try TestServer()
    let terminal = try watch(server)
    terminal.wait("✓ synced")
    terminal.signal(SIGTSTP)
    let stopped = terminal.wait(untilGone: "✓ synced")
    expectRestored(stopped)
    terminal.signal(SIGCONT)
    #expect(terminal.wait("✓ synced").isAlternate)
    terminal.signal(SIGSTOP)
    terminal.signal(SIGCONT)
    try ring(server)
    terminal.wait("kitchen → ring")
    terminal.signal(SIGTSTP)
    terminal.wait(untilGone: "✓ synced")
    terminal.signal(SIGTERM)
    terminal.signal(SIGCONT)
    let state = terminal.finish()
    #expect(state.status == 143)
    expectRestored(state)
  }

  /// In the background it leaves the terminal to the shell, goes on, and can be ended.
  @Test func inTheBackground() throws {
    let server = try TestServer()
    let terminal = try TerminalProgram(
      columns: 80, rows: 24, ["--norc", "--noprofile", "-i"], executable: "/bin/bash",
      environment: ["PS1": "ready> ", "HISTFILE": "", "HOME": "/nonexistent"])
    terminal.wait("ready> ")
    terminal.type("\(Programs.instctl.path) watch -s \(server.url) t --tui\n")
    terminal.wait("✓ synced")
    terminal.type("\u{1A}")
    terminal.wait(untilGone: "✓ synced")
    terminal.type("bg\n")
    try ring(server)
    terminal.type("echo back-$((20 + 3))\n")
    var state = terminal.wait("back-23")
    #expect(!state.isAlternate)
    terminal.type("fg\n")
    // It has gone on meanwhile.
    state = terminal.wait("✓ synced", "kitchen → ring")
    #expect(state.isAlternate)
    terminal.type("\u{1A}")
    terminal.wait(untilGone: "✓ synced")
    terminal.type("kill %1; while kill -0 %1 2>&-; do sleep 0.1; done\n")
    state = terminal.wait("Exit 143")
    #expect(!state.isAlternate)
    #expect(!state.isCursorHidden)
    terminal.type("exit\n")
    expectRestored(terminal.finish())
  }

  @Test func refusesWithoutATerminal() throws {
    let piped = try instctl("watch", "-s", "ws://127.0.0.1:1", "t", "--tui")
    #expect(piped.status == 64)
    #expect(piped.output == "")
    let message = piped.error?["message"] as? String ?? ""
    #expect(message.contains("--tui needs a terminal"))
    for command in [
      "--tui < /dev/null", "--tui > /dev/null", "--tui --output raw", "--tui --type action",
    ] {
      let state = try TerminalProgram(
        columns: 80, rows: 24,
        ["-c", "\(Programs.instctl.path) watch -s ws://127.0.0.1:1 t \(command)"],
        executable: "/bin/sh"
      ).finish()
      #expect(state.status == 64)
      #expect(!state.written.contains("\u{1B}"))
    }
    let dumb = try TerminalProgram(
      columns: 80, rows: 24, ["watch", "-s", "ws://127.0.0.1:1", "t", "--tui"],
      environment: ["TERM": "dumb"]
    ).finish()
    #expect(dumb.status == 64)
    #expect(!dumb.written.contains("\u{1B}"))
  }

  @Test func withoutColours() throws {
    let server = try TestServer()
    let terminal = try watch(server, environment: ["NO_COLOR": "1"])
    #expect(terminal.wait("✓ synced").colours == [])
    terminal.type("q")
    #expect(terminal.finish().status == 0)
  }
}

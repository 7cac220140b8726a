import Foundation
import Testing

/// What people see on a terminal (CLI section 3): `--output pretty` and its colours.
@Suite(.serialized) struct TerminalTests {
  @Test func prettyOnATerminal() throws {
    let server = try TestServer()
    #expect(try instctl("add-updates", "-s", server.url, "p", hello).status == 0)
    let terminal = try TerminalProgram(
      columns: 80, rows: 24, ["watch", "-s", server.url, "p", "--output", "pretty"])
    terminal.wait("● connected", "updates    state     1 update     22 B", "✓ complete")
    #expect(
      try instctl(
        "send-action", "-s", server.url, "p", "--broadcast", "--connection-id", "kitchen",
        #"{"name":"ring","volume":3}"#
      ).status == 0)
    let state = terminal.wait(#"kitchen → ring {"volume": 3}"#)
    #expect(state.screen.allSatisfy { $0.count <= 80 })
    #expect(Set(["green", "cyan", "magenta", "blue"]).isSubset(of: state.colours))
    #expect(state.screen[0].wholeMatch(of: #/\d\d:\d\d:\d\dZ connection ○ connecting/#) != nil)
    #expect(state.screen[1].wholeMatch(of: #/  \+0\.\d{3}s connection ○ authenticating/#) != nil)
    #expect(!state.isAlternate)
    terminal.signal(SIGTERM)
    #expect(terminal.finish().status == 143)
  }

  @Test(arguments: [["NO_COLOR": "1"], ["TERM": "dumb"], ["TERM": ""]])
  func plainWhereColoursAreNotWanted(environment: [String: String]) throws {
    let server = try TestServer()
    let options = ["watch", "-s", server.url, "p", "--output", "pretty", "--until-synced"]
    let plain = try TerminalProgram(
      columns: 80, rows: 24, options, environment: environment
    ).finish()
    #expect(plain.status == 0)
    #expect(plain.text.contains("● connected"))
    #expect(!plain.written.contains("\u{1B}"))
    // An option says more than the environment.
    let forced = try TerminalProgram(
      columns: 80, rows: 24, options + ["--color", "always"], environment: environment
    ).finish()
    #expect(forced.written.contains("\u{1B}[32m● connected\u{1B}[0m"))
    let never = try TerminalProgram(
      columns: 80, rows: 24, options + ["--color", "never"]
    ).finish()
    #expect(!never.written.contains("\u{1B}"))
  }

  /// Elsewhere than on a terminal a line is one row, whole, without colours unless they are asked for.
  @Test func prettyInAPipe() throws {
    let server = try TestServer()
    let event = #""\#(String(repeating: "word ", count: 50))""#
    let watch = try Program(
      ["watch", "-s", server.url, "p", "--output", "pretty"], environment: ["TERM": "xterm"])
    watch.wait(forText: "✓ complete")
    #expect(
      try instctl("send-action", "-s", server.url, "p", "--broadcast", event).status == 0)
    watch.wait(forText: "\(event)\n")
    watch.signal(SIGTERM)
    #expect(!watch.finish().output.contains("\u{1B}"))

    let coloured = try instctl(
      "count", "-s", server.url, "p", "--output", "pretty", "--color", "always")
    #expect(coloured.output.contains("\u{1B}[36m0\u{1B}[0m connections\n"))
    // Without pretty there are no colours, whatever is asked for.
    let json = try instctl("count", "-s", server.url, "p", "--color", "always")
    #expect(json.output.hasPrefix(#"{"type":"count","#))
    // The environment can ask for it, too.
    let variable = try instctl(
      "count", "-s", server.url, "p", environment: ["INSTCTL_OUTPUT": "pretty"])
    #expect(variable.output.contains("count      0 connections"))
  }

  /// Rows keep to the width, also when it changes; an error is continued on the next row.
  @Test func width() throws {
    let server = try TestServer()
    let terminal = try TerminalProgram(
      columns: 50, rows: 24,
      ["watch", "-s", server.url, "w", "--output", "pretty", "--color", "never"])
    terminal.wait("✓ complete")
    func send(_ event: String) throws {
      #expect(
        try instctl(
          "send-action", "-s", server.url, "w", "--broadcast", "--connection-id", "me", event
        ).status == 0)
    }
    try send(#""日本語日本語日本語日本語日本語""#)
    let narrow = terminal.wait("日本語日本語日本語日本…")
    #expect(narrow.screen.contains { $0.hasSuffix("action     me → \"日本語日本語日本語日本…") })
    terminal.resize(columns: 100, rows: 24)
    try send(#""Grüße an alle, die noch da sind, und an alle anderen""#)
    terminal.wait(#"me → "Grüße an alle, die noch da sind, und an alle anderen""#)
    // What could steer the terminal is shown instead.
    try send(#""\u001b[2J\u001b]0;title\u0007\u009b31m\u202e""#)
    let state = terminal.wait(#"\u001b[2J\u001b]0;title\u0007\u009b31m\u202e"#)
    #expect(!state.written.contains("\u{1B}"))
    terminal.signal(SIGINT)
    #expect(terminal.finish().status == 130)
  }

  /// Several insts are told apart.
  @Test func severalInsts() throws {
    let server = try TestServer()
    let terminal = try TerminalProgram(
      columns: 80, rows: 24,
      ["watch", "-s", server.url, "one", "two", "--output", "pretty", "--until-synced"])
    let state = terminal.finish()
    #expect(state.text.contains("updates    /one state"))
    #expect(state.text.contains("sync       /two ✓"))
  }
}

import Foundation
import Testing

/// What goes wrong before or instead of an answer: exit code, error object, empty stdout.
@Suite(.serialized) struct FailureTests {
  @Test(arguments: [
    ["watch"], ["watch", "--no-such-option", "x"], ["get-updates", "x"],
    ["watch", "-s", "ftp://host", "x"], ["watch", "-s", "https://host/path", "x"],
    ["watch", "-s", "https://user:secret@host", "x"], ["watch", "-s", "ws://h", ""],
    ["watch", "-s", "ws://h", "x", "--timeout", "5"],
    ["watch", "-s", "ws://h", "x", "--count", "0"],
    ["watch", "-s", "ws://h", "x", "-1", "--count", "2"], ["no-such-command"],
    ["get-updates", "-s", "ws://h", "vRK1.a.b/inst"], ["get-updates", "-s", "ws://h", "vRK1.a.b"],
    ["get-updates", "-s", "ws://h", "rec/"], ["get-updates", "-s", "ws://h", "/"],
    ["serve", "--cert", "x"],
    ["add-updates", "-s", "ws://h", "x", "--inflight", "0"],
  ])
  func usage(arguments: [String]) throws {
    let outcome = try Program(arguments).finish()
    #expect(outcome.status == 64)
    #expect(outcome.output == "")
    #expect(outcome.error?["layer"] as? String == "usage")
    #expect(outcome.error?["exit"] as? Int == 64)
  }

  @Test func aPasswordInAURLIsNotPrinted() throws {
    let outcome = try instctl("get-updates", "-s", "wss://user:password@localhost", "x")
    #expect(outcome.status == 64)
    #expect(!outcome.errors.contains("password@"))
  }

  /// Descriptors that are closed to us stay nobody's.
  @Test(arguments: ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
  func closedDescriptors(closed: String) throws {
    let server = try TestServer()
    let script = #"timeout 10 "$0" add-updates -s "$1" closed \#(closed)"#
    let outcome = try Program(
      ["-c", script, Programs.instctl.path, server.url],
      executable: URL(fileURLWithPath: "/bin/bash")
    ).finish()
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test func aMessageTooLargeForTheServerIsNotSentForEver() throws {
    let server = try TestServer("--max-message", "64KiB")
    let update = Data(repeating: 1, count: 100_000).base64EncodedString()
    let outcome = try instctl(
      "add-updates", "-s", server.url, "x", "--unchecked", stdin: .text(update))
    #expect(outcome.status == 76)
    #expect(outcome.error?["code"] as? String == "message_too_large")
    #expect(outcome.error?["closeCode"] as? Int == 1009)
  }

  @Test func anEndThatWasPlannedForAConnectionThatNeverWasIsAFailure() throws {
    let peer = try ScriptedPeer(answer: nil)
    let url = "ws://127.0.0.1:\(peer.port)/"
    #expect(try instctl("watch", "-s", url, "x", "--for", "300ms").status == 69)
    let idle = try instctl(
      "watch", "-s", url, "x", "--idle", "100ms", "--connect-timeout", "500ms")
    #expect(idle.status == 69)
  }

  @Test func helpAndVersionAreAnswers() throws {
    for arguments in [["--help"], ["--version"], ["watch", "--help"], ["help", "serve"]] {
      let outcome = try Program(arguments).finish()
      #expect(outcome.status == 0)
      #expect(!outcome.output.isEmpty)
      #expect(outcome.errors == "")
    }
  }

  /// Whatever keeps a command waiting, a signal ends it.
  @Test func signalsEndWaitsForOtherPrograms() throws {
    let folder = try TemporaryFolder()
    let pipe = folder.path("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    let server = ["-s", "http://127.0.0.1:1"]
    let commands = [
      ["decode", pipe], ["whoami", "-H", "@\(pipe)"] + server,
      ["whoami", "--key-file", pipe] + server, ["serve", "--port", "0", "--auth", pipe],
      ["whoami", "--key-command", "exec cat '\(pipe)'"] + server,
    ]
    for arguments in commands {
      for (signal, status) in [(SIGTERM, 143), (SIGINT, 130), (SIGHUP, 129)] {
        let program = try Program(arguments)
        let end = try writingEnd(of: pipe)
        program.signal(signal)
        #expect(program.finish().status == status, "\(arguments)")
        close(end)
      }
    }
  }

  /// The end of a FIFO to write to, once somebody has opened the other one.
  private func writingEnd(of pipe: String) throws -> Int32 {
    let deadline = Date(timeIntervalSinceNow: Program.deadline)
    while Date() < deadline {
      let descriptor = open(pipe, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
      if descriptor >= 0 { return descriptor }
      usleep(10_000)
    }
    throw POSIXError(.ETIMEDOUT)
  }

  /// A subcommand is called by its whole name, however its help is asked for.
  @Test(arguments: [["watch"], ["bots"], ["bots", "add"], ["profile", "list"]])
  func helpNamesTheWholeCommand(path: [String]) throws {
    let help = try Program(["help"] + path).finish()
    #expect(help.output.contains("USAGE: instctl \(path.joined(separator: " ")) "))
    for flag in ["--help", "-h"] {
      let outcome = try Program(path + [flag]).finish()
      #expect(outcome.status == 0)
      #expect(outcome.output == help.output)
    }
  }

  @Test func aCommandHasNoHelpBelowIt() throws {
    for arguments in [["bots", "help"], ["bots", "help", "add"], ["watch", "help", "--nothing"]] {
      #expect(try Program(arguments).finish().status == 64)
    }
  }

  @Test func refusedAndUnknown() throws {
    let refused = try instctl("get-updates", "-s", "ws://127.0.0.1:1/", "x")
    #expect(refused.status == 69)
    #expect(refused.output == "")
    #expect(refused.error?["layer"] as? String == "tcp")
    #expect(refused.error?["code"] as? String == "connection_refused")
    #expect(refused.error?["retryable"] as? Bool == true)
    let unknown = try instctl("get-updates", "-s", "ws://no-such-host.invalid/", "x")
    #expect(unknown.status == 68 || unknown.error?["code"] as? String == "dns_failed")
    #expect(unknown.error?["layer"] as? String == "dns")
  }

  @Test(arguments: [
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 76, "upgrade_refused"),
    ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 76, "upgrade_refused"),
    ("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", 77, "upgrade_refused"),
    ("HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\n\r\n", 75, "upgrade_refused"),
    ("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", 75, "upgrade_refused"),
    ("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", 69, "upgrade_refused"),
    ("HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", 76, "upgrade_redirected"),
    ("SSH-2.0-OpenSSH\r\n\r\n", 76, "upgrade_failed"),
    (
      "HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n",
      76, "upgrade_failed"
    ),
    ("", 69, "connection_closed"),
  ])
  func answersToTheUpgrade(answer: String, status: Int32, code: String) throws {
    let peer = try ScriptedPeer(answer: answer)
    let outcome = try instctl("get-updates", "-s", "ws://127.0.0.1:\(peer.port)/", "x")
    #expect(outcome.status == status, "\(outcome.errors)")
    #expect(outcome.output == "")
    #expect(outcome.error?["layer"] as? String == "upgrade")
    #expect(outcome.error?["code"] as? String == code)
    // So does a server that wants TLS.
    if answer.isEmpty { #expect((outcome.error?["hint"] as? String)?.contains("wss://") == true) }
    if answer.contains("hello") { #expect(outcome.error?["body"] as? String == "hello") }
  }

  @Test func aServerThatNeverAnswers() throws {
    let peer = try ScriptedPeer(answer: nil)
    let outcome = try instctl(
      "get-updates", "-s", "ws://127.0.0.1:\(peer.port)/", "x", "--connect-timeout", "300ms")
    #expect(outcome.status == 69)
    #expect(outcome.error?["layer"] as? String == "upgrade")
    #expect(outcome.error?["code"] as? String == "connect_timeout")
  }

  @Test func secretsStayOutOfArgumentsAndMessages() throws {
    let folder = try TemporaryFolder()
    let secret = "vCT1.very.secret.token"
    let open = try folder.write("open", secret, permissions: 0o644)
    let refused = try instctl("get-updates", "-s", "ws://127.0.0.1:1", "x", "--token-file", open)
    #expect(refused.status == 78)
    #expect(refused.error?["layer"] as? String == "config")
    #expect(!refused.errors.contains(secret))
    let missing = try instctl(
      "get-updates", "-s", "ws://127.0.0.1:1", "x", "--token-file", folder.path("none"))
    #expect(missing.status == 66)
    let broken = try folder.write("key", "vCK1.broken-key-secret")
    let unusable = try instctl("get-updates", "-s", "ws://127.0.0.1:1", "x", "--key-file", broken)
    #expect(unusable.status == 78)
    #expect(!unusable.errors.contains("broken-key-secret"))
  }

  @Test func aRefusedLoginIsNotRetried() throws {
    let server = try TestServer()
    let folder = try TemporaryFolder()
    // A token is sent as it stands: the server judges it.
    let malformed = try folder.write("malformed", "no token at all\n")
    let outcome = try instctl("watch", "-s", server.url, "x", "--token-file", malformed)
    #expect(outcome.status == 77)
    #expect(outcome.error?["layer"] as? String == "login")
    #expect(outcome.error?["code"] as? String == "unacceptable_connection_token")
    let key = "vCK1.dXNlcjE=.c2Vzc2lvbjE=.TURFeU16UTFOamM0T1dGaVkyUmxaZz09.SW5maW5pdHk="
    let unknown = try instctl(
      "get-updates", "-s", server.url, "rec/x", environment: ["INSTCTL_KEY": key])
    #expect(unknown.status == 77)
    #expect(unknown.error?["code"] as? String == "invalid_token")
    #expect(unknown.output == "")
    let expired =
      "vCK1.dXNlcjE=.c2Vzc2lvbjE=.TURFeU16UTFOamM0T1dGaVkyUmxaZz09.MTAwMA=="
    let late = try instctl(
      "get-updates", "-s", server.url, "rec/x", environment: ["INSTCTL_KEY": expired])
    #expect(late.status == 77)
    #expect(late.error?["code"] as? String == "session_expired")
  }

  @Test func anOversizedMessageIsAnError() throws {
    let server = try TestServer()
    let update = Data(repeating: 1, count: 200_000).base64EncodedString()
    let added = try instctl(
      "add-updates", "-s", server.url, "big", "--unchecked", stdin: .text(update))
    #expect(added.status == 0, "\(added.errors)")
    let outcome = try instctl("get-updates", "-s", server.url, "big", "--max-message", "64KiB")
    #expect(outcome.status == 76)
    #expect(outcome.error?["code"] as? String == "message_too_large")
    #expect(outcome.output == "")
  }

  @Test(arguments: [
    ["login"], ["whoami"], ["logout"], ["token", "i"], ["insts", "list", "r"], ["serve"],
  ])
  func aFormOfOutputThatACommandDoesNotHaveIsRefused(command: [String]) throws {
    let outcome = try Program(command + ["--output", "raw"]).finish()
    #expect(outcome.status == 64)
    #expect(outcome.output == "")
  }
}

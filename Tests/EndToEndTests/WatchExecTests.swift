import Foundation
import Glibc
import Testing

/// `watch --exec`: actions are answered with a command's output (PROTOCOL section 5, Action).
@Suite(.serialized) struct WatchExecTests {
  /// A server, a watch that runs a command for each action, and a device that sends actions.
  private struct Scene {
    let server: TestServer
    let watch: Program
    let device: Device

    init(
      _ command: String, options: [String] = [], environment: [String: String] = [:],
      server: TestServer? = nil
    ) throws {
      self.server = try server ?? TestServer()
      watch = try Program(
        ["watch", "-s", self.server.url, "x", "--events", "sync,action", "--exec", command]
          + options,
        environment: environment)
      watch.wait("sync") { !$0.of(type: "sync").isEmpty }
      device = try Device(self.server, connectionID: "device", inst: "x")
    }

    /// What comes back for an action.
    func result(of event: Any, taskID: Any = "task") throws -> [String: Any] {
      device.sendAction(event, taskID: taskID)
      return try #require(device.nextResult())
    }

    func error(of event: Any) throws -> [String: Any] {
      let result = try result(of: event)
      #expect(result["type"] as? String == "device_error")
      return try #require(result["error"] as? [String: Any])
    }

    @discardableResult
    func end() -> Program.Outcome {
      watch.signal(SIGTERM)
      let outcome = watch.finish()
      #expect(outcome.status == 143)
      return outcome
    }
  }

  @Test func whatTheCommandPrintsIsTheResult() throws {
    let scene = try Scene(
      #"read -r event; case $event in *json*) echo "[$event]";; *) echo "it is: $event";; esac"#)
    let text = try scene.result(of: "plain", taskID: "one")
    #expect(text["type"] as? String == "device_result")
    #expect(text["taskId"] as? String == "one")
    #expect(text["result"] as? String == #"it is: "plain""#)
    // What is JSON is sent as JSON, and a number is repeated as a number.
    let value = try scene.result(of: ["json": [1, 2]], taskID: 7)
    #expect(value["taskId"] as? Int == 7)
    let result = try #require((value["result"] as? [[String: [Int]]])?.first)
    #expect(result == ["json": [1, 2]])
    let outcome = scene.end()
    #expect(outcome.lines.of(type: "action").count == 2)
    #expect(outcome.errors == "")
  }

  @Test func theCommandKnowsWhereTheActionComesFromAndNoSecrets() throws {
    let secrets = [
      "INSTCTL_RECORD_KEY": "", "INSTCTL_SESSION_KEY": "hidden1", "INSTCTL_ACTION_RECORD": "stale",
      "OTHER": "kept",
    ]
    let scene = try Scene("env | grep -E '^(INSTCTL_|OTHER)' | sort", environment: secrets)
    let text = try #require(try scene.result(of: 1, taskID: "t")["result"] as? String)
    #expect(
      text.split(separator: "\n") == [
        "INSTCTL_ACTION_BRANCH=default", "INSTCTL_ACTION_INST=x", "INSTCTL_ACTION_TASK_ID=t",
        "INSTCTL_SENDER_CONNECTION_ID=device", "OTHER=kept",
      ])
    scene.end()
  }

  @Test func aKeyInTheEnvironmentIsNotPassedOn() throws {
    let folder = try TemporaryFolder()
    let users = try folder.write("users.json", WatchSeveralTests.users)
    let key = WatchSeveralTests.ownerKey
    let scene = try Scene(
      "env | grep -c \(key.suffix(20)) || true; echo ${INSTCTL_KEY-none}",
      environment: ["INSTCTL_KEY": key], server: try TestServer("--auth", users))
    let text = try #require(try scene.result(of: 1)["result"] as? String)
    #expect(text == "0\nnone")
    scene.end()
  }

  @Test func aFailureIsToldToTheSender() throws {
    let scene = try Scene("echo so much; echo but no more >&2; exit 3")
    let error = try scene.error(of: 1)
    #expect(error["errorCode"] as? String == "command_failed")
    #expect(error["exitCode"] as? Int == 3)
    #expect(error["stderr"] as? String == "but no more\n")
    #expect(scene.end().errors.contains("but no more"))

    let signalled = try Scene("kill -9 $$")
    #expect(try signalled.error(of: 1)["signal"] as? Int == 9)
    signalled.end()
  }

  @Test func whatTakesTooLongIsEndedWithAllThatItStarted() throws {
    let folder = try TemporaryFolder()
    // Neither the shell nor what it has started cares for SIGTERM.
    let scene = try Scene(
      "trap '' TERM; sleep 100 & echo $! > \(folder.path("child")); wait; sleep 100",
      options: ["--exec-timeout", "200ms"])
    let error = try scene.error(of: 1)
    #expect(error["errorCode"] as? String == "command_timeout")
    #expect(error["timeoutMs"] as? Int == 200)
    try expectGone(folder.path("child"))
    scene.end()
  }

  @Test func whatPrintsWithoutEndIsEnded() throws {
    let scene = try Scene("yes")
    #expect(try scene.error(of: 1)["errorCode"] as? String == "output_too_large")
    scene.end()
  }

  @Test func largeEventsAndResultsPass() throws {
    let scene = try Scene("cat")
    let text = String(repeating: "abcdefghij", count: 50_000)
    let result = try scene.result(of: ["text": text])
    #expect((result["result"] as? [String: String])?["text"] == text)
    scene.end()
    // A command need not read its input.
    let blind = try Scene("exec 0<&-; echo 1")
    #expect(try blind.result(of: ["text": text])["result"] as? Int == 1)
    blind.end()
  }

  @Test func resultsRunNothingAndActionsWithoutATaskGetNoAnswer() throws {
    let folder = try TemporaryFolder()
    let scene = try Scene("cat >> \(folder.path("log")); echo done")
    scene.device.sendAction("quiet")
    scene.device.sendAction("a result", taskID: "r", type: "remote_result")
    let result = try scene.result(of: "loud", taskID: "l")
    // The device itself gets its own result, which nobody runs, and then the one that it waits for.
    #expect(result["taskId"] as? String == "r")
    #expect(scene.device.nextResult()?["taskId"] as? String == "l")
    scene.end()
    let log = try String(contentsOfFile: folder.path("log"), encoding: .utf8)
    #expect(Set(log.split(separator: "\n")) == [#""quiet""#, #""loud""#])
  }

  @Test func noMoreRunAtATimeThanAllowed() throws {
    let folder = try TemporaryFolder()
    let lock = folder.path("lock")
    let scene = try Scene(
      "mkdir \(lock) && sleep 0.02 && rmdir \(lock) && echo alone", options: ["--exec-jobs", "1"])
    for number in 0..<8 { scene.device.sendAction(number, taskID: "\(number)") }
    let results = (0..<8).compactMap { _ in scene.device.nextResult() }
    #expect(results.compactMap { $0["taskId"] as? String } == (0..<8).map(String.init))
    #expect(results.allSatisfy { $0["result"] as? String == "alone" })
    scene.end()
  }

  @Test func whatComesBeyondTheQueueIsRefused() throws {
    let folder = try TemporaryFolder()
    let gate = folder.path("gate")
    let scene = try Scene(
      "while ! [ -e \(gate) ]; do sleep 0.02; done; echo done", options: ["--exec-jobs", "1"])
    // One runs, 256 wait, and three are too many.
    for number in 0..<260 { scene.device.sendAction(number, taskID: "\(number)") }
    let refused = (0..<3).compactMap { _ in scene.device.nextResult() }
    // Each goes its own way.
    #expect(Set(refused.compactMap { $0["taskId"] as? String }) == ["257", "258", "259"])
    for result in refused {
      #expect((result["error"] as? [String: String])?["errorCode"] == "too_busy")
    }
    _ = try folder.write("gate", "")
    let results = (0..<257).compactMap { _ in scene.device.nextResult() }
    #expect(results.compactMap { $0["taskId"] as? String } == (0..<257).map(String.init))
    #expect(scene.end().errors.contains("faster"))
  }

  @Test func runningCommandsEndWithTheWatch() throws {
    let folder = try TemporaryFolder()
    let scene = try Scene(
      "trap '' TERM; echo $$ > \(folder.path("child.tmp")); mv \(folder.path("child.tmp")) \(folder.path("child")); while :; do sleep 100; done"
    )
    scene.device.sendAction(1, taskID: "t")
    try folder.awaitFile("child")
    scene.end()
    try expectGone(folder.path("child"))
  }

  @Test func theCommandGetsNoDescriptorsOfOurs() throws {
    let server = try TestServer()
    // Whatever this test's process leaves open is none of the watch's.
    let script = #"""
      for fd in /proc/$$/fd/*; do fd=${fd##*/}; [ "$fd" -gt 2 ] && eval "exec $fd>&-"; done
      exec "$0" watch -s "$1" x --exec 'for fd in /proc/self/fd/*; do readlink $fd; done | grep -cE "socket|anon_inode|null" || true'
      """#
    let watch = try Program(
      ["-c", script, Programs.instctl.path, server.url],
      executable: URL(fileURLWithPath: "/bin/bash"))
    watch.wait("sync") { !$0.of(type: "sync").isEmpty }
    let device = try Device(server, connectionID: "device", inst: "x")
    device.sendAction(1, taskID: "t")
    #expect(device.nextResult()?["result"] as? Int == 0)
    watch.signal(SIGTERM)
    #expect(watch.finish().status == 143)
  }

  @Test func optionsAreChecked() throws {
    #expect(try instctl("watch", "x", "--exec", "").status == 64)
    #expect(try instctl("watch", "x", "--exec", "cat", "--exec-jobs", "0").status == 64)
  }

  /// Waits until the process whose number is in the file is no more.
  private func expectGone(
    _ file: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let process = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    let end = Date(timeIntervalSinceNow: Program.deadline)
    while kill(process, 0) == 0, !isZombie(process) {
      guard Date() < end else {
        Issue.record("process \(process) goes on", sourceLocation: sourceLocation)
        return
      }
      usleep(10_000)
    }
  }

  /// Where nobody waits for orphans, they stay as such.
  private func isZombie(_ process: pid_t) -> Bool {
    let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    return status?.contains(") Z ") ?? true
  }
}

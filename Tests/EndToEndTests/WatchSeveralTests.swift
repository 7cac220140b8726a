import Foundation
import Testing

/// `watch` of several insts, and what it asks for and prints (CLI.md sections 1 to 3).
@Suite(.serialized) struct WatchSeveralTests {
  /// Two users, of whom the first owns a record with an inst that only the owner may read.
  static let users = """
    {"users": [{"id": "user1"}, {"id": "user2"}],
     "sessions": [{"connectionKey": "\(ownerKey)"}, {"connectionKey": "\(otherKey)"}],
     "records": [{"name": "rec", "owner": "user1",
                  "insts": [{"name": "open", "markers": ["publicRead"]}, {"name": "closed"}]}]}
    """
  static let ownerKey =
    "vCK1.dXNlcjE=.c2Vzc2lvbjE=.TURFeU16UTFOamM0T1dGaVkyUmxaZz09.SW5maW5pdHk="
  static let otherKey =
    "vCK1.dXNlcjI=.c2Vzc2lvbjI=.TURFeU16UTFOamM0T1dGaVkyUmxaZz09.SW5maW5pdHk="

  private func serverWithUsers(_ folder: TemporaryFolder) throws -> TestServer {
    try TestServer("--auth", try folder.write("users.json", Self.users))
  }

  @Test func whereTheLoginAllowsItAllShareAConnection() throws {
    let server = try TestServer()
    let watch = try Program(
      ["watch", "-s", server.url, "/one", "rec/two", "one", "/three", "--count", "4"])
    watch.wait("three syncs") { $0.of(type: "sync").count == 3 }
    #expect(try instctl("add-updates", "-s", server.url, "/three", hello).status == 0)
    let outcome = watch.finish()
    #expect(outcome.status == 0)
    #expect(outcome.errors == "")
    let connections = outcome.lines.of(type: "connection")
    #expect(connections.count == 3)
    #expect(connections.allSatisfy { Set($0.keys) == ["type", "time", "state", "connected"] })
    // The lines of all insts count together; an inst that is named twice is followed once.
    let updates = outcome.lines.of(type: "updates")
    #expect(updates.compactMap { $0["inst"] as? String } == ["one", "two", "three", "three"])
    #expect(updates.last?["updates"] as? [String] == [hello])
  }

  @Test func aKeyNeedsAConnectionForEachInstOfARecord() throws {
    let folder = try TemporaryFolder()
    let server = try serverWithUsers(folder)
    let outcome = try instctl(
      "watch", "-s", server.url, "rec/open", "rec/closed", "/one", "/two", "--until-synced",
      "--key-file", try folder.write("key", Self.ownerKey))
    #expect(outcome.status == 0)
    #expect(outcome.lines.of(type: "sync").count == 4)
    let connections = outcome.lines.of(type: "connection").filter {
      $0["state"] as? String == "connected"
    }
    let owners = connections.map { "\($0["recordName"] ?? "-")/\($0["inst"] ?? "-")" }
    #expect(Set(owners) == ["rec/open", "rec/closed", "\(NSNull())/\(NSNull())"])
    #expect(connections.count == 3)
  }

  @Test func oneThatIsRefusedIsNoEndForTheOthers() throws {
    let folder = try TemporaryFolder()
    let server = try serverWithUsers(folder)
    let key = try folder.write("key", Self.otherKey)
    let watch = try Program([
      "watch", "-s", server.url, "rec/closed", "rec/open", "/public", "--key-file", key,
      "--ready-file", folder.path("ready"), "--count", "3",
    ])
    // The refused one does not count.
    try folder.awaitFile("ready")
    watch.wait("the refusal") { !$0.of(type: "error").isEmpty }
    #expect(try instctl("add-updates", "-s", server.url, "/public", hello).status == 0)
    let outcome = watch.finish()
    let error = try #require(outcome.lines.of(type: "error").first)
    #expect(error["inst"] as? String == "closed")
    #expect(error["kind"] as? String == "permission_denied")
    #expect(outcome.lines.of(type: "updates").last?["updates"] as? [String] == [hello])
    // Nothing that failed exits 0.
    #expect(outcome.status == 77)
    #expect(outcome.error?["code"] as? String == "not_authorized")
  }

  @Test func refusalsOnASharedConnection() throws {
    let folder = try TemporaryFolder()
    let server = try serverWithUsers(folder)
    let outcome = try instctl(
      "watch", "-s", server.url, "/public", "rec/closed", "--until-synced")
    #expect(outcome.lines.of(type: "sync").compactMap { $0["inst"] as? String } == ["public"])
    #expect(outcome.lines.of(type: "error").compactMap { $0["inst"] as? String } == ["closed"])
    #expect(outcome.status == 77)
  }

  @Test func whenNoneIsLeftTheFirstErrorCounts() throws {
    let folder = try TemporaryFolder()
    let server = try serverWithUsers(folder)
    let outcome = try instctl(
      "watch", "-s", server.url, "rec/closed", "norecord/inst", "--ready-file",
      folder.path("ready"))
    #expect(outcome.lines.of(type: "error").count == 2)
    #expect(outcome.status == 77)
    #expect(outcome.error?["code"] as? String == "not_logged_in")
    #expect(!FileManager.default.fileExists(atPath: folder.path("ready")))
  }

  @Test func aServerThatIsNotThereFailsThemAll() throws {
    let folder = try TemporaryFolder()
    let outcome = try instctl(
      "watch", "-s", "ws://127.0.0.1:1/", "rec/one", "rec/two", "--key-file",
      try folder.write("key", Self.ownerKey))
    #expect(outcome.status == 69)
    #expect(outcome.error?["code"] as? String == "connection_refused")
    let errors = outcome.lines.of(type: "error")
    #expect(
      errors.compactMap { $0["errorCode"] as? String }
        == Array(repeating: "connection_refused", count: 2))
  }

  @Test func onlyLinesOfTheTypesAskedFor() throws {
    let server = try TestServer()
    let some = try instctl(
      "watch", "-s", server.url, "e", "--events", "sync,updates", "--until-synced")
    #expect(some.lines.map { $0["type"] as? String } == ["updates", "sync"])
    let repeated = try instctl(
      "watch", "-s", server.url, "e", "--events", "sync", "--events", "connection",
      "--until-synced")
    #expect(repeated.lines.of(type: "connection").count == 3)
    #expect(repeated.lines.of(type: "sync").count == 1)
    #expect(repeated.lines.count == 4)
    // What ends the command does not depend on what is printed.
    let silent = try instctl("watch", "-s", server.url, "e", "--events", "action", "--count", "1")
    #expect(silent.status == 0)
    #expect(silent.output == "")
    let unknown = try instctl("watch", "-s", server.url, "e", "--events", "updates,nothing")
    #expect(unknown.status == 64)
  }

  @Test func actionsArePassedOnAsTheyCame() throws {
    let server = try TestServer()
    let watch = try Program(["watch", "-s", server.url, "a", "--events", "action,sync"])
    watch.wait("sync") { !$0.of(type: "sync").isEmpty }
    let device = try Device(server, connectionID: "device", inst: "a")
    device.sendAction(["name": "hi", "number": 1], taskID: "task")
    let line = try #require(
      watch.wait("the action") { !$0.of(type: "action").isEmpty }.of(type: "action").first)
    #expect(line["inst"] as? String == "a")
    let action = try #require(line["action"] as? [String: Any])
    #expect(action["type"] as? String == "device")
    #expect(action["taskId"] as? String == "task")
    #expect((action["event"] as? [String: Any])?["name"] as? String == "hi")
    #expect((action["connection"] as? [String: Any])?["connectionId"] as? String == "device")
    watch.signal(SIGTERM)
    #expect(watch.finish().status == 143)
  }

  /// PROTOCOL section 4, `repo/watch_branch`.
  @Test func temporaryAndMarkersGoWithTheRequest() throws {
    let requests = Recorder()
    let server = try ScriptedServer { message in
      guard message["type"] as? String == "repo/watch_branch" else { return [] }
      requests.add(message)
      let branch = #""recordName":null,"inst":"t","branch":"side""#
      return [
        #"[1,-1,{"type":"repo/add_updates",\#(branch),"updates":[],"initial":true}]"#,
        #"[1,-1,{"type":"repo/watch_branch_result",\#(branch),"success":true}]"#,
      ]
    }
    let marked = try instctl(
      "watch", "-s", server.url, "t", "--branch", "side", "--temporary", "--markers", "one,two",
      "--markers", "three", "--until-synced")
    #expect(marked.status == 0)
    let plain = try instctl(
      "watch", "-s", server.url, "t", "--branch", "side", "--until-synced")
    #expect(plain.status == 0)
    let sent = requests.messages
    #expect(sent.first?["temporary"] as? Bool == true)
    #expect(sent.first?["markers"] as? [String] == ["one", "two", "three"])
    #expect(sent.last?["temporary"] == nil)
    #expect(sent.last?["markers"] == nil)
  }
}

/// Messages that a scripted server has got.
///
/// `@unchecked Sendable`: the messages are behind the lock.
final class Recorder: @unchecked Sendable {
  private let lock = NSLock()
  private var all: [[String: Any]] = []

  var messages: [[String: Any]] { lock.withLock { all } }
  func add(_ message: [String: Any]) { lock.withLock { all.append(message) } }
}

import Foundation
import Testing

/// `devices` (PROTOCOL section 5, Devices).
@Suite(.serialized) struct DevicesTests {
  private func ids(_ lines: [[String: Any]]) -> [String] {
    lines.compactMap { ($0["connection"] as? [String: Any])?["connectionId"] as? String }
  }

  @Test func onceIsTheListAlone() throws {
    let server = try TestServer()
    let empty = try instctl("devices", "-s", server.url, "a", "--once")
    #expect(empty.status == 0, "\(empty.errors)")
    #expect(empty.output == "")
    let devices = try ["one", "two"].map { try Device(server, connectionID: $0, inst: "a") }
    let outcome = try instctl("devices", "-s", server.url, "a", "--once")
    #expect(outcome.status == 0)
    #expect(outcome.lines.of(type: "device_connected").count == outcome.lines.count)
    #expect(ids(outcome.lines) == ["one", "two"])
    #expect(outcome.output.contains(#""recordName":null,"inst":"a","branch":"default","#))
    withExtendedLifetime(devices) {}
  }

  @Test func thoseWhoComeAndGo() throws {
    let server = try TestServer()
    let folder = try TemporaryFolder()
    let there = try Device(server, connectionID: "there", inst: "a")
    let follow = try Program([
      "devices", "-s", server.url, "a", "-c", "3", "--ready-file", folder.path("ready"),
    ])
    follow.wait("sync") { !$0.of(type: "sync").isEmpty }
    try folder.awaitFile("ready")
    var late: Device? = try Device(server, connectionID: "late", inst: "a")
    follow.wait("the late one") { $0.of(type: "device_connected").count == 2 }
    withExtendedLifetime(late) {}
    late = nil
    let outcome = follow.finish()
    #expect(outcome.status == 0)
    #expect(
      outcome.lines.map { $0["type"] as? String } == [
        "connection", "connection", "connection", "device_connected", "sync",
        "device_connected", "device_disconnected",
      ])
    #expect(ids(outcome.lines) == ["there", "late", "late"])
    withExtendedLifetime(there) {}
  }

  @Test func whenTheConnectionGoesSoDoAll() throws {
    let server = try TestServer()
    let device = try Device(server, connectionID: "there", inst: "a")
    let ending = try Program(["devices", "-s", server.url, "a", "--no-reconnect"])
    let going = try Program(["devices", "-s", server.url, "a"])
    for program in [ending, going] {
      program.wait("sync") { !$0.of(type: "sync").isEmpty }
    }
    server.stop(SIGKILL)
    let outcome = ending.finish()
    #expect(outcome.status == 69)
    #expect(
      outcome.lines.suffix(2).map { $0["type"] as? String } == [
        "device_disconnected", "connection",
      ])
    #expect(outcome.lines.last?["state"] as? String == "disconnected")
    let second = try TestServer(port: server.port)
    let back = try Device(second, connectionID: "back", inst: "a")
    let lines = going.wait("the second list") { $0.of(type: "sync").count == 2 }
    #expect(lines.of(type: "device_disconnected").count == 1)
    #expect(lines.contains { $0["state"] as? String == "reconnecting" })
    going.wait("the other one") { self.ids($0).last == "back" }
    going.signal(SIGINT)
    #expect(going.finish().status == 130)
    withExtendedLifetime((device, back)) {}
  }

  @Test func otherEnds() throws {
    let server = try TestServer()
    let synced = try instctl("devices", "-s", server.url, "a", "--until-synced")
    #expect(synced.status == 0)
    #expect(synced.lines.last?["type"] as? String == "sync")
    #expect(try instctl("devices", "-s", server.url, "a", "--for", "300ms").status == 0)
    #expect(try instctl("devices", "-s", server.url, "a", "--idle", "200ms").status == 0)
    #expect(try instctl("devices", "-s", server.url, "a", "--idle", "200ms", "-1").status == 124)
    #expect(try instctl("devices", "-s", server.url, "a", "--timeout", "300ms").status == 124)
    #expect(try instctl("devices", "-s", "ws://h", "a", "--once", "-1").status == 64)
  }

  @Test func aRefusal() throws {
    let folder = try TemporaryFolder()
    let server = try TestServer(
      "--auth", try folder.write("users.json", WatchSeveralTests.users))
    let environment = ["INSTCTL_KEY": WatchSeveralTests.otherKey]
    let once = try instctl(
      "devices", "-s", server.url, "rec/closed", "--once", environment: environment)
    #expect(once.status == 77, "\(once.errors)")
    #expect(once.output == "")
    let follow = try instctl("devices", "-s", server.url, "rec/closed", environment: environment)
    #expect(follow.status == 77)
    #expect(follow.lines.last?["type"] as? String == "error")
  }

  /// A server whose count is wrong, and who passes on what nobody knows.
  @Test func theListSettlesWhereTheCountIsNotReached() throws {
    let server = try ScriptedServer { message in
      switch message["type"] as? String {
      case "repo/watch_branch_devices":
        [
          """
          [1,-1,{"type":"repo/connected_to_branch","broadcast":false,"branch":\
          {"type":"repo/watch_branch","recordName":null,"inst":"a","branch":"default"},\
          "connection":{"connectionId":"x","sessionId":null,"userId":null,"more":1.0}}]
          """
        ]
      case "repo/connection_count":
        [
          """
          [1,-1,{"type":"repo/connection_count","recordName":null,"inst":"a","branch":"default",\
          "count":9}]
          """
        ]
      default: []
      }
    }
    let outcome = try instctl("devices", "-s", server.url, "a", "--once", "--settle", "100ms")
    #expect(outcome.status == 0, "\(outcome.errors)")
    // Nobody takes the list for whole in silence.
    #expect("\(outcome.errors)".contains("counts 9 connections"))
    #expect(
      outcome.output.contains(
        #""connection":{"connectionId":"x","sessionId":null,"userId":null,"more":1.0}"#))
  }

  @Test func aServerThatSaysNothing() throws {
    let server = try ScriptedServer { _ in [] }
    let outcome = try instctl("devices", "-s", server.url, "a", "--once", "--timeout", "500ms")
    #expect(outcome.status == 124)
    #expect(outcome.output == "")
  }
}

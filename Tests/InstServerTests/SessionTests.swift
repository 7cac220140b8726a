import InstProtocol
import JSONText
import Testing

@testable import InstServer

@Suite struct SessionTests {
  /// After the close that follows a message without a login, nothing is heard any more.
  @Test(arguments: [
    "repo/watch_branch", "repo/get_updates", "repo/watch_branch_devices", "repo/send_action",
  ])
  func withoutLogin(type: String) {
    var server = TestServer()
    server.core.connect(ClientID(1), address: "192.0.2.1")
    let effects = server.send(type, #","action":{"type":"remote"}"#, from: 1)
    #expect(effects.count == 2)
    #expect(effects.first?.message?["errorCode"] == "invalid_connection_state")
    #expect(effects.last == .close(ClientID(1), code: nil))
    #expect(server.send("repo/connection_count", from: 1).isEmpty)
    #expect(server.disconnect(1).isEmpty)
    #expect(server.core.sessions.isEmpty && server.core.branches.isEmpty)
  }

  @Test func unknownConnectionsAreIgnored() {
    var server = TestServer()
    #expect(server.send("repo/connection_count", from: 9).isEmpty)
    #expect(server.disconnect(9).isEmpty)
  }

  @Test func countsConnectionsOnce() {
    var server = TestServer()
    server.logIn(1, 2)
    _ = server.sendMessage(#"{"type":"login","connectionId":"again"}"#, from: 1)
    server.core.connect(ClientID(3), address: "192.0.2.3")
    func count() -> JSONValue? {
      server.sendMessage(
        #"{"type":"repo/connection_count","recordName":null,"inst":null,"branch":null}"#, from: 3
      ).first?.message?["count"]
    }
    #expect(count() == 2)
    _ = server.disconnect(1)
    #expect(count() == 1)
    _ = server.disconnect(2)
    #expect(count() == 0)
  }

  @Test func httpAndPermissions() {
    var server = TestServer()
    server.logIn(1)
    let http = server.sendMessage(
      #"{"type":"http_request","id":77,"request":{"path":"/","method":"GET","headers":{},"body":null,"query":{},"pathParams":{}}}"#,
      from: 1
    ).first?.message
    #expect(http?["id"] == 77)
    #expect(http?["response"]?["statusCode"] == 404)
    let answer = server.sendMessage(
      #"{"type":"permission/request/missing/response","success":true,"recordName":"r","resourceKind":"inst","resourceId":"i","subjectType":"user","subjectId":"u"}"#,
      from: 1)
    #expect(answer.isEmpty)
  }

  /// Everything that clients may send, in any order, leaves the books right.
  @Test func randomTraffic() {
    for seed in UInt64(1)...60 {
      var random = SeededGenerator(seed: seed)
      var server = TestServer { $0.maxInstBytes = 60 }
      for _ in 0..<150 {
        let client = UInt64.random(in: 1...4, using: &random)
        let inst = ["a", "b"].randomElement(using: &random) ?? "a"
        let isTemporary = Bool.random(using: &random)
        switch Int.random(in: 0..<9, using: &random) {
        case 0: server.logIn(client, reconnecting: true)
        case 1: _ = server.disconnect(client)
        case 2, 3:
          _ = server.send(
            "repo/watch_branch", #","temporary":\#(isTemporary)"#, inst: inst, from: client)
        case 4: _ = server.send("repo/unwatch_branch", inst: inst, from: client)
        case 5: _ = server.send("repo/watch_branch_devices", inst: inst, from: client)
        case 6: _ = server.send("repo/unwatch_branch_devices", inst: inst, from: client)
        case 7:
          _ = server.send(
            "repo/send_action", #","action":{"type":"remote"}"#, inst: inst, from: client)
        default:
          _ = server.send("repo/add_updates", #","updates":["AAAA",""]"#, inst: inst, from: client)
        }
        checkBooks(server.core, "seed \(seed)")
      }
      for client in UInt64(1)...4 { _ = server.disconnect(client) }
      checkBooks(server.core, "seed \(seed), at the end")
      #expect(server.core.branches.values.allSatisfy { !$0.isTemporary }, "seed \(seed)")
      #expect(server.core.loggedInCount == 0, "seed \(seed)")
    }
  }

  private func checkBooks(_ core: InstServerCore, _ comment: Comment) {
    let branches = core.branches
    #expect(branches.values.allSatisfy { !$0.isUnused }, comment)
    #expect(core.usedBytes == branches.values.reduce(0) { $0 + $1.updates.memory }, comment)
    for (inst, usage) in core.insts {
      let own = branches.filter { $0.key.instAddress == inst }.values
      #expect(usage.bytes == own.reduce(0) { $0 + $1.updates.size }, comment)
      #expect(usage.bytes <= 60, comment)
      #expect(
        usage.watches.values.reduce(0, +) == own.reduce(0) { $0 + $1.watchers.count }, comment)
    }
    for (address, branch) in branches {
      #expect(core.insts[address.instAddress] != nil || branch.watchers.isEmpty, comment)
      for watcher in branch.watchers {
        #expect(core.sessions[watcher.client]?.watchedBranches.contains(address) == true, comment)
      }
      for client in branch.deviceWatchers {
        #expect(core.sessions[client]?.watchedDevices.contains(address) == true, comment)
      }
    }
  }
}

extension TestServer {
  fileprivate mutating func logIn(_ number: UInt64, reconnecting: Bool) {
    if reconnecting { _ = disconnect(number) }
    logIn(number)
  }
}

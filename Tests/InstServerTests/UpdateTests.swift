import InstProtocol
import JSONText
import Testing

@testable import InstServer

@Suite struct UpdateTests {
  @Test func storesBeforeItTells() throws {
    var server = TestServer { $0.storesUpdates = true }
    server.logIn(1, 2, 3)
    _ = server.send("repo/watch_branch", from: 2)
    _ = server.send("repo/watch_branch", from: 3)
    let effects = server.send(
      "repo/add_updates", #","updates":["AA==","AQ=="],"updateId":5"#, from: 1)
    #expect(effects.count == 4)
    let record = StoredUpdates(
      address: BranchAddress(recordName: nil, inst: "i", branch: "default"),
      updates: try RawJSON(validating: #"["AA==","AQ=="]"#), timestamp: server.now)
    #expect(effects.first == .store(record))
    #expect(effects.dropFirst().map { $0.sent?.client } == [2, 3, 1])
    #expect(effects.last?.message?["type"] == "repo/updates_received")
  }

  /// All watchers get one and the same array.
  @Test func relaysOneArray() {
    var server = TestServer()
    server.logIn(1, 2, 3)
    _ = server.send("repo/watch_branch", from: 2)
    _ = server.send("repo/watch_branch", from: 3)
    let addresses = server.send("repo/add_updates", #","updates":["AA=="]"#, from: 1)
      .compactMap { effect -> UnsafeRawPointer? in
        guard case .send(_, let frame) = effect else { return nil }
        return frame.withUnsafeBytes { $0.baseAddress }
      }
    #expect(addresses.count == 2)
    #expect(Set(addresses).count == 1)
  }

  @Test func temporaryBranchesAreNotStored() {
    var server = TestServer { $0.storesUpdates = true }
    server.logIn(1)
    _ = server.send("repo/watch_branch", #","temporary":true"#, from: 1)
    let effects = server.send("repo/add_updates", #","updates":["AA=="],"updateId":1"#, from: 1)
    #expect(effects.count == 1)
    #expect(effects.first?.message?["type"] == "repo/updates_received")
    #expect(server.core.usedBytes > 0)
    _ = server.disconnect(1)
    #expect(server.core.usedBytes == 0)
    #expect(server.core.branches.isEmpty && server.core.insts.isEmpty)
  }

  @Test func restores() throws {
    var server = TestServer { $0.maxInstBytes = 12 }
    let address = BranchAddress(recordName: nil, inst: "i", branch: "default")
    server.core.restore(
      StoredUpdates(
        address: address, updates: try RawJSON(validating: #"["AA==" , "AQ=="]"#), timestamp: 17))
    server.logIn(1)
    let stored = server.send("repo/get_updates", from: 1).first?.message
    #expect(stored?["updates"] == ["AA==", "AQ=="])
    #expect(stored?["timestamps"] == [17, 17])
    _ = server.send("repo/add_updates", #","updates":["Ag=="]"#, from: 1)
    let refusal = server.send("repo/add_updates", #","updates":["Aw=="]"#, from: 1).first?.message
    #expect(refusal?["errorCode"] == "max_size_reached")
    #expect(refusal?["neededBranchSizeInBytes"] == 16)
  }

  /// Whatever way a message is written in, it does the same.
  @Test(arguments: [
    #""updates":["AA=="],"updateId":1"#, #""updates":["A\u0041=="],"updateId":1"#,
    #""updates":["AA=="],"updateId":1,"timestamps":[1],"initial":true,"junk":{}"#,
    #""updates":5,"updates":["AA=="],"updateId":1"#, #""updates" : [ "AA==" ] , "updateId" : 1"#,
    #""updates":["AA=="],"updateId":1e0"#, #""updates":["AA=="],"inst":"\u0069","updateId":1"#,
  ])
  func writing(fields: String) {
    var server = TestServer()
    server.logIn(1, 2)
    _ = server.send("repo/watch_branch", from: 2)
    let effects = server.send("repo/add_updates", ",\(fields)", from: 1)
    #expect(effects.map { $0.sent?.client } == [2, 1])
    #expect(
      effects.first?.message == [
        "type": "repo/add_updates", "recordName": .null, "inst": "i", "branch": "default",
        "updates": ["AA=="],
      ])
    #expect(effects.last?.message?["updateId"]?.intValue == 1)
    let stored = server.send("repo/get_updates", from: 2).first?.message
    #expect(stored?["updates"] == ["AA=="])
    #expect(server.core.insts[InstAddress(recordName: nil, inst: "i")]?.bytes == 4)
  }

  @Test(arguments: [
    (#""updates":["",5]"#, #"["updates",1]"#), (#""updates":{}"#, #"["updates"]"#),
    (#""updates":[],"initial":1"#, #"["initial"]"#),
    (#""updates":[],"timestamps":["1"]"#, #"["timestamps",0]"#),
    (#""updates":[],"updateId":1e400"#, #"["updateId"]"#),
    (#""updates":[],"recordName":"""#, #"["recordName"]"#),
  ])
  func refusals(fields: String, path: String) {
    var server = TestServer()
    server.logIn(1)
    let effects = server.send("repo/add_updates", ",\(fields)", from: 1)
    #expect(effects.count == 1)
    #expect(effects.first?.message?["issues"]?[0]?["path"]?.description == path)
  }

  /// A record key is answered under the record's name.
  @Test func recordKeys() {
    var server = TestServer()
    server.logIn(1, 2)
    func names(_ record: String) -> String {
      #""recordName":"\#(record)","inst":"i","branch":"b""#
    }
    let key = "vRK2.cmVj.c2VjcmV0.subjectless"
    let watched = server.sendMessage(#"{"type":"repo/watch_branch",\#(names(key))}"#, from: 1)
    #expect(watched.map { $0.message?["recordName"] } == ["rec", "rec"])
    let added = server.sendMessage(
      #"{"type":"repo/add_updates",\#(names(key)),"updates":["AA=="],"updateId":1}"#, from: 2)
    #expect(added.map { $0.sent?.client } == [1, 2])
    #expect(added.allSatisfy { $0.message?["recordName"] == "rec" })
    let stored = server.sendMessage(#"{"type":"repo/get_updates",\#(names("rec"))}"#, from: 2)
    #expect(stored.first?.message?["updates"] == ["AA=="])
    let other = server.sendMessage(#"{"type":"repo/get_updates",\#(names("vRKother"))}"#, from: 2)
    #expect(other.first?.message?["recordName"] == "vRKother")
    #expect(other.first?.message?["updates"] == [])
  }

  @Test func namesAreNotNormalised() {
    var server = TestServer()
    server.logIn(1)
    _ = server.send("repo/add_updates", #","updates":["AA=="]"#, inst: "\u{E9}", from: 1)
    let other = server.send("repo/get_updates", inst: "e\u{301}", from: 1)
    #expect(other.first?.message?["updates"] == [])
  }
}

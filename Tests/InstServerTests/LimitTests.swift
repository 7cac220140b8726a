import InstProtocol
import JSONText
import Testing

@testable import InstServer

@Suite struct LimitTests {
  @Test func memoryOfAllInsts() {
    var server = TestServer { $0.maxTotalBytes = 100 }
    server.logIn(1)
    var refused = 0
    for inst in ["a", "b", "c", "d", "e", "f", "g", "h"] {
      let effects = server.send(
        "repo/add_updates", #","updates":["","",""],"updateId":1"#, inst: inst, from: 1)
      if effects.first?.message?["errorCode"] == "max_size_reached" { refused += 1 }
    }
    #expect(refused == 5)
    #expect(server.core.usedBytes <= 100)
  }

  @Test func branchesOfAConnection() {
    var server = TestServer { $0.maxBranchesPerConnection = 2 }
    server.logIn(1)
    for inst in ["a", "b"] {
      #expect(server.send("repo/watch_branch", inst: inst, from: 1).count == 2)
      #expect(server.send("repo/watch_branch_devices", inst: inst, from: 1).count == 1)
    }
    let watch = server.send("repo/watch_branch", inst: "c", from: 1).first?.message
    #expect(watch?["errorCode"] == "subscription_limit_reached")
    #expect(watch?["inst"] == "c")
    let devices = server.send("repo/watch_branch_devices", inst: "c", from: 1).first?.message
    #expect(devices?["errorCode"] == "subscription_limit_reached")
    // What is watched already may be watched again.
    #expect(server.send("repo/watch_branch", inst: "a", from: 1).count == 3)
    _ = server.send("repo/unwatch_branch", inst: "a", from: 1)
    #expect(server.send("repo/watch_branch", inst: "c", from: 1).last?.message?["success"] == true)
  }

  /// A connection counts once for an inst, however many of its branches it watches.
  @Test func connectionsOfAnInst() {
    var server = TestServer { $0.maxConnectionsPerInst = 1 }
    server.logIn(1, 2)
    let other = #"{"type":"repo/watch_branch","recordName":null,"inst":"i","branch":"other"}"#
    _ = server.send("repo/watch_branch", from: 1)
    #expect(server.sendMessage(other, from: 1).last?.message?["success"] == true)
    #expect(server.send("repo/watch_branch", from: 2).last?.message?["success"] == false)
    _ = server.disconnect(1)
    #expect(server.send("repo/watch_branch", from: 2).last?.message?["success"] == true)
  }

  @Test func rateLimiterWindows() {
    var limiter = RateLimiter(
      ServerConfiguration.RateLimit(maximumMessages: 2, windowMilliseconds: 1_000))
    #expect(limiter.count("a", now: 0) == .pass)
    #expect(limiter.count("a", now: 400) == .pass)
    #expect(limiter.count("a", now: 900) == .drop(retryAfterMilliseconds: 100, totalHits: 3))
    #expect(limiter.count("b", now: 900) == .pass)
    #expect(limiter.count("a", now: 1_000) == .pass)
    // The clock is set back.
    #expect(limiter.count("a", now: -5_000) == .pass)
    for address in 0..<5_000 { _ = limiter.count("x\(address)", now: 10_000 + Int64(address)) }
    #expect(limiter.count("x4999", now: 15_000) == .pass)
    #expect(
      limiter.count("x4999", now: 15_000) == .drop(retryAfterMilliseconds: 999, totalHits: 3))
  }

  @Test func noticesComeOnceASecond() {
    var server = TestServer {
      $0.rateLimit = ServerConfiguration.RateLimit(
        maximumMessages: 1, windowMilliseconds: 10_000)
    }
    server.logIn(1)
    let time = #"{"type":"sync/time","id":1,"clientRequestTime":1}"#
    let first = server.sendMessage(time, from: 1)
    #expect(first.first?.message?["retryAfter"] == 10)
    #expect(first.first?.message?["totalHits"] == 2)
    server.now += 999
    #expect(server.sendFrame("not even JSON", from: 1).isEmpty)
    server.now += 1
    let second = server.sendMessage(time, from: 1).first?.message
    #expect(second?["retryAfter"] == 9)
    #expect(second?["totalHits"] == 4)
  }
}

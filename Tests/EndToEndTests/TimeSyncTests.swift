import Foundation
import Testing

/// `timesync` (PROTOCOL section 7, Time sync).
@Suite(.serialized) struct TimeSyncTests {
  @Test func oneLineForAllSamples() throws {
    let server = try TestServer()
    let outcome = try instctl(
      "timesync", "-s", server.url, "--samples", "6", "--interval", "10ms", "-v")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.lines.count == 1)
    let line = try #require(outcome.lines.first)
    #expect(line["type"] as? String == "timesync")
    #expect(line["samples"] as? Int == 6)
    // The same clock on both sides, in whole milliseconds on the wire.
    let offset = try #require(line["offsetMs"] as? Double)
    #expect(abs(offset) < 5000)
    #expect(try #require(line["latencyMs"] as? Double) < 5000)
    #expect(try #require(line["spreadMs"] as? Double) >= 0)
    for name in ["offsetMs", "latencyMs", "spreadMs"] {
      let form = try Regex("\"\(name)\":-?[0-9]+(\\.[0-9]{1,3})?[,}]")
      #expect(outcome.output.contains(form), "\(outcome.output)")
    }
    #expect(outcome.errors.contains("sample 6:"))
  }

  /// Offset and latency from a server whose clock is far ahead.
  @Test func theOffsetIsTheServersLead() throws {
    let server = try ScriptedServer { message in
      let now = Date().timeIntervalSince1970 * 1000 + 3_600_000
      return [
        """
        [1,-1,{"type":"sync/time/response","id":\(message["id"] ?? 0),"clientRequestTime":0,\
        "serverReceiveTime":\(now),"serverTransmitTime":\(now)}]
        """
      ]
    }
    let outcome = try instctl("timesync", "-s", server.url, "--samples", "1")
    let offset = try #require(outcome.lines.first?["offsetMs"] as? Double)
    #expect(abs(offset - 3_600_000) < 10_000)
  }

  @Test func aLineForEachSampleUntilTheEnd() throws {
    let server = try TestServer()
    let counted = try instctl(
      "timesync", "-s", server.url, "--watch", "--interval", "10ms", "-c", "3")
    #expect(counted.status == 0)
    #expect(counted.lines.map { $0["samples"] as? Int } == [1, 2, 3])
    let planned = try instctl(
      "timesync", "-s", server.url, "--watch", "--interval", "10ms", "--for", "500ms")
    #expect(planned.status == 0)
    #expect(planned.lines.count > 1)
    let late = try instctl(
      "timesync", "-s", server.url, "--watch", "--interval", "10ms", "--timeout", "500ms")
    #expect(late.status == 124)
    // A watch is there again after the server.
    let watch = try Program([
      "timesync", "-s", server.url, "--watch", "--interval", "50ms",
    ])
    let before = watch.wait("samples") { $0.count > 1 }.count
    server.stop(SIGKILL)
    let second = try TestServer(port: server.port)
    watch.wait("more samples") { $0.count > before + 2 }
    watch.signal(SIGTERM)
    #expect(watch.finish().status == 143)
    withExtendedLifetime(second) {}
  }

  @Test(arguments: [
    ["--samples", "0"], ["--watch", "--samples", "3"], ["--count", "2"], ["--for", "1s"],
    ["--interval", "1"],
  ])
  func usage(options: [String]) throws {
    let outcome = try Program(["timesync", "-s", "ws://h"] + options).finish()
    #expect(outcome.status == 64)
    #expect(outcome.output == "")
  }

  /// The other dialect is found out: by a refusal, and (after two seconds) by silence.
  @Test func theDocumentedDialectIsFoundOut() throws {
    let server = try TestServer("--dialect", "documented")
    let refused = try instctl("timesync", "-s", server.url, "--samples", "1")
    #expect(refused.status == 0, "\(refused.errors)")
    let silent = try ScriptedServer { message in
      guard message["type"] as? String == "repo/time_sync" else { return [] }
      return [
        """
        [1,-1,{"type":"repo/time_sync_response","id":\(message["id"] ?? 0),"clientRequestTime":0,\
        "serverReceiveTime":0,"serverTransmitTime":0}]
        """
      ]
    }
    let found = try instctl("timesync", "-s", silent.url, "--samples", "1")
    #expect(found.status == 0, "\(found.errors)")
    #expect(found.lines.first?["samples"] as? Int == 1)
  }

  @Test func aServerThatSaysNothing() throws {
    let server = try ScriptedServer { _ in [] }
    let outcome = try instctl("timesync", "-s", server.url, "--timeout", "500ms")
    #expect(outcome.status == 124)
    #expect(outcome.output == "")
  }
}

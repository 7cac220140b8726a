import Foundation
import Testing

/// The embedded server's options over real sockets.
@Suite(.serialized) struct ServeTests {
  @Test func latencyShowsInAcknowledgements() throws {
    let server = try TestServer("--latency", "300ms")
    let added = try instctl("add-updates", "-s", server.url, "late", hello)
    #expect(added.status == 0)
    let waits = added.lines.of(type: "ack").compactMap { $0["ackMs"] as? Double }
    #expect(waits.count == 1)
    #expect(waits.allSatisfy { $0 >= 300 })
  }

  /// An update whose acknowledgement is lost is stored all the same, and sent again.
  @Test func lostAcknowledgementsAreMadeUpFor() throws {
    let server = try TestServer("--drop-acks", "2")
    let added = try instctl(
      "add-updates", "-s", server.url, "--timeout", "60s", "lost", hello, helloAgain)
    #expect(added.status == 0)
    let tries = added.lines.of(type: "ack").compactMap { $0["tries"] as? Int }
    #expect(tries.sorted() == [1, 2])
    let got = try instctl("get-updates", "-s", server.url, "lost")
    #expect(got.lines.first?["updates"] as? [String] == [hello, helloAgain, helloAgain])
  }

  @Test func everythingArrivesInWhateverOrder() throws {
    let server = try TestServer("--reorder", "--latency", "20ms", "--seed", "7")
    let updates = Array(repeating: hello, count: 100)
    let added = try Program(["add-updates", "-s", server.url, "mixed"] + updates).finish()
    #expect(added.status == 0)
    #expect(added.lines.of(type: "ack").count == 100)
    let got = try instctl("get-updates", "-s", server.url, "mixed")
    #expect((got.lines.first?["updates"] as? [String])?.count == 100)
  }

  @Test(arguments: [
    (["--drop-acks", "0"], 64), (["--latency", "5"], 64), (["--dialect", "auto"], 64),
  ])
  func optionsAreChecked(options: [String], status: Int) throws {
    let outcome = try Program(["serve", "--port", "0"] + options).finish()
    #expect(Int(outcome.status) == status)
  }
}

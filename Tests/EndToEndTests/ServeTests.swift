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

  /// With `--auth`, who is nobody may not read a record's inst, and the key's user may.
  @Test func tokensAreChecked() throws {
    let folder = try TemporaryFolder()
    let key = "vCK1.dXNlcjE=.c2Vzc2lvbjE=.TURFeU16UTFOamM0T1dGaVkyUmxaZz09.SW5maW5pdHk="
    let auth = try folder.write(
      "users.json",
      #"""
      {"users":[{"id":"user1"}],"sessions":[{"connectionKey":"\#(key)"}],
       "records":[{"name":"rec","owner":"user1"}]}
      """#)
    let server = try TestServer("--auth", auth)
    let keyFile = try folder.write("key", key)
    let added = try instctl(
      "add-updates", "-s", server.url, "rec/inst", hello, "--key-file", keyFile)
    #expect(added.status == 0)
    let denied = try instctl("get-updates", "-s", server.url, "rec/inst")
    #expect(denied.status == 77)
    #expect(denied.error?["code"] as? String == "not_logged_in")
    let got = try instctl(
      "get-updates", "-s", server.url, "rec/inst", environment: ["INSTCTL_KEY": key])
    #expect(got.lines.first?["updates"] as? [String] == [hello])
  }

  @Test func secretsMustBeProtected() throws {
    let folder = try TemporaryFolder()
    let open = try folder.write("open.json", "{}", permissions: 0o644)
    let refused = try instctl("serve", "--port", "0", "--auth", open)
    #expect(refused.status == 78)
    #expect(refused.error?["code"] as? String == "unprotected_file")
    let broken = try folder.write("broken.json", #"{"users":[{}]}"#)
    let misread = try instctl("serve", "--port", "0", "--auth", broken)
    #expect(misread.status == 78)
    #expect((misread.error?["message"] as? String)?.contains("users[0].id") == true)
    let missing = try instctl("serve", "--port", "0", "--auth", folder.path("none.json"))
    #expect(missing.status == 66)
  }

  @Test(arguments: [
    (["--drop-acks", "0"], 64), (["--latency", "5"], 64), (["--dialect", "auto"], 64),
  ])
  func optionsAreChecked(options: [String], status: Int) throws {
    let outcome = try Program(["serve", "--port", "0"] + options).finish()
    #expect(Int(outcome.status) == status)
  }
}

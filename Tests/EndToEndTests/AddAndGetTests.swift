import Foundation
import Testing

@Suite(.serialized) struct AddAndGetTests {
  @Test func getFedToAddCopiesABranch() throws {
    let server = try TestServer()
    let environment = ["INSTCTL_SERVER": server.url]
    let added = try instctl("add-updates", "a", hello, helloAgain, environment: environment)
    #expect(added.status == 0)
    #expect(added.lines.of(type: "ack").map { $0["updateId"] as? Int } == [1, 2])
    #expect(added.lines.allSatisfy { $0["tries"] as? Int == 1 && $0["ackMs"] is Double })

    let got = try instctl("get-updates", "a", environment: environment)
    #expect(got.status == 0)
    #expect(got.lines.count == 1)
    #expect(got.lines[0]["updates"] as? [String] == [hello, helloAgain])
    #expect((got.lines[0]["timestamps"] as? [Double])?.count == 2)
    #expect(got.lines[0]["initial"] == nil)

    let copied = try instctl("add-updates", "b", environment: environment, stdin: .text(got.output))
    #expect(copied.lines.of(type: "ack").count == 1)
    let copy = try instctl("get-updates", "b", environment: environment)
    #expect(copy.lines[0]["updates"] as? [String] == [hello, helloAgain])
  }

  @Test func anEmptyBranchIsOneEmptyLine() throws {
    let server = try TestServer()
    let got = try instctl("get-updates", "-s", server.url, "never")
    #expect(got.status == 0)
    #expect(got.lines.count == 1)
    #expect(got.lines[0]["updates"] as? [String] == [])
    let fed = try instctl("add-updates", "-s", server.url, "copy", stdin: .text(got.output))
    #expect(fed.status == 0)
    #expect(fed.output == "")
  }

  @Test func closedInputAndBlankLinesSendNothing() throws {
    let server = try TestServer()
    #expect(try instctl("add-updates", "-s", server.url, "x").status == 0)
    let blank = try instctl("add-updates", "-s", server.url, "x", stdin: .text("\n  \n\r\n"))
    #expect(blank.status == 0)
    #expect(blank.output == "")
  }

  @Test(arguments: [
    ("not base64!", "not base64"), (#"{"updates":"AA=="}"#, "not an array"),
    (#"{"updates":[1]}"#, "no text"), (#"{"updates""#, "not valid JSON"),
    (#"{"nothing":1}"#, "neither updates nor a type"), ("AAA", "not base64"),
  ])
  func badInputIsNamedAndLosesNothing(line: String, reason: String) throws {
    let server = try TestServer()
    // The last line needs no line feed; the one behind the bad one is not sent.
    let outcome = try instctl(
      "add-updates", "-s", server.url, "bad", stdin: .text("\(hello)\n\(line)\n\(helloAgain)"))
    #expect(outcome.status == 65)
    #expect(outcome.lines.of(type: "ack").count == 1)
    #expect(outcome.error?["line"] as? Int == 2)
    #expect((outcome.error?["message"] as? String)?.contains(reason) == true)
    let got = try instctl("get-updates", "-s", server.url, "bad")
    #expect(got.lines[0]["updates"] as? [String] == [hello])
  }

  @Test func linesOfOtherTypesAreSkippedAndBatchesJoined() throws {
    let server = try TestServer()
    let input = #"""
      {"type":"connection","state":"connected"}
      {"type":"updates","updates":["\#(hello)"],"initial":true}
      \#(helloAgain)
      {"type":"sync","complete":true}
      \#(hello)
      """#
    let outcome = try instctl(
      "add-updates", "-s", server.url, "j", "--batch", "2", stdin: .text(input))
    #expect(outcome.status == 0)
    #expect(outcome.lines.of(type: "ack").count == 2)
    let got = try instctl("get-updates", "-s", server.url, "j")
    #expect(got.lines[0]["updates"] as? [String] == [hello, helloAgain, hello])
  }

  @Test func aFullBranchIsSaidAndNothingIsStored() throws {
    let server = try TestServer("--max-inst-bytes", "40")
    let outcome = try instctl("add-updates", "-s", server.url, "full", hello, helloAgain)
    #expect(outcome.status == 73)
    #expect(outcome.lines.of(type: "ack").count == 1)
    #expect(outcome.error?["code"] as? String == "max_size_reached")
    #expect(outcome.error?["maxBranchSizeInBytes"] as? Int == 40)
  }

  @Test func aRateLimitIsWaitedOut() throws {
    let server = try TestServer("--rate-limit", "4/400ms")
    let lines = (0..<12).map { _ in hello }.joined(separator: "\n")
    let outcome = try instctl(
      "add-updates", "-s", server.url, "rate", "--inflight", "2", stdin: .text(lines))
    #expect(outcome.status == 0)
    #expect(outcome.lines.of(type: "ack").count == 12)
    #expect(Set(outcome.lines.compactMap { $0["updateId"] as? Int }) == Set(1...12))
  }

  @Test func aRateLimitThatNeverEndsIsTryLater() throws {
    let server = try TestServer("--rate-limit", "1/10s")
    let outcome = try instctl("get-updates", "-s", server.url, "rate", "--timeout", "1500ms")
    #expect(outcome.status == 75)
    #expect(outcome.error?["code"] as? String == "rate_limit_exceeded")
    #expect(outcome.output == "")
  }

  @Test func restartsOfTheServerLoseNothing() throws {
    let folder = try TemporaryFolder()
    var server = try TestServer("--data", folder.path("data"))
    let port = server.port
    let add = try Program(
      [
        "add-updates", "-s", server.url, "chaos", "--inflight", "8", "--timeout", "30s",
        "--unchecked",
      ],
      stdin: .open)
    let total = 300
    for round in 0..<3 {
      for number in 0..<100 {
        add.write(Data("update \(round * 100 + number)".utf8).base64EncodedString() + "\n")
      }
      let seen = add.lines.count
      add.wait("acknowledgements") { $0.count > min(seen, total - 1) }
      server.stop(SIGKILL)
      server = try TestServer("--data", folder.path("data"), port: port)
    }
    add.closeInput()
    let outcome = add.finish()
    #expect(outcome.status == 0, "\(outcome.errors)")
    let ids = outcome.lines.of(type: "ack").compactMap { $0["updateId"] as? Int }
    #expect(ids.count == total)
    #expect(Set(ids) == Set(1...total))
    let got = try instctl("get-updates", "-s", server.url, "chaos")
    let stored = Set(got.lines.first?["updates"] as? [String] ?? [])
    let sent = Set((0..<total).map { Data("update \($0)".utf8).base64EncodedString() })
    #expect(stored == sent)
  }

  @Test func tlsWithACertificateOfItsOwn() throws {
    let folder = try TemporaryFolder()
    let server = try TestServer("--tls", "--cert-out", folder.path("ca.pem"))
    #expect(server.url.hasPrefix("wss://"))
    let trusted = try instctl(
      "get-updates", "-s", server.url, "t", "--cacert", folder.path("ca.pem"))
    #expect(trusted.status == 0)
    let unknown = try instctl("get-updates", "-s", server.url, "t")
    #expect(unknown.status == 69)
    #expect(unknown.error?["layer"] as? String == "tls")
    #expect(unknown.error?["code"] as? String == "self_signed")
    let insecure = try instctl("get-updates", "-s", server.url, "t", "-k")
    #expect(insecure.status == 0)
    #expect(insecure.errors.contains("not verified"))
    let plain = try instctl(
      "get-updates", "-s", server.url.replacingOccurrences(of: "wss", with: "ws"), "t")
    #expect(plain.status == 69 || plain.status == 76)
    #expect(plain.output == "")
  }
}

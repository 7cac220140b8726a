import Foundation
import Testing

/// `--large-messages`, against a server that needs uploads and one that has none (PROTOCOL section 5, Large
/// messages).
@Suite(.serialized) struct LargeMessageTests {
  /// Base64 of more than a frame of 32,000 characters may hold.
  private let large = String(repeating: "QUJD", count: 20_000)

  @Test(arguments: ["auto", "upload"])
  func aServerWithAStorageGetsAndGivesThemThatWay(way: String) throws {
    let server = try TestServer("--large-messages")
    let watch = try Program(["watch", "-s", server.url, "big", "--count", "2"])
    watch.wait("the first state") { $0.contains { $0["type"] as? String == "sync" } }
    let added = try instctl(
      "add-updates", "-s", server.url, "big", "--unchecked", "--large-messages", way, large,
      hello)
    #expect(added.status == 0)
    #expect(added.lines.of(type: "ack").count == 2)
    let watched = watch.finish()
    #expect(watched.status == 0)
    let got = try instctl("get-updates", "-s", server.url, "big")
    #expect(Set(got.lines.first?["updates"] as? [String] ?? []) == [large, hello])
    let again = try instctl("watch", "-s", server.url, "big", "--until-synced")
    #expect(
      Set(again.lines.of(type: "updates").first?["updates"] as? [String] ?? [])
        == [large, hello])
  }

  @Test func inlineIsTooLargeForIt() throws {
    let server = try TestServer("--large-messages")
    let added = try instctl(
      "add-updates", "-s", server.url, "big", "--unchecked", "--large-messages", "inline",
      large)
    #expect(added.status == 76)
    #expect(added.error?["code"] as? String == "message_too_large")
    #expect(added.output == "")
  }

  @Test(arguments: ["auto", "inline"])
  func aServerWithoutOneTakesThemAsTheyAre(way: String) throws {
    let server = try TestServer()
    let added = try instctl(
      "add-updates", "-s", server.url, "big", "--unchecked", "--large-messages", way, large,
      large)
    #expect(added.status == 0)
    #expect(added.lines.of(type: "ack").map { $0["tries"] as? Int } == [1, 1])
  }

  @Test func uploadsAloneAreRefusedWhereThereIsNoStorage() throws {
    let server = try TestServer()
    let added = try instctl(
      "add-updates", "-s", server.url, "big", "--unchecked", "--large-messages", "upload",
      large)
    #expect(added.status == 76)
    #expect(added.error?["code"] as? String == "not_supported")
  }
}

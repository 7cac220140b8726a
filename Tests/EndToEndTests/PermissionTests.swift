import Foundation
import Testing

/// `permission request`, `grant` and `deny` (PROTOCOL sections 2 and 4, and the recorded cases J1 to J4).
@Suite(.serialized) struct PermissionTests {
  /// A server on which the second user may not read `rec/closed`, which the first one owns.
  private struct Scene {
    let folder: TemporaryFolder
    let server: TestServer
    let owner: [String]
    let other: [String]

    init() throws {
      folder = try TemporaryFolder()
      server = try TestServer(
        "--auth", try folder.write("users.json", WatchSeveralTests.users))
      owner = [
        "-s", server.url, "--key-file", try folder.write("owner", WatchSeveralTests.ownerKey),
      ]
      other = [
        "-s", server.url, "--key-file", try folder.write("other", WatchSeveralTests.otherKey),
      ]
    }

    func request(_ options: String...) throws -> Program.Outcome {
      try Program(["permission", "request", "rec/closed"] + other + options).finish()
    }

    /// Somebody who answers, and is there already.
    func answering(_ options: String...) throws -> Program {
      let ready = "ready-\(UUID())"
      let program = try Program(
        ["permission"] + options + ["rec/closed", "--ready-file", folder.path(ready)] + owner)
      try folder.awaitFile(ready)
      return program
    }
  }

  @Test func whatIsGrantedIsInForce() throws {
    let scene = try Scene()
    let grant = try scene.answering("grant", "-1")
    let granted = try scene.request()
    #expect(granted.status == 0)
    let result = try #require(granted.lines.first)
    #expect(granted.lines.count == 1)
    #expect(result["type"] as? String == "permission_result")
    #expect(result["success"] as? Bool == true)
    #expect(result["alreadyGranted"] == nil)
    #expect(result["recordName"] as? String == "rec")
    #expect(result["resourceId"] as? String == "closed")
    #expect(result["subjectId"] as? String == "user2")

    let outcome = grant.finish()
    #expect(outcome.status == 0)
    let line = try #require(outcome.lines.first)
    #expect(outcome.lines.count == 1)
    #expect(line["type"] as? String == "permission_request")
    #expect(line["answer"] as? String == "granted")
    let reason = try #require(line["reason"] as? [String: Any])
    #expect(reason["type"] as? String == "missing_permission")
    #expect(reason["action"] as? String == "read")
    #expect((line["user"] as? [String: Any])?["userId"] as? String == "user2")
    #expect((line["connection"] as? [String: Any])?["userId"] as? String == "user2")

    let again = try scene.request()
    #expect(again.status == 0)
    #expect(again.lines.first?["alreadyGranted"] as? Bool == true)
    let watch = try Program(["watch", "rec/closed", "--until-synced"] + scene.other).finish()
    #expect(watch.status == 0)
  }

  @Test func aDenialIsAnAnswer() throws {
    let scene = try Scene()
    let deny = try scene.answering("deny", "--count", "2")
    for _ in 0..<2 {
      let denied = try scene.request()
      #expect(denied.status == 1)
      #expect(denied.errors == "")
      #expect(denied.lines.first?["success"] as? Bool == false)
      #expect(denied.lines.first?["errorCode"] as? String == "not_authorized")
    }
    let outcome = deny.finish()
    #expect(outcome.status == 0)
    #expect(outcome.lines.compactMap { $0["answer"] as? String } == ["denied", "denied"])
  }

  @Test func nobodyThereIsANoAsWell() throws {
    let outcome = try Scene().request()
    #expect(outcome.status == 1)
    #expect(outcome.lines.first?["errorCode"] as? String == "unacceptable_request")
  }

  @Test func onlyTheUserAskedForIsAnswered() throws {
    let scene = try Scene()
    let grant = try scene.answering("grant", "--user", "somebody", "--count", "1", "--idle", "1s")
    let request = try scene.request("--timeout", "500ms")
    #expect(request.status == 124)
    #expect(request.output == "")
    let outcome = grant.finish()
    #expect(outcome.lines.compactMap { $0["answer"] as? String } == ["none"])
    #expect(outcome.status == 124)

    let right = try scene.answering("grant", "--user", "user2", "-1")
    #expect(try scene.request().status == 0)
    #expect(right.finish().status == 0)
  }

  @Test func otherRefusalsHaveTheirOwnCodes() throws {
    let scene = try Scene()
    // Nobody in particular can ask for nothing.
    let nobody = try instctl("permission", "request", "rec/closed", "-s", scene.server.url)
    #expect(nobody.status == 77)
    #expect(nobody.error?["code"] as? String == "not_logged_in")
    #expect(nobody.output == "")
    // Who is not on the inst is asked nothing.
    let stranger = try Program(["permission", "grant", "rec/closed"] + scene.other).finish()
    #expect(stranger.status == 77)
    let owner = try Program(["permission", "request", "rec/closed"] + scene.owner).finish()
    #expect(owner.status == 0)
    #expect(owner.lines.first?["alreadyGranted"] as? Bool == true)
  }

  @Test func plannedEndsOfWaiting() throws {
    let scene = try Scene()
    #expect(try scene.answering("grant", "--for", "200ms").finish().status == 0)
    #expect(try scene.answering("deny", "--idle", "200ms").finish().status == 0)
    #expect(try scene.answering("deny", "--timeout", "300ms").finish().status == 124)
    #expect(try instctl("permission", "grant", "rec/closed", "-1", "-c", "2").status == 64)
  }

  /// PROTOCOL section 2: the documented form names no ids.
  @Test func theDocumentedDialect() throws {
    let requests = Recorder()
    let reason = """
      {"type":"missing_permission","recordName":"rec","resourceKind":"inst","resourceId":"closed",\
      "action":"read","subjectType":"user","subjectId":"user2"}
      """
    let server = try ScriptedServer { message in
      switch message["type"] as? String {
      case "repo/watch_branch":
        return [
          """
          [1,-1,{"type":"repo/watch_branch_result","recordName":"rec","inst":"closed",\
          "branch":"default","success":false,"errorCode":"not_authorized","errorMessage":"no",\
          "reason":\(reason)}]
          """
        ]
      case "permission/request/missing":
        requests.add(message)
        return [
          #"[1,-1,{"type":"permission/request/missing/response","success":true}]"#
        ]
      default: return []
      }
    }
    let outcome = try instctl(
      "permission", "request", "rec/closed", "-s", server.url, "--dialect", "documented")
    #expect(outcome.status == 0)
    #expect(outcome.lines.first?["success"] as? Bool == true)
    #expect(requests.messages.count == 1)
    let asked = requests.messages.first?["reason"] as? [String: Any]
    #expect(asked?["action"] as? String == "read")
  }
}

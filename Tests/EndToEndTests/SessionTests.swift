import Foundation
import Testing

/// The life of a session at `serve --auth`: signing in, what the stored keys are good for, signing out
/// (PROTOCOL section 6).
@Suite(.serialized) struct SessionTests {
  private let configuration: TestConfiguration
  private let server: TestServer

  init() throws {
    configuration = try TestConfiguration()
    server = try TestKeys.server(configuration.folder)
  }

  private func instctl(
    _ arguments: String..., stdin: Program.StandardInput = .closed
  ) throws -> Program.Outcome {
    try Program(
      arguments + ["-s", server.url], environment: configuration.environment, stdin: stdin
    ).finish()
  }

  /// The code that the server would have mailed last.
  private func awaitCode(_ count: Int = 1) -> String {
    let lines = server.program.wait("a code") { $0.of(type: "login_code").count >= count }
    return lines.of(type: "login_code").last?["code"] as? String ?? ""
  }

  private func signIn() throws -> Program.Outcome {
    let program = try Program(
      ["login", "-s", server.url, "--email", "ann@example.com", "--code-file", "-"],
      environment: configuration.environment, stdin: .open)
    program.write(awaitCode() + "\n")
    program.closeInput()
    return program.finish()
  }

  @Test func fromTheCodeToTheEnd() throws {
    let signedIn = try signIn()
    #expect(signedIn.status == 0, "\(signedIn.errors)")
    #expect(signedIn.lines.count == 1)
    #expect(signedIn.lines.first?["success"] as? Bool == true)
    let info = signedIn.lines.first?["info"] as? [String: Any]
    #expect(info?["userId"] as? String == "user1")
    #expect(signedIn.lines.first?["connectionKey"] == nil)
    #expect(signedIn.errors.contains(configuration.file.path))

    let who = try instctl("whoami")
    #expect(who.lines.first?["source"] as? String == "stored")
    #expect(
      (who.lines.first?["info"] as? [String: Any])?["sessionId"] as? String
        == info?["sessionId"] as? String)

    for inst in ["rec/one", "rec/two"] {
      #expect(try instctl("add-updates", inst, hello).status == 0)
    }
    let insts = try instctl("insts", "list", "rec")
    #expect(insts.lines.compactMap { $0["inst"] as? String } == ["one", "two"], "\(insts.errors)")
    #expect(insts.lines.first?["recordName"] as? String == "rec")
    #expect(insts.lines.first?["markers"] is [Any])
    let unknown = try instctl("insts", "list", "nowhere")
    #expect(unknown.status == 67)
    #expect(unknown.error?["code"] as? String == "record_not_found")

    let token = try instctl("token", "rec/one").lines.first?["token"] as? String
    let out = try instctl("logout")
    #expect(out.status == 0, "\(out.errors)")
    #expect(out.lines.first?["revoked"] as? Bool == true)
    let nobody = try instctl("whoami")
    #expect((nobody.lines.first?["info"] as? [String: Any])?["userId"] is NSNull)
    #expect(try instctl("insts", "list", "rec").status == 77)
    // The session is over at the server, too.
    let late = try Program(
      ["whoami", "-s", server.url], environment: ["INSTCTL_TOKEN": token ?? ""]
    ).finish()
    #expect(late.status == 77, "\(late.output)")
  }

  /// More insts than a page has.
  @Test func everyPageOfTheList() throws {
    #expect(try signIn().status == 0)
    let names = (10..<35).map { "i\($0)" }
    for name in names {
      #expect(try instctl("add-updates", "rec/\(name)", hello).status == 0)
    }
    let insts = try instctl("insts", "list", "rec")
    #expect(insts.lines.compactMap { $0["inst"] as? String } == names, "\(insts.errors)")
  }

  @Test func withoutStoringTheKeysArePrinted() throws {
    let request = try instctl("login", "--email", "ann@example.com", "--request-only")
    let user = try #require(request.lines.first?["userId"] as? String, "\(request.errors)")
    let id = try #require(request.lines.first?["requestId"] as? String)
    let signedIn = try instctl(
      "login", "--user-id", user, "--request-id", id, "--code-file", "-", "--no-store",
      stdin: .text(awaitCode()))
    #expect(signedIn.status == 0, "\(signedIn.errors)")
    #expect(!FileManager.default.fileExists(atPath: configuration.file.path))
    let key = try #require(signedIn.lines.first?["connectionKey"] as? String)
    let session = try #require(signedIn.lines.first?["sessionKey"] as? String)
    let who = try Program(
      ["whoami", "-s", server.url],
      environment: configuration.environment.merging(["INSTCTL_KEY": key]) { $1 }
    ).finish()
    #expect((who.lines.first?["info"] as? [String: Any])?["userId"] as? String == "user1")
    let insts = try Program(
      ["insts", "list", "-s", server.url, "rec"],
      environment: configuration.environment.merging(["INSTCTL_SESSION_KEY": session]) { $1 }
    ).finish()
    #expect(insts.status == 0, "\(insts.errors)")
  }

  @Test func anUnknownAddressIsRefused() throws {
    let outcome = try instctl("login", "--email", "nobody@example.com", "--request-only")
    #expect(outcome.status == 65)
    #expect(outcome.error?["code"] as? String == "unacceptable_address")
    #expect(outcome.output == "")
  }

  /// On a terminal the code is asked for, and may be mistyped.
  @Test func theCodeIsAskedForOnATerminal() throws {
    let command =
      "'\(Programs.instctl.path)' login -s \(server.url) --email ann@example.com; echo ended $?"
    let program = try Program(
      ["-qec", command, "/dev/null"], executable: URL(fileURLWithPath: "/usr/bin/script"),
      environment: configuration.environment, stdin: .open)
    let code = awaitCode()
    program.write((code == "000000" ? "000001" : "000000") + "\n")
    program.write(code + "\n")
    program.wait(forText: "ended")
    program.closeInput()
    let outcome = program.finish()
    #expect(outcome.output.contains("The code that was sent to ann@example.com: "))
    #expect(outcome.output.contains("warning: that is not the code"))
    #expect(outcome.output.contains("ended 0"), "\(outcome.output)")
    #expect(try configuration.entry(server.origin) != nil)
  }

  /// Nobody has typed anything, and the terminal must come back.
  @Test func theQuestionCanBeInterrupted() throws {
    // The shell gets the interrupt, too, and some shells end with it.
    let command =
      "trap : INT; stty -a > '\(configuration.folder.path("before"))';"
      + "'\(Programs.instctl.path)' login -s \(server.url) --email ann@example.com; echo ended $?;"
      + "stty -a > '\(configuration.folder.path("after"))'"
    let program = try Program(
      ["-qec", command, "/dev/null"], executable: URL(fileURLWithPath: "/usr/bin/script"),
      environment: configuration.environment, stdin: .open)
    program.wait(forText: "The code that was sent")
    program.write("\u{3}")
    program.wait(forText: "ended")
    program.closeInput()
    let outcome = program.finish()
    #expect(outcome.output.contains("ended 130"), "\(outcome.output)")
    #expect(
      try String(contentsOfFile: configuration.folder.path("before"), encoding: .utf8)
        == String(contentsOfFile: configuration.folder.path("after"), encoding: .utf8))
    #expect(!FileManager.default.fileExists(atPath: configuration.file.path))
  }
}

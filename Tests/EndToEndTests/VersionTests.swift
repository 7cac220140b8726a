import Foundation
import Testing

/// `--version`, what a report of a bug should begin with; and that texts which are the answer are written
/// or a failure, like lines (CLI.md sections 3 and 4).
@Suite struct VersionTests {
  @Test(arguments: [["--version"], ["watch", "--version"]])
  func theVersionTheCommitAndTheLibraries(arguments: [String]) throws {
    let outcome = try Program(arguments).finish()
    #expect(outcome.status == 0)
    let lines = outcome.output.split(separator: "\n").map(String.init)
    try #require(lines.count == 5, "\(outcome.output)")
    let forms = [
      #"instctl \d+\.\d+\.\d+"#, #"commit ([0-9a-f]{12}(-dirty)?|unknown)"#,
      #"OpenSSL 3\.\d+\.\d+ .*"#, #"zlib 1\..*"#, #"Swift (\d+\.\d+.*|unknown)"#,
    ]
    for (line, form) in zip(lines, forms) {
      #expect(line.range(of: "^\(form)$", options: .regularExpression) != nil, "\(line)")
    }
  }

  private static let texts = [
    ["--version"], ["--help"], ["watch", "--help"], ["watch", "--version"], ["help", "output"],
    ["--generate-completion-script", "fish"],
  ]

  private func run(_ arguments: [String], redirected: String) throws -> Program.Outcome {
    try Program(
      ["-c", "exec \"$0\" \"$@\" \(redirected)", Programs.instctl.path] + arguments,
      executable: URL(fileURLWithPath: "/bin/bash")
    ).finish()
  }

  @Test(arguments: texts) func aTextThatCannotBeWrittenIsAFailure(arguments: [String]) throws {
    let outcome = try run(arguments, redirected: "> /dev/full")
    #expect(outcome.status == 74)
    #expect(outcome.error?["code"] as? String == "write_failed")
    #expect(outcome.error?["layer"] as? String == "io")
  }

  @Test(arguments: texts) func aReaderThatHasGoneIsNoFailure(arguments: [String]) throws {
    let outcome = try run(arguments, redirected: "> >(exec true)")
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
  }
}

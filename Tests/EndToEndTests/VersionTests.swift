import Foundation
import Testing

/// `--version`: what a report of a bug should begin with.
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
}

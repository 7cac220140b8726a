import Foundation
import Testing

/// The table of rules and their tests names tests that exist.
struct RulesTableTests {
  @Test func everyRuleHasATestThatExists() throws {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent()
    let table = try String(contentsOf: tests.appending(path: "RULES.md"), encoding: .utf8)
    let rows = table.split(separator: "\n").filter { $0.hasPrefix("| 5") || $0.hasPrefix("| 7") }
    #expect(rows.count >= 60)
    let existing = try names(in: tests)
    for row in table.split(separator: "\n") where row.hasPrefix("| ") {
      let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count == 3, cells[0] != "section" else { continue }
      let named = cells[2].split(separator: "`").filter { $0.contains("/") }.map(String.init)
      #expect(!named.isEmpty, "no test covers: \(cells[1])")
      for name in named { #expect(existing.contains(name), "there is no test \(name)") }
    }
  }

  /// Every `Suite/test` of the sources.
  private func names(in folder: URL) throws -> Set<String> {
    var names: Set<String> = []
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    while let file = files?.nextObject() as? URL {
      guard file.pathExtension == "swift" else { continue }
      var suite = ""
      var isTest = false
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        let words = line.split { !$0.isLetter && !$0.isNumber && $0 != "_" && $0 != "@" }
        if let place = words.firstIndex(of: "struct"), place + 1 < words.count,
          line.first != " "
        {
          suite = String(words[place + 1])
        }
        if line.contains("@Test") { isTest = true }
        if isTest, let place = words.firstIndex(of: "func"), place + 1 < words.count {
          names.insert("\(suite)/\(words[place + 1])")
          isTest = false
        }
      }
    }
    return names
  }
}

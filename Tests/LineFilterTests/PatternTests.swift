import Foundation
import JSONText
import Testing

@testable import LineFilter

/// Patterns, with Python's `re` as the measure.
@Suite struct PatternTests {
  static func matches(_ pattern: String, _ text: String, _ flags: PatternFlags = PatternFlags())
    throws -> Bool
  {
    var matcher = PatternMatcher(try Pattern(Array(pattern.unicodeScalars), flags))
    return Array(text.utf8).withUnsafeBytes { matcher.matches($0) }
  }

  static let cases: [(String, String, Bool)] = [
    ("", "", true), ("", "x", true), ("a", "", false), ("a", "bab", true), ("a", "A", false),
    ("^a", "ba", false), ("a$", "ab", false), ("^$", "", true), ("^$", "\n", false),
    ("a$", "a\n", false), ("^ab$", "ab", true), ("x|^b", "ab", false), ("b|^", "a", true),
    (".", "\n", false), (".", "é", true), ("^.$", "é", true), ("^..$", "é", false),
    ("^.$", "🦆", true), ("^é+$", "éé", true), ("[à-ü]", "é", true), ("[^a]", "é", true),
    ("^[^é]$", "é", false), ("a*", "", true), ("^a+$", "aaa", true), ("^a?$", "aa", false),
    ("^a{2}$", "aa", true), ("^a{2}$", "aaa", false), ("^a{2,}$", "aaaa", true),
    ("^a{1,3}$", "aaaa", false), ("^a{0}$", "", true), ("^(ab){2}$", "abab", true),
    ("^(?:ab|c)*$", "abcab", true), ("^(a*)*$", "aaa", true), ("^(a*)*b$", "aaa", false),
    ("^(|a)+$", "aa", true), ("a+?b", "aab", true), ("^a{1,2}?$", "aa", true),
    ("\\d", "x7", true), ("\\D", "77", false), ("\\w", "-_", true), ("\\W", "a_9", false),
    ("\\s", "a\u{B}b", true), ("\\S", " \t\n", false), ("\\d", "٣", false), ("\\w", "é", false),
    ("[\\d-]+$", "7-", true), ("^[\\D]$", "7", false), ("^[\\W\\d]+$", "é7 ", true),
    ("[]]", "]", true), ("[^]]", "]", false), ("[a-]", "-", true), ("[-a]", "-", true),
    ("[\\]]", "]", true), ("[\\b]", "\u{8}", true), ("[.]", "a", false), ("\\.", "a", false),
    ("\\x41", "A", true), ("\\u00e9", "é", true), ("\\t", "\t", true), ("\\/", "/", true),
    ("\\bab\\b", "x ab.", true), ("\\bab\\b", "xab", false), ("\\Bb", "ab", true),
    ("\\B", "a", false), ("a\\b", "a", true), ("^\\b", "a", true), ("^\\b", "", false),
    ("a|b|", "c", true), ("(a|b)c", "bc", true), ("}", "}", true), ("a\\{", "a{", true),
    ("a]", "a]", true),
  ]

  @Test(arguments: cases) func says(pattern: String, text: String, expected: Bool) throws {
    #expect(try Self.matches(pattern, text) == expected)
  }

  @Test func flags() throws {
    let (i, m, s) = (
      PatternFlags(ignoresCase: true), PatternFlags(isMultiline: true),
      PatternFlags(dotMatchesAll: true)
    )
    #expect(try Self.matches("straße É", "STRAßE é", i))
    #expect(try Self.matches("^[a-c]+$", "aBC", i))
    #expect(try Self.matches("^[^a-c]+$", "B", i) == false)
    #expect(try Self.matches("^[à-ü]$", "É", i))
    #expect(try Self.matches("^b$", "a\nb\nc", m))
    #expect(try Self.matches("^b$", "a\nb\nc") == false)
    #expect(try Self.matches("^$", "a\n\nb", m))
    #expect(try Self.matches("a.b", "a\nb", s))
    #expect(try Self.matches("a.b", "a\nb") == false)
  }

  /// What takes backtracking engines exponential time.
  @Test(.timeLimit(.minutes(2))) func timeGrowsWithTheTextAlone() throws {
    let text = String(repeating: "a", count: 200_000)
    for pattern in [
      "^(a+)+$", "^(a|a)*$", "^(a*)*$", "(a|aa)+$", "^(a?){30}a{30}", "(.*)(.*)(.*)x",
    ] {
      #expect(try Self.matches(pattern, text + "!") == (pattern == "^(a?){30}a{30}"))
    }
    // Many situations: more than are kept at a time.
    let letters = (0..<20_000).map { $0 &* 7919 % 3 == 0 ? "a" : "b" }.joined()
    #expect(try Self.matches("a(a|b){12}c", letters) == false)
    #expect(try Self.matches("a(a|b){12}c", letters + "aaaaaaaaaaaaac"))
    #expect(try Self.matches("é(é|ü){9}x", String(repeating: "éüü", count: 5_000)) == false)
  }

  @Test func whatIsNoUTF8IsTheReplacementCharacter() throws {
    var matcher = PatternMatcher(try Pattern(Array("^a\u{FFFD}+b?$".unicodeScalars)))
    for tail: [UInt8] in [[0x80], [0xC3], [0xE2, 0x82], [0xFF, 0xFE], [0xF0, 0x9F, 0x62]] {
      let text = [UInt8(ascii: "a")] + tail
      #expect(text.withUnsafeBytes { matcher.matches($0) }, "\(tail)")
    }
  }

  @Test func agreesWithPython() throws {
    // Any Python will do: its own library is the measure.
    let python =
      ProcessInfo.processInfo.environment["INSTCTL_TEST_PYTHON"] ?? "/usr/bin/python3"
    guard FileManager.default.isExecutableFile(atPath: python) else { return }
    let seed = ProcessInfo.processInfo.environment["INSTCTL_PATTERN_SEED"].flatMap(UInt64.init) ?? 1
    var random = SeededGenerator(seed: seed)
    let cases = (0..<1_000).map { _ -> PatternCase in
      PatternCase(
        pattern: RandomPattern.make(depth: 2, &random),
        ignoresCase: .random(in: 0..<4, using: &random) == 0,
        isMultiline: .random(in: 0..<4, using: &random) == 0,
        dotMatchesAll: .random(in: 0..<4, using: &random) == 0,
        texts: (0..<20).map { _ in RandomPattern.text(&random) })
    }
    let answers = try PythonPatterns(python: python).answers(to: cases)
    #expect(answers.count == cases.count)
    var matchCount = 0
    for case (let test, let expected?) in zip(cases, answers) {
      let flags = PatternFlags(
        ignoresCase: test.ignoresCase, isMultiline: test.isMultiline,
        dotMatchesAll: test.dotMatchesAll)
      for (text, isMatch) in zip(test.texts, expected) {
        matchCount += isMatch ? 1 : 0
        #expect(
          try Self.matches(test.pattern, text, flags) == isMatch,
          "/\(test.pattern)/ \(flags) in \(text.debugDescription), seed \(seed)")
      }
    }
    #expect(answers.count { $0 == nil } < cases.count / 20)
    // The cases are such that either answer is common.
    #expect((cases.count * 5...cases.count * 15).contains(matchCount), "\(matchCount)")
  }
}

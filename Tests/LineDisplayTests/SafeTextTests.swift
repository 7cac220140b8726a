import Testing

@testable import LineDisplay

/// What the network sends cannot steer a terminal, and rows keep to their width (CLI section 3:
/// control characters never reach a terminal raw).
@Suite struct SafeTextTests {
  /// Widths by UAX #11 and of emoji. Terminals that know of sequences show a flag in two columns; others
  /// take four.
  @Test(arguments: [
    ("a", 1), ("é", 1), ("e\u{301}", 1), ("日", 2), ("ｱ", 1), ("Ａ", 2), ("한", 2),
    ("\u{1112}\u{1161}\u{11AB}", 2),
    ("😀", 2), ("❤", 1), ("❤\u{FE0F}", 2), ("🇩🇪", 4), ("●", 1), ("○", 1), ("…", 1), ("✓", 1),
    ("→", 1), ("กำ", 2), ("नि", 2), ("שָׁ", 1), ("⌚", 2), ("𝒳", 1), ("𠮷", 2),
  ])
  func columns(text: String, columns: Int) {
    #expect(StyledText(text).columns == columns)
  }

  @Test(arguments: [
    ("\u{1B}[2J", "\\u001b[2J"), ("a\u{7F}b", "a\\u007fb"), ("\u{9B}31m", "\\u009b31m"),
    ("\r\n", "\\r\\n"), ("a\tb", "a\\tb"), ("\u{0}", "\\u0000"), ("\u{202E}abc", "\\u202eabc"),
    ("\u{2066}\u{2069}", "\\u2066\\u2069"), ("\u{200B}", "\\u200b"), ("\u{FEFF}", "\\ufeff"),
    ("\u{2028}", "\\u2028"), ("\u{E0041}", "\\u{e0041}"), ("\u{AD}", "\\u00ad"),
    ("👩\u{200D}💻", "👩\u{200D}💻"), ("\u{200F}", "\\u200f"), ("\u{61C}", "\\u061c"),
  ])
  func unsafeCharactersBecomeVisible(text: String, shown: String) {
    let styled = StyledText(text)
    #expect(styled.text(isColoured: false) == shown)
    #expect(styled.columns == shown.reduce(0) { $0 + $1.columns })
  }

  /// A letter under a heap of marks does not cover the rows around it.
  @Test func heapsOfMarks() {
    let text = "a" + String(repeating: "\u{301}", count: 10_000)
    #expect(StyledText(text).text(isColoured: false).unicodeScalars.count <= 16)
    #expect(StyledText(text).columns == 1)
  }

  @Test func cuttingKeepsCharactersWhole() {
    #expect(StyledText("日本語").cut(to: 6).text(isColoured: false) == "日本語")
    #expect(StyledText("日本語").cut(to: 5).text(isColoured: false) == "日本…")
    #expect(StyledText("日本語").cut(to: 4).text(isColoured: false) == "日…")
    #expect(
      StyledText("e\u{301}e\u{301}e\u{301}").cut(to: 2).text(isColoured: false) == "e\u{301}…")
    #expect(StyledText("abc").cut(to: 0).text(isColoured: false) == "")
    #expect(StyledText("abc").cut(to: -1).text(isColoured: false) == "")
    var text = StyledText("ab", .bad)
    text.append("cd", .good)
    #expect(
      text.cut(to: 3).text(isColoured: true)
        == "\u{1B}[31mab\u{1B}[0m\u{1B}[2m…\u{1B}[0m")
  }

  /// Random lines of all types, widths and characters: no control character comes through, no row is
  /// wider than it may be, and colours change nothing but colours.
  @Test func anyLine() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededRandom(seed)
    for round in 0..<400 {
      let width = Int.random(in: 1...120, using: &random)
      var plain = PrettyLines(.init(width: width))
      var coloured = PrettyLines(.init(width: width, isColoured: true))
      var endless = PrettyLines(.init())
      for _ in 0..<4 {
        let line = RandomLine.make(using: &random)
        let rows = plain.render(line)
        #expect(rows.last == "\n", "seed \(seed), round \(round): \(line)")
        for row in rows.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
          let isSafe = !row.unicodeScalars.contains(where: \.isUnsafe)
          #expect(isSafe, "seed \(seed), round \(round): \(line)")
          #expect(
            row.reduce(0) { $0 + $1.columns } <= width, "seed \(seed), round \(round): \(line)")
        }
        #expect(
          withoutColours(coloured.render(line)) == rows, "seed \(seed), round \(round): \(line)")
        let whole = endless.render(line)
        #expect(whole.firstIndex(of: "\n") == whole.index(before: whole.endIndex))
      }
    }
  }

  /// Takes out `ESC [ digits m` alone.
  private func withoutColours(_ text: String) -> String {
    var result = ""
    var rest = text.unicodeScalars[...]
    while let escape = rest.firstIndex(of: "\u{1B}") {
      result.unicodeScalars += rest[..<escape]
      let behind = rest[escape...].dropFirst()
      guard behind.first == "[",
        let end = behind.dropFirst().firstIndex(where: { !("0"..."9").contains($0) }),
        behind[end] == "m"
      else { return "no colour: \(text)" }
      rest = behind[end...].dropFirst()
    }
    result.unicodeScalars += rest
    return result
  }
}

/// A generator that gives the same numbers for the same seed (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}

/// Lines as a server, or somebody else, might bring about.
enum RandomLine {
  private static let types = [
    "connection", "updates", "sync", "action", "error", "rate_limit", "message", "ack", "sent",
    "action_result", "device_connected", "device_disconnected", "count", "timesync", "login",
    "inst", "frame", "http_response", "listening", "permission_result", "permission_request",
    "whoami", "none",
  ]
  private static let names = [
    "state", "connected", "attempt", "retryInMs", "reason", "closeCode", "updates", "timestamps",
    "initial", "replay", "complete", "action", "kind", "errorCode", "errorMessage", "message",
    "retryAfterMs", "updateId", "ackMs", "tries", "success", "result", "error", "taskId",
    "connection", "count", "offsetMs", "latencyMs", "samples", "info", "recordName", "inst",
    "branch", "direction", "frame", "statusCode", "body", "url", "hint", "event", "name",
    "maxBranchSizeInBytes", "connectionId", "userId",
  ]

  static func make(using random: inout SeededRandom) -> String {
    let time = #""time":"2026-01-31T12:34:56.789Z""#
    let type = types.randomElement(using: &random) ?? ""
    let members = (0..<Int.random(in: 0...6, using: &random)).map { _ in
      "\(string(names.randomElement(using: &random) ?? "")):\(value(3, using: &random))"
    }
    return "{" + ([#""type":"\#(type)""#, time] + members).joined(separator: ",") + "}"
  }

  private static func value(_ depth: Int, using random: inout SeededRandom) -> String {
    switch Int.random(in: 0...(depth > 0 ? 9 : 6), using: &random) {
    case 0: return "null"
    case 1: return "true"
    case 2: return "-1.5e300"
    case 3: return String(Int.random(in: -5...5_000_000_000, using: &random))
    case 4...6: return string(text(using: &random))
    case 7:
      let count = Int.random(in: 0...3, using: &random)
      return "[" + (0..<count).map { _ in value(depth - 1, using: &random) }.joined(separator: ",")
        + "]"
    default:
      let count = Int.random(in: 0...3, using: &random)
      return "{"
        + (0..<count).map { _ in
          "\(string(names.randomElement(using: &random) ?? "")):\(value(depth - 1, using: &random))"
        }.joined(separator: ",") + "}"
    }
  }

  private static let scalars: [ClosedRange<UInt32>] = [
    0...0x1F, 0x20...0x7E, 0x20...0x7E, 0x7F...0x9F, 0xA0...0x2FF, 0x300...0x36F, 0x590...0x6FF,
    0x1100...0x11FF, 0x2000...0x206F, 0x3000...0x30FF, 0xFE00...0xFEFF, 0x1F1E6...0x1F64F,
    0xE0000...0xE01EF,
  ]

  private static func text(using random: inout SeededRandom) -> String {
    if Int.random(in: 0...3, using: &random) == 0 { return "AQGL/qSHDQAEAQR0ZXh0BWhlbGxvAA==" }
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...60, using: &random) {
      let range = scalars.randomElement(using: &random) ?? 0x20...0x7E
      if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) {
        text.append(scalar)
      }
    }
    return String(text)
  }

  /// JSON in which everything but ASCII letters is an escape.
  private static func string(_ text: String) -> String {
    "\""
      + text.utf16.map { unit in
        let isLetter =
          (0x30...0x39).contains(unit) || (0x41...0x5A).contains(unit)
          || (0x61...0x7A).contains(unit) || unit == 0x20
        if isLetter, let scalar = Unicode.Scalar(unit) { return String(Character(scalar)) }
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }.joined() + "\""
  }
}

import LineFilter
import Testing

/// Whatever the text and the line are, there is an answer: no trap, no endless loop.
@Suite struct RandomExpressionTests {
  private static let pieces = [
    ".", ".a", ".b", "[", "]", "[]", "[0]", "[-1]", "[\"a\"]", "(", ")", "\"", "\"x\"", "\\", "'",
    "/", "/x/",
    "/(a|b)*/i", "==", "!=", "<", "<=", ">", ">=", "=", "=~", "!~", "!", "&&", "||", "and", "or",
    "not",
    "has", "has(", "length(", "type(", "contains(", "startswith(", "endswith(", ",", "true",
    "false",
    "null", "0", "-1", "1e9", "1e99999999999999999999", "9007199254740993", "é", "\u{0}",
    "\u{FFFD}",
    " ", "  ", "\t", "\\u0041", "\\d", "{", "}", "{2}", "*", "+", "?", "|", "^", "$", "i",
  ]

  private static let lines = [
    #"{"a":1,"b":"x","type":"t"}"#, #"{"a":[1,"x",null,{"b":[]}],"b":{"a":{"b":"xx"}}}"#, "{}",
    "[]",
    #""x""#, "{", #"{"a":-0.0e-99999999999999999999,"b":1E+3}"#, #"{"b":"\ud800\"","a":"\u00e9"}"#,
  ]

  @Test func textsOfPieces() {
    var random = SeededGenerator(seed: 7)
    var count = 0
    for _ in 0..<30_000 {
      let text = (0..<Int.random(in: 1...9, using: &random)).map { _ in
        Self.pieces.randomElement(using: &random) ?? "."
      }.joined(separator: Bool.random(using: &random) ? " " : "")
      if isUnderstood(text) { count += 1 }
    }
    #expect(count > 300, "too few of the texts are expressions")
  }

  @Test func expressionsWithAChange() {
    var random = SeededGenerator(seed: 8)
    for expression in ExpressionTests.cases.map(\.0) {
      for _ in 0..<50 {
        var scalars = Array(expression.unicodeScalars)
        let index = Int.random(in: 0..<scalars.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: scalars.remove(at: index)
        case 1: scalars.insert(scalars.randomElement(using: &random) ?? ".", at: index)
        default: scalars.removeSubrange(index...)
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        _ = isUnderstood(String(text))
      }
    }
  }

  private func isUnderstood(_ text: String) -> Bool {
    _ = try? ValuePath(text)
    do throws(ExpressionError) {
      _ = try LineExpression(text)
    } catch {
      #expect((1...text.unicodeScalars.count + 1).contains(error.column), "\(text)")
      #expect(error.text == text)
      return false
    }
    for line in Self.lines { _ = try? judge(text, line) }
    return true
  }
}

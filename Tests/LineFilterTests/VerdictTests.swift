import LineFilter
import Testing

/// What an expression says of all lines of a type.
@Suite struct VerdictTests {
  @Test(
    arguments: [
      (#".type == "sync""#, true, false),
      (#".type != "sync""#, false, true),
      (#".type =~ /^s/"#, true, false),
      (#"startswith(.type, "up")"#, false, true),
      (#"length(.type) > 4"#, false, true),
      (#"has(.type)"#, true, true),
      (#"true"#, true, true),
      (#".initial"#, nil, nil),
      (#".type[0] == 1"#, nil, nil),
      (#"has(.)"#, nil, nil),
      (#".type == "sync" and .inst == "a""#, nil, false),
      (#".inst == "a" and .type == "sync""#, nil, false),
      (#".type == "sync" or .inst == "a""#, true, nil),
      (#"not (.type == "sync" or .inst == "a")"#, false, nil),
      (#".type == .inst"#, nil, nil),
      (#".type == "sync" and (.type == "updates" or .inst == "a")"#, nil, false),
    ] as [(String, Bool?, Bool?)])
  func says(expression: String, ofSync: Bool?, ofUpdates: Bool?) throws {
    let judge = LineJudge(try LineExpression(expression))
    #expect(judge.verdict(ofType: "sync") == ofSync)
    #expect(judge.verdict(ofType: "updates") == ofUpdates)
  }

  @Test func agreesWithWhatIsSaidOfEachLine() throws {
    let expressions = ExpressionTests.cases.map(\.0)
    for expression in expressions {
      let verdict = LineJudge(try LineExpression(expression)).verdict(ofType: "action")
      guard let verdict else { continue }
      #expect(try judge(expression, ExpressionTests.line) == verdict, "\(expression)")
    }
  }
}

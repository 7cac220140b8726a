import JSONText
import LineFilter

/// Any text is an expression or an error at a place in it; of any line it is true or false, and what the
/// line's type decides agrees with that.
///
/// The input is the expression, a zero, the line.
func fuzzExpressions(_ input: UnsafeRawBufferPointer) {
  var choices = Choices(input)
  let text = choices.text()
  let line = choices.bytes(choices.rest.count)
  if let path = checked(text, { () throws(ExpressionError) in try ValuePath(text) }) {
    select(path, line)
  }
  guard
    let expression = checked(text, { () throws(ExpressionError) in try LineExpression(text) }),
    let opposite = checked(
      text, { () throws(ExpressionError) in try LineExpression("not (\(text))") })
  else { return }
  var (judge, other) = (LineJudge(expression), LineJudge(opposite))
  line.withUnsafeBytes { bytes in
    var scan = LineScan()
    scan.begin(bytes)
    let isTrue = judge.isTrue(of: &scan)
    // What is known by now of line and patterns changes nothing.
    require(judge.isTrue(of: &scan) == isTrue, "a second look says another thing: \(text)")
    scan.begin(bytes)
    require(other.isTrue(of: &scan) != isTrue, "the opposite says the same: \(text)")
    // What only begins like JSON has a type, and nothing behind the place where it ends.
    guard (try? JSON.validate(bytes)) != nil, let type = scan.text("type") else { return }
    if let verdict = judge.verdict(ofType: type) {
      require(verdict == isTrue, "the type says \(verdict): \(text)")
    }
  }
}

private func checked<Value>(
  _ text: String, _ parse: () throws(ExpressionError) -> Value
) -> Value? {
  do throws(ExpressionError) { return try parse() } catch {
    // The opposite has five characters before the text.
    let last = text.unicodeScalars.count + 7
    require((1...last).contains(error.column), "an error at column \(error.column)")
    return nil
  }
}

private func select(_ path: ValuePath, _ line: [UInt8]) {
  line.withUnsafeBytes { bytes in
    guard (try? JSON.validate(bytes)) != nil else { return }
    var scan = LineScan()
    scan.begin(bytes)
    _ = path.first(in: &scan) { value in
      require((try? JSON.validate(value.bytes)) != nil, "what is selected is no JSON")
      return false
    }
  }
}

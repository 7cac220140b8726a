import LineFilter

/// What an expression says of a line.
func judge(_ expression: String, _ line: String) throws(ExpressionError) -> Bool {
  var judge = LineJudge(try LineExpression(expression))
  return Array(line.utf8).withUnsafeBytes { bytes in
    var scan = LineScan()
    scan.begin(bytes)
    return judge.isTrue(of: &scan)
  }
}

/// The texts of the values that a path leads to.
func select(_ path: String, _ line: String) throws(ExpressionError) -> [String] {
  let path = try ValuePath(path)
  return Array(line.utf8).withUnsafeBytes { bytes in
    var scan = LineScan()
    scan.begin(bytes)
    var values: [String] = []
    _ = path.first(in: &scan) { value in
      values.append(String(decoding: value.bytes, as: UTF8.self))
      return false
    }
    return values
  }
}

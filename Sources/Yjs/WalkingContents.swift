// Walking through contents that have been checked.

extension ByteReader {
  /// The rest of some strings, behind the first few.
  func skippingStrings(_ count: Int, in range: Range<Int>) -> Range<Int> {
    var walk = ByteReader(bytes, range)
    for _ in 0..<count { _ = try? walk.countedRange() }
    return walk.position..<range.upperBound
  }

  /// The rest of some values, behind the first few.
  func skippingValues(_ count: Int, in range: Range<Int>) -> Range<Int> {
    var walk = ByteReader(bytes, range)
    for _ in 0..<count { _ = try? walk.skipAny() }
    return walk.position..<range.upperBound
  }

  /// Tells where each value is.
  func forEachValue(in range: Range<Int>, _ body: (Range<Int>) -> Void) {
    var walk = ByteReader(bytes, range)
    while !walk.isAtEnd {
      let start = walk.position
      guard (try? walk.skipAny()) != nil else { return }
      body(start..<walk.position)
    }
  }

  /// Tells where each string is, its count included.
  func forEachString(in range: Range<Int>, _ body: (Range<Int>) -> Void) {
    var walk = ByteReader(bytes, range)
    while !walk.isAtEnd {
      let start = walk.position
      guard (try? walk.countedRange()) != nil else { return }
      body(start..<walk.position)
    }
  }
}

extension String {
  /// For a terminal: what came from the network must not steer it.
  var printable: String {
    String(
      UnicodeScalarView(
        unicodeScalars.map { scalar in
          scalar == "\n" || scalar == "\t" || !scalar.steersTerminals ? scalar : "\u{FFFD}"
        }))
  }
}

extension Unicode.Scalar {
  /// Whether it moves the cursor, turns the direction of writing, or is not to be seen.
  fileprivate var steersTerminals: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}

extension String {
  /// For a terminal: what came from the network must not steer it. Lines and tabs stay.
  var printable: String { keeping { $0 == "\n" || $0 == "\t" || !$0.steersTerminals } }

  /// The same for what has to stay on one line.
  var printableLine: String { keeping { !$0.steersTerminals } }

  private func keeping(_ isHarmless: (Unicode.Scalar) -> Bool) -> String {
    String(UnicodeScalarView(unicodeScalars.map { isHarmless($0) ? $0 : "\u{FFFD}" }))
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

extension String {
  /// For a terminal: what came from the network must not steer it.
  var printable: String {
    String(
      UnicodeScalarView(
        unicodeScalars.map { scalar in
          scalar == "\n" || scalar == "\t" || scalar.properties.generalCategory != .control
            ? scalar : "\u{FFFD}"
        }))
  }
}
